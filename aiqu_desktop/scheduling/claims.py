"""Claim what is due: a run's row is written and its schedule moved on in one transaction, so no slot runs twice.

Slots lie on a fixed grid from the schedule's own start. Where several slots of a schedule have passed, the newest one
runs and the earlier ones become one visible MISSED run: a check that did not happen is never silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import CheckKind, RunState, VersionState
from aiqu_desktop.registry.tables import Check, CheckRun, Schedule, Version


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that this process has to carry out."""

    run_id: int
    check_id: int
    model_id: int
    kind: CheckKind
    scheduled_for: datetime
    timeout_seconds: int
    attempt: int


def claim_due(
    session: Session, now: datetime, owner: str, *, exclude: frozenset[int] = frozenset()
) -> list[ClaimedRun]:
    """Claim every schedule that is due at `now`; `exclude` names checks that are still running here."""
    due = session.execute(
        select(Schedule, Check)
        .join(Check, Check.id == Schedule.check_id)
        .where(Schedule.next_due <= now, Schedule.paused.is_(False))
        .order_by(Schedule.next_due, Schedule.check_id)
    ).all()
    claimed = []
    for schedule, check in due:
        if check.id in exclude:
            continue
        slot = _newest_slot(schedule, now)
        if slot_taken(session, check.id, slot):  # the clock was set back: this slot has its answer
            schedule.next_due = slot + timedelta(seconds=schedule.every_seconds)
            continue
        if slot > schedule.next_due and not slot_taken(session, check.id, schedule.next_due):
            _note_missed(session, check, schedule, slot, now, owner)
        run = CheckRun(
            check_id=check.id,
            model_id=check.model_id,
            version_id=_champion_id(session, check.model_id),
            kind=check.kind,
            scheduled_for=slot,
            started_at=now,
            state=RunState.RUNNING,
            owner=owner,
        )
        session.add(run)
        schedule.next_due = slot + timedelta(seconds=schedule.every_seconds)
        session.flush()
        claimed.append(_claimed(run, schedule.timeout_seconds))
    return claimed


def slot_taken(session: Session, check_id: int, slot: datetime) -> bool:
    """Whether a run of this check already stands at this instant."""
    query = select(CheckRun.id).where(CheckRun.check_id == check_id, CheckRun.scheduled_for == slot)
    return session.scalars(query).first() is not None


def reclaim_interrupted(session: Session, now: datetime, owner: str) -> list[ClaimedRun]:
    """Runs that a former scheduler left running: this process does them again, under the same row."""
    left = session.execute(
        select(CheckRun, Schedule.timeout_seconds)
        .join(Schedule, Schedule.check_id == CheckRun.check_id)
        .where(CheckRun.state == RunState.RUNNING, CheckRun.owner != owner)
    ).all()
    claimed = []
    for run, timeout_seconds in left:
        run.owner, run.attempt, run.started_at = owner, run.attempt + 1, now
        claimed.append(_claimed(run, timeout_seconds))
    return claimed


def lost_runs(session: Session, owner: str, alive: frozenset[int]) -> list[ClaimedRun]:
    """Runs that `owner` claimed, that are none of `alive`, and that have no answer: it could not be written."""
    rows = session.execute(
        select(CheckRun, Schedule.timeout_seconds)
        .join(Schedule, Schedule.check_id == CheckRun.check_id)
        .where(CheckRun.state == RunState.RUNNING, CheckRun.owner == owner, CheckRun.id.not_in(alive))
    ).all()
    return [_claimed(run, timeout_seconds) for run, timeout_seconds in rows]


def _newest_slot(schedule: Schedule, now: datetime) -> datetime:
    every = timedelta(seconds=schedule.every_seconds)
    return schedule.next_due + every * ((now - schedule.next_due) // every)


def _note_missed(session: Session, check: Check, schedule: Schedule, slot: datetime, now: datetime, owner: str) -> None:
    slots = (slot - schedule.next_due) // timedelta(seconds=schedule.every_seconds)
    last = slot - timedelta(seconds=schedule.every_seconds)
    session.add(
        CheckRun(
            check_id=check.id,
            model_id=check.model_id,
            version_id=None,
            kind=check.kind,
            scheduled_for=schedule.next_due,
            started_at=now,
            finished_at=now,
            state=RunState.MISSED,
            summary=f"{slots} run(s) were missed between {iso(schedule.next_due)} and {iso(last)}: nobody scheduled.",
            result={"slots": slots, "first": iso(schedule.next_due), "last": iso(last)},
            owner=owner,
        )
    )


def _champion_id(session: Session, model_id: int) -> int | None:
    return session.scalars(
        select(Version.id).where(Version.model_id == model_id, Version.state == VersionState.CHAMPION)
    ).one_or_none()


def _claimed(run: CheckRun, timeout_seconds: int) -> ClaimedRun:
    return ClaimedRun(run.id, run.check_id, run.model_id, run.kind, run.scheduled_for, timeout_seconds, run.attempt)
