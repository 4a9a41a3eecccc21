"""Rehearse proposed limits on the site's own past, and save a limit only together with its rehearsal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.monitoring.rehearsal.results import Rehearsal
from aiqu_desktop.monitoring.rehearsal.words import sentence_of
from aiqu_desktop.monitoring.settings import DriftSettings, PerformanceSettings, from_json, to_json
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, Model, RehearsalRecord
from aiqu_desktop.security import audit
from aiqu_desktop.services.rehearsal_data import Subject, subject_of
from aiqu_desktop.services.rehearsal_runs import Progress, rehearse_drift, rehearse_performance
from aiqu_desktop.services.views import RehearsalRow

# An older rehearsal has not seen what came since: it must be repeated before its limit is signed.
VALID_FOR = timedelta(days=7)


def rehearse(
    registry: Registry,
    model: str,
    kind: CheckKind,
    changes: Mapping[str, Any],
    *,
    by: str,
    since: datetime | None = None,
    planted: Sequence[float] = (),
    on_progress: Progress | None = None,
) -> RehearsalRow:
    """Replay the model's past under the check's settings with `changes`, plant changes, and keep the answer.

    Args:
        kind: performance or drift.
        planted: sizes of the planted changes: values that the metric goes to (performance) or shifts in spreads of
            the reference (drift); empty for the usual ones.
        on_progress: called with a fraction and what is being done; it may raise to stop.

    Raises:
        UserError: if the model, a setting or a size cannot be used, or the name is empty.
    """
    if not by.strip():
        raise UserError("A rehearsal needs the name of the person who asks for it; give one.")
    subject = subject_of(registry, model, kind, since)
    settings = from_json(kind, {**subject.settings, **changes})
    report = on_progress or _silent
    if isinstance(settings, PerformanceSettings):
        answer = rehearse_performance(registry, subject, settings, planted, report)
    elif isinstance(settings, DriftSettings):
        answer = rehearse_drift(registry, subject, settings, planted, report)
    else:
        raise UserError(f"The {kind.value} check has no limit to rehearse; choose performance or drift.")
    answer = replace(answer, sentence=sentence_of(answer))
    return _keep(registry, subject, answer, by.strip())


def save_limits(registry: Registry, rehearsal_id: int, *, by: str, reason: str) -> None:
    """Make the settings of a rehearsal the check's own: the only way to change a limit.

    Raises:
        UserError: if there is no such rehearsal, or the name or the reason is empty.
        Refused: if the rehearsal is older than a week, the check was changed since, or nothing would change.
    """
    if not by.strip() or not reason.strip():
        raise UserError("Saving limits needs a name and a reason; give both.")
    now = registry.clock.now()
    with registry.write() as session:
        record = session.get(RehearsalRecord, rehearsal_id)
        if record is None:
            raise UserError(f"There is no rehearsal {rehearsal_id}; 'aiqu rehearse MODEL' makes one.")
        check = session.get_one(Check, record.check_id)
        if now - record.at > VALID_FOR:
            raise Refused(f"Rehearsal {rehearsal_id} is older than {VALID_FOR.days} days; rehearse again.")
        now_set, before = (to_json(from_json(check.kind, data)) for data in (check.settings, record.settings_before))
        if now_set != before:
            raise Refused(f"The check was changed since rehearsal {rehearsal_id}; rehearse again.")
        if now_set == record.settings:
            raise Refused(f"Rehearsal {rehearsal_id} proposes what the check has already; nothing was changed.")
        old, check.settings = check.settings, dict(record.settings)
        audit.record(
            session,
            at=now,
            actor=by.strip(),
            action="check.limits-changed",
            subject=f"check {check.id}",
            old={"settings": old},
            new={"settings": check.settings, "rehearsal": record.id, "sha256": record.sha256},
            reason=reason.strip(),
        )


def list_rehearsals(registry: Registry, model: str, *, limit: int = 20) -> tuple[RehearsalRow, ...]:
    """The model's rehearsals, newest first."""
    with registry.read() as session:
        query = (
            select(RehearsalRecord, Check, Model.name)
            .join(Check, Check.id == RehearsalRecord.check_id)
            .join(Model, Model.id == Check.model_id)
            .where(Model.name == model)
            .order_by(RehearsalRecord.id.desc())
            .limit(limit)
        )
        return tuple(_row(record, check.kind, name) for record, check, name in session.execute(query))


def check_settings(registry: Registry, model: str, kind: CheckKind) -> dict[str, Any]:
    """The settings that a check has now, with defaults filled in.

    Raises:
        UserError: if there is no such model or check.
    """
    return to_json(from_json(kind, subject_of(registry, model, kind, None).settings))


def _silent(fraction: float, what: str) -> None:
    """No one watches."""


def _keep(registry: Registry, subject: Subject, rehearsal: Rehearsal, by: str) -> RehearsalRow:
    packed = canonical_json(rehearsal.to_json())
    result = json.loads(packed)  # the very form that is kept and that the digest is of
    with registry.write() as session:
        record = RehearsalRecord(
            check_id=subject.check_id,
            at=registry.clock.now(),
            by=by,
            settings_before=subject.settings,
            settings=dict(rehearsal.settings),
            result=result,
            sha256=sha256_bytes(packed),
            sentence=rehearsal.sentence,
        )
        session.add(record)
        session.flush()
        _note(session, record)
        return _row(record, session.get_one(Check, subject.check_id).kind, subject.model)


def _note(session: Session, record: RehearsalRecord) -> None:
    audit.record(
        session,
        at=record.at,
        actor=record.by,
        action="check.rehearsed",
        subject=f"check {record.check_id}",
        new={"rehearsal": record.id, "settings": record.settings, "sha256": record.sha256},
        reason=record.sentence,
    )


def _row(record: RehearsalRecord, kind: CheckKind, model: str) -> RehearsalRow:
    return RehearsalRow(
        id=record.id,
        model=model,
        kind=kind,
        at=record.at,
        by=record.by,
        before=dict(record.settings_before),
        rehearsal=dict(record.result),
        sha256=record.sha256,
        sentence=record.sentence,
    )
