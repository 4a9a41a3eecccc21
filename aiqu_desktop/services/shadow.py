"""A challenger beside the champion: begun, ended, and shown with what it has answered so far."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.words import CheckKind, RunState, Task
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.gates.figures import difference_text, metric_name
from aiqu_desktop.lifecycle.gates.shadow import agreement_text
from aiqu_desktop.lifecycle.shadow import acts
from aiqu_desktop.lifecycle.shadow.acts import Begun
from aiqu_desktop.lifecycle.shadow.comparing import compare_answers
from aiqu_desktop.lifecycle.shadow.place import why_no_shadow
from aiqu_desktop.lifecycle.shadow.record import newest_shadows
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun, Model, ShadowRecord, Version
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.sessions import DeskSession
from aiqu_desktop.security.signing import sign, sign_by_session
from aiqu_desktop.services.views import ShadowAtWork, ShadowRow, ShadowView


def begin_shadow(registry: Registry, model: str, number: int, by: Credentials, reason: str) -> Begun:
    """Let a version answer beside the champion; what serves does not change.

    Raises:
        UserError: if there is no such model or version, or no reason is given.
        Refused: if it cannot be begun now, name and password do not fit, or the person may not begin one.
        EnvironmentFault: if the line's folder cannot be written.
    """
    terms = acts.terms_of_begin(registry, model, number, reason)
    made = sign(registry, by, terms.meaning, subject=terms.subject, digest=terms.digest, reason=reason)
    return acts.begin_shadow(registry, model, number, made.id, reason)


def end_shadow(registry: Registry, model: str, by: Credentials | DeskSession, reason: str) -> int:
    """End the model's shadow; the number of its version. What it answered stays.

    Raises:
        UserError: if there is no such model, or no reason is given.
        Refused: if none runs, name and password do not fit, or the person may not end it.
        EnvironmentFault: if the line's folder cannot be written.
    """
    terms = acts.terms_of_end(registry, model, reason)
    about = {"subject": terms.subject, "digest": terms.digest, "reason": reason}
    if isinstance(by, DeskSession):
        made = sign_by_session(registry, by, terms.meaning, **about)
    else:
        made = sign(registry, by, terms.meaning, **about)
    return acts.end_shadow(registry, model, made.id, reason)


def show_shadow(registry: Registry, model: str) -> ShadowView:
    """The model's shadow, or its last one, with the comparison on all that has been taken in by now.

    Raises:
        UserError: if there is no such model.
        EnvironmentFault: if observations cannot be read.
    """
    with registry.read() as session:
        found = model_named(session, model)
        live, impossible = champion_of(found), why_no_shadow(session, found.id)
        every = newest_shadows(session, found.id).values()
        row = max(every, key=lambda one: (one.ended_at is None, one.begun_at), default=None)
        number = live.number if live else None
        if row is None or live is None:
            return ShadowView(model, number, None, None, 0, None, impossible or _none_ran(model), impossible)
        version = session.get_one(Version, row.version_id)
        task, metric, digest, challenger = found.task, found.primary_metric, live.digest, version.digest
        begun, end = row.begun_at, row.ended_at or registry.clock.now()
    store, end = ObservationStore(registry), max(begun, end)
    window = store.beside(model, begun, end, champion=digest, challenger=challenger)
    answered = store.window(model, begun, end, columns=(), served_digest=digest).rows
    compared = compare_answers(task, metric, window)
    said = comparison_text(task, metric, compared)
    at_work = _at_work(registry, model, row) if row.ended_at is None else None
    with registry.read() as session:
        shown = _row(model_named(session, model), version.number, session.get_one(ShadowRecord, row.id), compared)
    state = "answers" if shown.runs else "answered"
    since = f"since {begun:%Y-%m-%d %H:%M} UTC"
    rows = f"{compared['rows']:,} of {answered:,} rows taken in so far"
    sentence = f"Version {version.number} {state} beside version {number} {since}: {rows}. {said}"

    return ShadowView(model, number, shown, at_work, answered, compared, sentence, impossible)


def shadow_rows(session: Session, model: Model) -> dict[int, ShadowRow]:
    """Every version's last shadow by the version's id, with what the performance check last found of it."""
    shadows = newest_shadows(session, model.id)
    if not shadows:
        return {}
    numbers = {version.id: version.number for version in model.versions}
    found = _last_compared(session, model.id)
    of = None if found is None else found["version"]
    return {
        version_id: _row(model, numbers[version_id], row, found if numbers[version_id] == of else None)
        for version_id, row in shadows.items()
    }


def comparison_text(task: Task, metric: str, compared: dict[str, Any]) -> str:
    """The comparison in one or two sentences."""
    if not compared["rows"]:
        return "No row has been answered by both yet."
    said = f"On {compared['rows']:,} rows that both answered: {agreement_text(task, compared)}."
    difference = compared["difference"]
    if difference is None:
        return f"{said} Too few labels have come to tell which is right."
    name = metric_name(metric)
    return (
        f"{said} On {difference['n']:,} labelled ones its {name} is {difference['challenger']:.3g} beside "
        f"{difference['champion']:.3g}: {difference_text(difference)}."
    )


def _none_ran(model: str) -> str:
    return f"No version of {model} ever answered beside its champion; 'aiqu shadow {model} VERSION' begins one."


def _row(model: Model, number: int, row: ShadowRecord, compared: dict[str, Any] | None) -> ShadowRow:
    said = "" if compared is None else comparison_text(model.task, model.primary_metric, compared)
    state = "Runs beside the champion." if row.ended_at is None else f"Ended by {row.ended_by}: {row.end_reason}"
    difference = None if compared is None else compared["difference"]
    return ShadowRow(
        id=row.id,
        version=number,
        begun_at=row.begun_at,
        begun_by=row.begun_by,
        reason=row.reason,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        sentence=f"{state} {said}".strip(),
        difference="" if difference is None else difference_text(difference),
    )


def _at_work(registry: Registry, model: str, row: ShadowRecord) -> ShadowAtWork:
    status = TargetFolder(registry.paths.line / model).status()
    said = status.shadow if status is not None else None
    if status is None or said is None or said.act != row.id or not status.alive(SystemClock().now()):
        silent = "The line does not say that it runs; see whether the line is up."
        return ShadowAtWork(False, 0, 0, 0, None, None, silent)
    proven = said.serving is not None and said.golden is not None and said.golden.passed == said.golden.total
    return ShadowAtWork(
        answers=proven,
        rows_answered=said.rows_answered,
        rows_failed=said.rows_failed,
        rows_dropped=said.rows_dropped,
        row_ms=_milliseconds(said.seconds, said.rows_answered),
        champion_row_ms=_milliseconds(status.seconds, status.rows_served),
        problem=said.problem or "",
    )


def _milliseconds(seconds: float, rows: int) -> float | None:
    return 1000.0 * seconds / rows if rows else None


def _last_compared(session: Session, model_id: int) -> dict[str, Any] | None:
    query = (
        select(CheckRun.result)
        .where(CheckRun.model_id == model_id, CheckRun.kind == CheckKind.PERFORMANCE, CheckRun.state == RunState.DONE)
        .order_by(CheckRun.scheduled_for.desc())
        .limit(50)
    )
    for result in session.scalars(query):
        found: dict[str, Any] | None = (result or {}).get("shadow")
        if found is not None:
            return found
    return None
