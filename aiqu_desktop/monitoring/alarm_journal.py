"""One step of one alarm: its row, the journal and the audit chain, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Suppression
from aiqu_desktop.monitoring.alarm_life import Life, after
from aiqu_desktop.registry.tables import Alarm, AlarmJournal, Model
from aiqu_desktop.security import audit

_SUPPRESSED = tuple(state for state in AlarmState if state.suppressed)


def open_alarm(session: Session, model_id: int, key: str) -> Alarm | None:
    """The activation of a condition that is not over, if there is one."""
    return session.scalars(
        select(Alarm).where(Alarm.model_id == model_id, Alarm.key == key, Alarm.state != AlarmState.NORMAL)
    ).one_or_none()


def life_of(alarm: Alarm, held: frozenset[Suppression]) -> Life:
    """What the row tells of the alarm. A suppressed one's row keeps what its state does not say."""
    if alarm.state.suppressed:
        unseen, latched = alarm.unseen, alarm.latched
    else:
        unseen = alarm.state.needs_acknowledgement
        latched = alarm.state in (AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.LATCHED_ACKNOWLEDGED)
    return Life(alarm.returned_at is None, unseen, latched, held)


def step(
    session: Session,
    alarm: Alarm,
    event: AlarmEvent,
    held: frozenset[Suppression],
    *,
    at: datetime,
    by: str,
    note: str = "",
    latching: bool = False,
) -> None:
    """Let `event` happen to an open alarm.

    Args:
        held: what holds it back before the event.
        latching: it stays after its condition is gone.
    """
    life = life_of(alarm, held)
    write(session, alarm, event, life, after(life, event, latching=latching), at=at, by=by, note=note)


def write(
    session: Session,
    alarm: Alarm,
    event: AlarmEvent,
    before: Life,
    now: Life,
    *,
    at: datetime,
    by: str,
    note: str,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Make the row say `now`; `told` goes into the audit record instead of the two states."""
    old, new = before.state, now.state
    # A spell that is over is closed, also while its condition stays shelved, suppressed or out of service.
    alarm.state = AlarmState.NORMAL if now.over else new
    alarm.unseen, alarm.latched = now.unseen, now.latched
    if old.suppressed and new is AlarmState.UNACKNOWLEDGED:
        alarm.acknowledged_at, alarm.acknowledged_by, alarm.note = None, "", ""  # it rings anew
    session.flush()
    if new is AlarmState.UNACKNOWLEDGED:
        alarm.first_out = not _others_told(session, alarm)
    session.add(
        AlarmJournal(
            alarm_id=alarm.id, model_id=alarm.model_id, key=alarm.key, priority=alarm.priority, at=at, event=event,
            before=old, after=new, by=by, note=note,
        )
    )  # fmt: skip
    audit.record(
        session,
        at=at,
        actor=by,
        action=f"alarm.{event.value}",
        subject=f"alarm {alarm.id}",
        old=None if told is not None else {"state": old.value},
        new=told if told is not None else {"state": new.value},
        reason=note,
    )


def step_without_alarm(
    session: Session,
    model_id: int,
    key: str,
    event: AlarmEvent,
    held: frozenset[Suppression],
    *,
    at: datetime,
    by: str,
    note: str,
) -> None:
    """Let `event` happen to a condition of which no alarm is open."""
    old, new = Life(held=held).state, after(Life(held=held), event).state
    session.add(
        AlarmJournal(
            alarm_id=None, model_id=model_id, key=key, priority=None, at=at, event=event, before=old, after=new,
            by=by, note=note,
        )
    )  # fmt: skip
    audit.record(
        session,
        at=at,
        actor=by,
        action=f"alarm.{event.value}",
        subject=f"alarm type {key} of {session.get_one(Model, model_id).name}",
        old={"state": old.value},
        new={"state": new.value},
        reason=note,
    )


def _others_told(session: Session, alarm: Alarm) -> bool:
    """Whether another alarm of the model is open when this one rings: then this one is not the first out."""
    others = select(Alarm.id).where(
        Alarm.model_id == alarm.model_id,
        Alarm.id != alarm.id,
        Alarm.state != AlarmState.NORMAL,
        Alarm.state.not_in(_SUPPRESSED),
    )
    return session.scalars(others.limit(1)).first() is not None
