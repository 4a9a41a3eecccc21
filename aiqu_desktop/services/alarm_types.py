"""The record of every alarm type, as the site has it, and how it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.monitoring.alarm_types import AlarmType
from aiqu_desktop.monitoring.plant_state import settle_design
from aiqu_desktop.monitoring.type_changes import change_type, type_of, types
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmTypeChange
from aiqu_desktop.services.alarms import alarm_history
from aiqu_desktop.services.views import AlarmBackground, AlarmTypeRow


def list_types(registry: Registry) -> tuple[AlarmTypeRow, ...]:
    """Every type of alarm with its cause, consequence, response and time to respond."""
    with registry.read() as session:
        changes = {row.key: row for row in session.scalars(select(AlarmTypeChange))}
        return tuple(_row(record, changes.get(record.key)) for record in types(session))


def show_type(registry: Registry, key: str) -> AlarmTypeRow:
    """The record of one type.

    Raises:
        UserError: if there is no such type.
    """
    for row in list_types(registry):
        if row.key == key:
            return row
    raise UserError(f"There is no alarm type {key!r}; 'aiqu alarms types' lists them.")


def alarm_background(registry: Registry, alarm_id: int) -> AlarmBackground:
    """The record of an alarm's type, and what happened to the alarm.

    Raises:
        UserError: if there is no such alarm.
    """
    history = alarm_history(registry, alarm_id)
    with registry.read() as session:
        key = session.get_one(Alarm, alarm_id).key
        record = type_of(session, key)
        row = None if record is None else _row(record, session.get(AlarmTypeChange, key))
    return AlarmBackground(row, history)


def change(registry: Registry, key: str, changes: Mapping[str, Any], *, by: str, reason: str) -> AlarmTypeRow:
    """Change a record; `changes` as `monitoring.type_changes.change_type` takes them.

    Raises:
        UserError: if a value cannot be used, or name or reason is empty.
    """
    with registry.write() as session:
        now = registry.clock.now()
        change_type(session, key, changes, by=by, reason=reason, now=now)
        settle_design(session, now)  # the states that silence it may be others now
    return show_type(registry, key)


def _row(record: AlarmType, changed: AlarmTypeChange | None) -> AlarmTypeRow:
    return AlarmTypeRow(
        key=record.key,
        title=record.title,
        priority=record.priority,
        cause=record.cause,
        consequence=record.consequence,
        severity=record.severity,
        respond_within_minutes=round(record.respond_within.total_seconds() / 60),
        response=record.response,
        on_delay=record.on_delay,
        off_delay=record.off_delay,
        deadband=record.deadband,
        latching=record.latching,
        suppressed_in=record.suppressed_in,
        changed_by=changed.changed_by if changed else "",
        changed_at=changed.changed_at if changed else None,
        change_reason=changed.reason if changed else "",
    )
