"""What a site changes of the product's record of an alarm type: checked, with a reason, on the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Consequence, PlantState, Priority
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarm_types import AlarmType
from aiqu_desktop.registry.tables import AlarmTypeChange
from aiqu_desktop.security import audit

_TEXTS = ("cause", "consequence", "response")
_DELAYS = ("on_delay", "off_delay")
_OF_THE_CHECK = (*_DELAYS, "deadband")
_LONGEST_DELAY = 100


def type_of(session: Session, key: str) -> AlarmType | None:
    """The record of a type as the site has it; None for a type without one."""
    record = RECORDS.get(key)
    if record is None:
        return None
    change = session.get(AlarmTypeChange, key)
    return record if change is None else changed(record, change.changes)


def priority_on_site(session: Session, key: str) -> Priority | None:
    """The priority that the site's own consequence and time to respond give; None where it changed neither."""
    change = session.get(AlarmTypeChange, key)
    if change is None or not {"severity", "respond_within"} & set(change.changes):
        return None
    return changed(RECORDS[key], change.changes).priority


def types(session: Session) -> tuple[AlarmType, ...]:
    """Every record as the site has it, in the product's order."""
    changes = {row.key: row.changes for row in session.scalars(select(AlarmTypeChange))}
    return tuple(changed(record, changes.get(record.key, {})) for record in RECORDS.values())


def changed(record: AlarmType, changes: Mapping[str, Any]) -> AlarmType:
    """The record with what the site says of it; `changes` as JSON has it."""
    typed: dict[str, Any] = dict(changes)
    if "severity" in typed:
        typed["severity"] = Consequence(typed["severity"])
    if "respond_within" in typed:
        typed["respond_within"] = timedelta(minutes=typed["respond_within"])
    if "suppressed_in" in typed:
        typed["suppressed_in"] = tuple(PlantState(state) for state in typed["suppressed_in"])
    return replace(record, **typed)


def change_type(
    session: Session, key: str, changes: Mapping[str, Any], *, by: str, reason: str, now: datetime
) -> AlarmType:
    """Change a record; it holds from the next answer on.

    Args:
        changes: of cause, consequence, response (texts), severity (a word), respond_within (minutes), on_delay,
            off_delay (answers), deadband (share of the limit, below 1), latching, suppressed_in (words).

    Raises:
        UserError: if there is no such type, nothing is changed, a value cannot be used, or name or reason is empty.
    """
    record = RECORDS.get(key)
    if record is None:
        raise UserError(f"There is no alarm type {key!r}; 'aiqu alarms types' lists them.")
    if not by.strip() or not reason.strip():
        raise UserError("A change of an alarm type needs a name and a reason; give both.")
    if not changes:
        raise UserError("Nothing to change was named; see 'aiqu alarms type --help'.")
    _check(record, changes)
    row = session.get(AlarmTypeChange, key)
    old = {} if row is None else dict(row.changes)
    new = old | dict(changes)
    if row is None:
        row = AlarmTypeChange(key=key)
        session.add(row)
    row.changes, row.changed_by, row.changed_at, row.reason = new, by.strip(), now, reason.strip()
    audit.record(
        session, at=now, actor=by.strip(), action="alarm-type.changed", subject=f"alarm type {key}", old=old, new=new,
        reason=reason.strip(),
    )  # fmt: skip
    return changed(record, new)


def _check(record: AlarmType, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if record.rehearsed and name in _OF_THE_CHECK:
            raise UserError(
                f"The delays of {record.key!r} are limits of its check; 'aiqu rehearse' shows what others would do, "
                "and saves them."
            )
        if name in _TEXTS and not str(value).strip():
            raise UserError(f"The {name} of an alarm type must not be empty.")
        if name in _DELAYS and not 1 <= value <= _LONGEST_DELAY:
            raise UserError(f"A delay is a number of answers from 1 to {_LONGEST_DELAY}, not {value}.")
        if name == "deadband" and not 0 <= value < 1:
            raise UserError(f"A deadband is a share of the limit, from 0 to below 1, not {value}.")
        if name == "respond_within" and value <= 0:
            raise UserError(f"The time to respond is a number of minutes above 0, not {value}.")
