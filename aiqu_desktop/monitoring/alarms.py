"""Conditions become alarms, inside the transaction of the run that saw them; every step goes on the audit chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmEvent, AlarmState, Priority, Suppression
from aiqu_desktop.monitoring import alarm_life
from aiqu_desktop.monitoring.alarm_journal import life_of, open_alarm, step, write
from aiqu_desktop.monitoring.alarm_life import Life, Streak, Transition
from aiqu_desktop.monitoring.alarm_types import AlarmType
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.monitoring.suppression import ACTOR, holding, kinds
from aiqu_desktop.monitoring.type_changes import priority_on_site, type_of
from aiqu_desktop.registry.tables import Alarm, AlarmCondition, AlarmSuppression


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
    record = type_of(session, condition.key)
    latching = record is not None and record.latching
    standing = holding(session, model_id, condition.key, now)
    alarm = open_alarm(session, model_id, condition.key)
    memory = session.get(AlarmCondition, (model_id, condition.key))
    if memory is None:
        memory = AlarmCondition(
            model_id=model_id, key=condition.key, bad_in_a_row=0, good_in_a_row=0, first_bad_at=None
        )
        session.add(memory)
    if condition.of_version and alarm is not None and alarm.version_id != version_id:
        # Another version serves now: what was said of the former one is over, and the new one starts afresh.
        if alarm.returned_at is None:
            _return(session, alarm, kinds(standing), now, "the version that it spoke of no longer serves", latching)
        memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at = 0, 0, None
        alarm = None if alarm.state is AlarmState.NORMAL else alarm

    active = alarm is not None and alarm.returned_at is None
    deadband = 0.0 if record is None else record.deadband
    bad = alarm_life.within_deadband(bad=condition.bad, margin=condition.margin, deadband=deadband, active=active)
    before = Streak(memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at)
    streak = alarm_life.advance(before, bad=bad, at=now)
    memory.bad_in_a_row, memory.good_in_a_row, memory.first_bad_at = streak.bad, streak.good, streak.first_bad_at
    on_delay, off_delay = _delays(condition, record)
    change = alarm_life.transition(streak, active=active, on_delay=on_delay, off_delay=off_delay)
    if change is Transition.ACTIVATE:
        onset = condition.onset or streak.first_bad_at
        return _activate(session, condition, alarm, standing, onset, model_id, version_id, run_id, now)
    if change is Transition.RETURN and alarm is not None:
        _return(session, alarm, kinds(standing), now, "the condition is no longer present", latching)
        return alarm
    if active and condition.bad and alarm is not None and alarm.message != condition.message:
        alarm.message = condition.message  # the newest figures; the first ones stay in the audit chain
    return None


def acknowledge(session: Session, alarm_id: int, *, by: str, note: str, now: datetime) -> Alarm:
    """A person has seen the alarm and says what is done about it.

    Raises:
        UserError: if there is no such alarm, the name or the note is empty, or it needs no acknowledgement.
    """
    alarm = alarm_numbered(session, alarm_id)
    if not by.strip() or not note.strip():
        raise UserError("An acknowledgement needs a name and a note; give both.")
    if not alarm.state.needs_acknowledgement:
        raise UserError(f"Alarm {alarm_id} is {alarm.state.value}: it needs no acknowledgement.")
    alarm.acknowledged_at, alarm.acknowledged_by, alarm.note = now, by.strip(), note.strip()
    step(session, alarm, AlarmEvent.ACKNOWLEDGED, frozenset(), at=now, by=by.strip(), note=note.strip())
    return alarm


def reset(session: Session, alarm_id: int, *, by: str, note: str, now: datetime) -> Alarm:
    """Let go of a latched alarm: a person has looked at what it was, after its condition was gone.

    Raises:
        UserError: if there is no such alarm, the name or the note is empty, or it is not latched and acknowledged.
    """
    alarm = alarm_numbered(session, alarm_id)
    if not by.strip() or not note.strip():
        raise UserError("A reset needs a name and a note; give both.")
    if alarm.state is AlarmState.LATCHED_UNACKNOWLEDGED:
        raise UserError(f"Alarm {alarm_id} is not acknowledged yet; acknowledge it first, then reset it.")
    if alarm.state is not AlarmState.LATCHED_ACKNOWLEDGED:
        raise UserError(f"Alarm {alarm_id} is {alarm.state.value}, not latched: there is nothing to reset.")
    step(session, alarm, AlarmEvent.RESET, frozenset(), at=now, by=by.strip(), note=note.strip())
    return alarm


def alarm_numbered(session: Session, alarm_id: int) -> Alarm:
    """The alarm with this id.

    Raises:
        UserError: if there is none.
    """
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise UserError(f"There is no alarm {alarm_id}; 'aiqu alarms' lists them.")
    return alarm


def _delays(condition: Condition, record: AlarmType | None) -> tuple[int, int]:
    """What the record says, or else the check that saw the condition."""
    on = condition.on_delay if record is None or record.on_delay is None else record.on_delay
    off = condition.off_delay if record is None or record.off_delay is None else record.off_delay
    return on, off


def _activate(
    session: Session,
    condition: Condition,
    former: Alarm | None,
    standing: list[AlarmSuppression],
    onset: datetime | None,
    model_id: int,
    version_id: int | None,
    run_id: int | None,
    now: datetime,
) -> Alarm:
    held = kinds(standing)
    unseen = former is not None and _supersede(session, former, held, now)
    priority: Priority = priority_on_site(session, condition.key) or condition.priority
    alarm = Alarm(
        model_id=model_id,
        version_id=version_id,
        run_id=run_id,
        key=condition.key,
        priority=priority,
        state=AlarmState.UNACKNOWLEDGED,
        message=condition.message,
        response=condition.response,
        guarantee=condition.guarantee,
        onset_at=onset,
        activated_at=now,
    )
    session.add(alarm)
    for row in standing:
        row.held_back += 1
    before = Life(unseen=unseen, held=held)
    write(
        session,
        alarm,
        AlarmEvent.ACTIVATED,
        before,
        alarm_life.after(before, AlarmEvent.ACTIVATED),
        at=now,
        by=ACTOR,
        note="",
        told={
            "key": condition.key,
            "priority": priority.value,
            "message": condition.message,
            "guarantee": condition.guarantee,
            "onset": None if onset is None else iso(onset),
        }
        | ({"held": sorted(kind.value for kind in held)} if held else {}),
    )
    return alarm


def _supersede(session: Session, former: Alarm, held: frozenset[Suppression], now: datetime) -> bool:
    """It came back before anyone had seen, or reset, that it was gone. That spell is over and on record.

    Returns whether a person still owes it an acknowledgement; the new spell takes that over.
    """
    life = life_of(former, held)
    why = "the condition came back before the return was acknowledged"
    write(session, former, AlarmEvent.SUPERSEDED, life, Life(held=held), at=now, by=ACTOR, note=why)
    return life.unseen


def _return(
    session: Session, alarm: Alarm, held: frozenset[Suppression], now: datetime, reason: str, latching: bool
) -> None:
    life = life_of(alarm, held)
    alarm.returned_at = now
    gone = alarm_life.after(life, AlarmEvent.RETURNED, latching=latching)
    write(session, alarm, AlarmEvent.RETURNED, life, gone, at=now, by=ACTOR, note=reason)
