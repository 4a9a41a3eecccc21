"""Run checks at once and wait for their answers, outside their schedules."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.monitoring.arrivals import take_in
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, CheckRun, Model, Schedule
from aiqu_desktop.scheduling.claims import ClaimedRun, slot_taken
from aiqu_desktop.scheduling.worker import RunControl, carry_out
from aiqu_desktop.services.runs import run_rows
from aiqu_desktop.services.views import CheckRunRow


def check_now(
    registry: Registry,
    *,
    model: str | None = None,
    kind: CheckKind | None = None,
    jobs: int = 2,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> tuple[CheckRunRow, ...]:
    """Take in waiting files and run the checks of one model or of all; schedules are left as they are.

    Args:
        on_progress: called with (done, total, what comes next).

    Raises:
        UserError: if there is no such model, or nothing to check.
    """
    with registry.read() as session:
        models = [model_named(session, model)] if model else list(session.scalars(select(Model).order_by(Model.name)))
        checks = [
            (check.id, one.name)
            for one in models
            for check in session.scalars(select(Check).where(Check.model_id == one.id).order_by(Check.id))
            if kind is None or check.kind is kind
        ]
    if not checks:
        raise UserError("There is nothing to check; import a model first with 'aiqu import FOLDER'.")
    for one in models:
        take_in(registry, one.name, settle_seconds=0.0)
    ids = []
    for done, (check_id, name) in enumerate(checks):
        with registry.write() as session:
            run = _claim(registry, session, check_id)
        if on_progress is not None:
            on_progress(done, len(checks), f"{name}: {run.kind.value}")
        carry_out(registry, RunControl(run), jobs=jobs)
        ids.append(run.run_id)
    with registry.read() as session:
        rows = {row.id: row for row in run_rows(session, None, max(1000, 2 * len(ids)))}
    return tuple(rows[run_id] for run_id in ids)


def _claim(registry: Registry, session: Session, check_id: int) -> ClaimedRun:
    check = session.get_one(Check, check_id)
    schedule = session.get_one(Schedule, check_id)
    champion = champion_of(session.get_one(Model, check.model_id))
    now = registry.clock.now()
    run = CheckRun(
        check_id=check_id,
        model_id=check.model_id,
        version_id=champion.id if champion else None,
        kind=check.kind,
        scheduled_for=_free_slot(session, check_id, now),
        started_at=now,
        state=RunState.RUNNING,
        owner=f"cli:{os.getpid()}",
    )
    session.add(run)
    session.flush()
    return ClaimedRun(
        run.id, check_id, check.model_id, check.kind, run.scheduled_for, schedule.timeout_seconds, run.attempt
    )


def _free_slot(session: Session, check_id: int, now: datetime) -> datetime:
    """Just after the present instant, which may be the schedule's own slot; replayed clocks stand still meanwhile."""
    slot = now + timedelta(microseconds=1)
    while slot_taken(session, check_id, slot):
        slot += timedelta(microseconds=1)
    return slot
