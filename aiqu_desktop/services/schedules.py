"""What runs when: list, pause, resume, run now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, CheckRun, Model, Schedule
from aiqu_desktop.scheduling.claims import slot_taken
from aiqu_desktop.security import audit
from aiqu_desktop.services.views import ScheduleRow

# A check that is this many of its own periods late is shown as overdue.
_LATE_PERIODS = 1.0


def list_schedules(registry: Registry, *, progress: Mapping[int, float] | None = None) -> tuple[ScheduleRow, ...]:
    """Every schedule with its last run; `progress` is what a monitor in this process reports."""
    now = registry.clock.now()
    with registry.read() as session:
        return tuple(_rows(session, now, progress or {}))


def _rows(session: Session, now: datetime, progress: Mapping[int, float]) -> list[ScheduleRow]:
    newest = (
        select(CheckRun.check_id, func.max(CheckRun.id).label("run_id"))
        .where(CheckRun.state != RunState.RUNNING)
        .group_by(CheckRun.check_id)
        .subquery()
    )
    running = set(session.scalars(select(CheckRun.check_id).where(CheckRun.state == RunState.RUNNING)))
    query = (
        select(Schedule, Check, Model.name, Model.title, CheckRun)
        .join(Check, Check.id == Schedule.check_id)
        .join(Model, Model.id == Check.model_id)
        .outerjoin(newest, newest.c.check_id == Check.id)
        .outerjoin(CheckRun, CheckRun.id == newest.c.run_id)
        .order_by(Model.name, Check.id)
    )
    return [
        ScheduleRow(
            check_id=check.id,
            model=name,
            model_title=title,
            kind=check.kind,
            every_seconds=schedule.every_seconds,
            next_due=schedule.next_due,
            paused=schedule.paused,
            paused_by=schedule.paused_by,
            paused_reason=schedule.paused_reason,
            last_run_id=run.id if run else None,
            last_state=run.state if run else None,
            last_verdict=run.verdict if run else None,
            last_summary=run.summary if run else "",
            last_finished_at=run.finished_at if run else None,
            last_wall_seconds=run.wall_seconds if run else 0.0,
            running=check.id in running,
            progress=progress.get(check.id),
            overdue=not schedule.paused
            and now - schedule.next_due > _LATE_PERIODS * timedelta(seconds=schedule.every_seconds),
        )
        for schedule, check, name, title, run in session.execute(query)
    ]


def pause(registry: Registry, check_id: int, *, by: str, reason: str) -> None:
    """Stop a check from running until it is resumed; the pause shows who and why.

    Raises:
        UserError: if there is no such check, it is paused already, or the name or the reason is empty.
    """
    if not by.strip() or not reason.strip():
        raise UserError("Pausing a check needs a name and a reason; give both.")
    with registry.write() as session:
        schedule = _find(session, check_id)
        if schedule.paused:
            raise UserError(f"Check {check_id} is paused already, by {schedule.paused_by}.")
        schedule.paused, schedule.paused_by, schedule.paused_reason = True, by.strip(), reason.strip()
        _note(registry, session, check_id, by, "schedule.paused", {"paused": False}, {"paused": True}, reason)


def resume(registry: Registry, check_id: int, *, by: str) -> None:
    """Let a paused check run again, from its next slot on.

    Raises:
        UserError: if there is no such check, it is not paused, or the name is empty.
    """
    if not by.strip():
        raise UserError("Resuming a check needs a name.")
    with registry.write() as session:
        schedule = _find(session, check_id)
        if not schedule.paused:
            raise UserError(f"Check {check_id} is not paused.")
        now, every = registry.clock.now(), timedelta(seconds=schedule.every_seconds)
        while schedule.next_due < now:  # the pause was wanted: its slots are not missed runs
            schedule.next_due += every * max(1, (now - schedule.next_due) // every)
        schedule.paused, schedule.paused_by, schedule.paused_reason = False, "", ""
        _note(registry, session, check_id, by, "schedule.resumed", {"paused": True}, {"paused": False}, "")


def run_now(registry: Registry, check_id: int, *, by: str) -> None:
    """Make a check due at once; whoever schedules on this site runs it, and its rhythm starts anew from now.

    Raises:
        UserError: if there is no such check, it is paused, or the name is empty.
    """
    if not by.strip():
        raise UserError("Running a check needs a name.")
    with registry.write() as session:
        schedule = _find(session, check_id)
        if schedule.paused:
            raise UserError(f"Check {check_id} is paused by {schedule.paused_by}; resume it first.")
        old, schedule.next_due = schedule.next_due, _open_slot(session, check_id, registry.clock.now())
        _note(
            registry, session, check_id, by, "schedule.run-now", {"next_due": iso(old)},
            {"next_due": iso(schedule.next_due)}, "",
        )  # fmt: skip


def _open_slot(session: Session, check_id: int, now: datetime) -> datetime:
    """The newest instant that has no answer yet: a replayed clock may still stand at the slot that has just run."""
    while slot_taken(session, check_id, now):
        now -= timedelta(microseconds=1)
    return now


def check_ids(registry: Registry, model: str, kind: CheckKind | None = None) -> tuple[int, ...]:
    """The checks of a model, all or of one kind."""
    with registry.read() as session:
        query = select(Check.id).join(Model, Model.id == Check.model_id).where(Model.name == model)
        if kind is not None:
            query = query.where(Check.kind == kind)
        return tuple(session.scalars(query))


def _find(session: Session, check_id: int) -> Schedule:
    schedule = session.get(Schedule, check_id)
    if schedule is None:
        raise UserError(f"There is no check {check_id} on this site.")
    return schedule


def _note(
    registry: Registry,
    session: Session,
    check_id: int,
    by: str,
    action: str,
    old: dict[str, object],
    new: dict[str, object],
    reason: str,
) -> None:
    audit.record(
        session,
        at=registry.clock.now(),
        actor=by.strip(),
        action=action,
        subject=f"check {check_id}",
        old=old,
        new=new,
        reason=reason.strip(),
    )
