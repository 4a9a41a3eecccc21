"""Conditions become alarms, inside the transaction of the run that saw them; every step goes on the audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.monitoring import alarm_life
from aiqu_desktop.monitoring.alarm_life import Streak, Transition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry.tables import Alarm, AlarmCondition
from aiqu_desktop.security import audit

ACTOR = "monitor"


def apply_condition(
    session: Session,
    condition: Condition,
    *,
    model_id: int,
    version_id: int | None,
    run_id: int | None,
    now: datetime,
) -> Alarm | None:
    """Advance one condition by one answer; the alarm that changed, if one did."""
    open_alarm = _open_alarm(session, model_id, condition.key)
    memory = session.get(AlarmCondition, (model_id, condition.key))
    if memory is None:
        memory = AlarmCondition(
            model_id=model_id, key=condition.key, bad_in_a_row=0, good_in_a_row=0, first_bad_at=None
        )
        session.add(memory)
    if condition.of_version and open_alarm is not None and open_alarm.version_id != version_id:
        # Another version serves now: what was said of the former one is over, and the new one starts afresh.
        if alarm_life.is_active(open_alarm.state):
            _return(session, open_alarm, now, "the version that it spoke of no longer serves")
        memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at = 0, 0, None
        open_alarm = None if open_alarm.state is AlarmState.NORMAL else open_alarm

    before = Streak(memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at)
    streak = alarm_life.advance(before, bad=condition.bad, at=now)
    memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at = streak.bad, streak.good, streak.first_bad_at
    active = open_alarm is not None and alarm_life.is_active(open_alarm.state)
    step = alarm_life.transition(streak, active=active, on_delay=condition.on_delay, off_delay=condition.off_delay)
    if step is Transition.ACTIVATE:
        onset = condition.onset or streak.first_bad_at
        return _activate(session, condition, open_alarm, onset, model_id, version_id, run_id, now)
    if step is Transition.RETURN and open_alarm is not None:
        _return(session, open_alarm, now, "the condition is no longer present")
        return open_alarm
    if active and condition.bad and open_alarm is not None and open_alarm.message != condition.message:
        open_alarm.message = condition.message  # the newest figures; the first ones stay in the audit chain
    return None


def acknowledge(session: Session, alarm_id: int, *, by: str, note: str, now: datetime) -> Alarm:
    """A person has seen the alarm and says what is done about it.

    Raises:
        UserError: if there is no such alarm, the name or the note is empty, or it needs no acknowledgement.
    """
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise UserError(f"There is no alarm {alarm_id}; 'aiqu alarms' lists them.")
    if not by.strip() or not note.strip():
        raise UserError("An acknowledgement needs a name and a note; give both.")
    old = alarm.state
    new = alarm_life.after_acknowledgement(old)
    if new is old:
        raise UserError(f"Alarm {alarm_id} is {old.value}: it needs no acknowledgement.")
    alarm.state, alarm.acknowledged_at, alarm.acknowledged_by, alarm.note = new, now, by.strip(), note.strip()
    audit.record(
        session,
        at=now,
        actor=by.strip(),
        action="alarm.acknowledged",
        subject=f"alarm {alarm.id}",
        old={"state": old.value},
        new={"state": new.value},
        reason=note.strip(),
    )
    return alarm


def _open_alarm(session: Session, model_id: int, key: str) -> Alarm | None:
    return session.scalars(
        select(Alarm).where(Alarm.model_id == model_id, Alarm.key == key, Alarm.state != AlarmState.NORMAL)
    ).one_or_none()


def _activate(
    session: Session,
    condition: Condition,
    reopened: Alarm | None,
    onset: datetime | None,
    model_id: int,
    version_id: int | None,
    run_id: int | None,
    now: datetime,
) -> Alarm:
    if reopened is not None:
        # It came back before anyone had seen that it was gone. That spell is over and on record; this is a new one.
        old = reopened.state
        reopened.state = AlarmState.NORMAL
        session.flush()
        audit.record(
            session,
            at=now,
            actor=ACTOR,
            action="alarm.superseded",
            subject=f"alarm {reopened.id}",
            old={"state": old.value},
            new={"state": AlarmState.NORMAL.value},
            reason="the condition came back before the return was acknowledged",
        )
    alarm = Alarm(
        model_id=model_id,
        version_id=version_id,
        run_id=run_id,
        key=condition.key,
        priority=condition.priority,
        state=AlarmState.UNACKNOWLEDGED,
        message=condition.message,
        response=condition.response,
        guarantee=condition.guarantee,
        onset_at=onset,
        activated_at=now,
    )
    session.add(alarm)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=ACTOR,
        action="alarm.activated",
        subject=f"alarm {alarm.id}",
        new={
            "key": condition.key,
            "priority": condition.priority.value,
            "message": condition.message,
            "guarantee": condition.guarantee,
            "onset": None if onset is None else iso(onset),
        },
    )
    return alarm


def _return(session: Session, alarm: Alarm, now: datetime, reason: str) -> None:
    old = alarm.state
    alarm.state, alarm.returned_at = alarm_life.after_return(old), now
    audit.record(
        session,
        at=now,
        actor=ACTOR,
        action="alarm.returned",
        subject=f"alarm {alarm.id}",
        old={"state": old.value},
        new={"state": alarm.state.value},
        reason=reason,
    )
    session.flush()
