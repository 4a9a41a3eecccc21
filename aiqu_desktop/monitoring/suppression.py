"""Holding alarms back: shelving, out of service, and by design of the plant's state (ISA-18.2, clause 11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import AlarmEvent, Priority, ShelfTime, Suppression
from aiqu_desktop.monitoring.alarm_journal import open_alarm, step, step_without_alarm
from aiqu_desktop.monitoring.type_changes import type_of
from aiqu_desktop.registry.tables import AlarmSuppression, Model

ACTOR = "monitor"
LONGEST_FOR_CRITICAL = timedelta(hours=1)
_FIXED = {
    ShelfTime.TEN_MINUTES: timedelta(minutes=10),
    ShelfTime.ONE_HOUR: timedelta(hours=1),
    ShelfTime.EIGHT_HOURS: timedelta(hours=8),
}
_BEGINS = {
    Suppression.SHELVED: AlarmEvent.SHELVED,
    Suppression.BY_DESIGN: AlarmEvent.SUPPRESSED,
    Suppression.OUT_OF_SERVICE: AlarmEvent.REMOVED,
}
_ENDS = {
    Suppression.SHELVED: AlarmEvent.UNSHELVED,
    Suppression.BY_DESIGN: AlarmEvent.UNSUPPRESSED,
    Suppression.OUT_OF_SERVICE: AlarmEvent.RESTORED,
}
_NAMES = {
    Suppression.SHELVED: "shelved",
    Suppression.BY_DESIGN: "suppressed by design",
    Suppression.OUT_OF_SERVICE: "out of service",
}


def shelved_until(time: ShelfTime, now: datetime, shift_starts: Sequence[str], zone: str) -> datetime:
    """When an alarm that is shelved now comes back.

    shift_starts: when each shift begins, "HH:MM" of the clock of `zone`, an IANA name; at least one.
    """
    if time in _FIXED:
        return now + _FIXED[time]
    clock = ZoneInfo(zone)
    today = now.astimezone(clock).date()
    begins = [
        as_utc(datetime(day.year, day.month, day.day, int(start[:2]), int(start[3:]), tzinfo=clock))
        for day in (today, today + timedelta(days=1))
        for start in shift_starts
    ]
    return min(begin for begin in begins if begin > now)


def holding(session: Session, model_id: int, key: str, now: datetime) -> list[AlarmSuppression]:
    """What holds a condition back now; a shelving whose time is over ends here."""
    standing = _standing(session, model_id, key)
    for row in standing:
        if row.until is not None and row.until <= now:
            _end(session, row, at=now, by=ACTOR, note="its time on the shelf is over")
    return [row for row in standing if row.ended_at is None]


def kinds(rows: Sequence[AlarmSuppression]) -> frozenset[Suppression]:
    """The kinds of these suppressions."""
    return frozenset(row.kind for row in rows)


def shelve(
    session: Session, model_id: int, key: str, *, until: datetime, by: str, reason: str, now: datetime
) -> AlarmSuppression:
    """Hold one condition back for a while.

    Raises:
        UserError: if the name or the reason is empty, or it is shelved already.
        Refused: if it is of the highest priority and would be shelved for longer than an hour.
    """
    alarm, record = open_alarm(session, model_id, key), type_of(session, key)
    priority = alarm.priority if alarm is not None else record.priority if record is not None else None
    if priority is Priority.CRITICAL and until - now > LONGEST_FOR_CRITICAL:
        raise Refused("A critical alarm may be shelved for one hour at most; choose 10min or 1h.")
    return _begin(session, model_id, key, Suppression.SHELVED, until=until, by=by, reason=reason, now=now)


def take_out_of_service(
    session: Session, model_id: int, key: str, *, by: str, reason: str, now: datetime
) -> AlarmSuppression:
    """Hold one condition back for maintenance, until a person puts it back.

    Raises:
        UserError: if the name or the reason is empty, or it is out of service already.
    """
    return _begin(session, model_id, key, Suppression.OUT_OF_SERVICE, until=None, by=by, reason=reason, now=now)


def suppress_by_design(session: Session, model_id: int, key: str, *, reason: str, now: datetime) -> AlarmSuppression:
    """Hold one condition back because its record says so of the plant's present state."""
    return _begin(session, model_id, key, Suppression.BY_DESIGN, until=None, by=ACTOR, reason=reason, now=now)


def release(
    session: Session, model_id: int, key: str, kind: Suppression, *, by: str, reason: str, now: datetime
) -> AlarmSuppression:
    """End a suppression before its time; the alarm is unacknowledged or normal then, as its condition is.

    Raises:
        UserError: if the name or the reason is empty, or nothing holds it back in this way.
    """
    _need(by, reason)
    for row in holding(session, model_id, key, now):
        if row.kind is kind:
            _end(session, row, at=now, by=by.strip(), note=reason.strip())
            return row
    name = session.get_one(Model, model_id).name
    raise UserError(f"The alarm {key!r} of {name} is not {_NAMES[kind]}; 'aiqu alarms suppressed' lists what is.")


def return_expired(session: Session, now: datetime) -> int:
    """End every shelving whose time is over; how many."""
    due = session.scalars(
        select(AlarmSuppression).where(AlarmSuppression.ended_at.is_(None), AlarmSuppression.until <= now)
    ).all()
    for row in due:
        _end(session, row, at=now, by=ACTOR, note="its time on the shelf is over")
    return len(due)


def _begin(
    session: Session,
    model_id: int,
    key: str,
    kind: Suppression,
    *,
    until: datetime | None,
    by: str,
    reason: str,
    now: datetime,
) -> AlarmSuppression:
    _need(by, reason)
    standing = holding(session, model_id, key, now)
    held = kinds(standing)
    if kind in held:
        name = session.get_one(Model, model_id).name
        raise UserError(f"The alarm {key!r} of {name} is {_NAMES[kind]} already; end that first.")
    row = AlarmSuppression(
        model_id=model_id, key=key, kind=kind, since=now, until=until, by=by.strip(), reason=reason.strip(),
        held_back=0, ended_at=None, ended_by="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    until_when = "" if until is None else f" (until {iso(until)})"
    _tell(session, row, _BEGINS[kind], held, at=now, by=row.by, note=row.reason + until_when)
    return row


def _end(session: Session, row: AlarmSuppression, *, at: datetime, by: str, note: str) -> None:
    held = kinds(_standing(session, row.model_id, row.key))
    row.ended_at, row.ended_by = at, by
    session.flush()
    _tell(session, row, _ENDS[row.kind], held, at=at, by=by, note=note)


def _tell(
    session: Session,
    row: AlarmSuppression,
    event: AlarmEvent,
    held: frozenset[Suppression],
    *,
    at: datetime,
    by: str,
    note: str,
) -> None:
    alarm = open_alarm(session, row.model_id, row.key)
    if alarm is None:
        step_without_alarm(session, row.model_id, row.key, event, held, at=at, by=by, note=note)
    else:
        step(session, alarm, event, held, at=at, by=by, note=note)


def _standing(session: Session, model_id: int, key: str) -> list[AlarmSuppression]:
    return list(
        session.scalars(
            select(AlarmSuppression)
            .where(
                AlarmSuppression.model_id == model_id,
                AlarmSuppression.key == key,
                AlarmSuppression.ended_at.is_(None),
            )
            .order_by(AlarmSuppression.id)
        )
    )


def _need(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise UserError("Holding an alarm back, and ending that, needs a name and a reason; give both.")
