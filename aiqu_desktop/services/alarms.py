"""The alarm list, and acknowledging."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import AlarmState, Priority
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring import alarms as life
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Model, Version
from aiqu_desktop.services.views import AlarmRow

_WORST_FIRST = case({priority.value: rank for rank, priority in enumerate(Priority)}, value=Alarm.priority)
_UNSEEN_FIRST = case(
    {AlarmState.UNACKNOWLEDGED.value: 0, AlarmState.RETURNED_UNACKNOWLEDGED.value: 1, AlarmState.ACKNOWLEDGED.value: 2},
    value=Alarm.state,
    else_=3,
)


def list_alarms(
    registry: Registry, *, only_open: bool = True, model: str | None = None, limit: int = 500
) -> tuple[AlarmRow, ...]:
    """Alarms, unseen ones first, worst first, newest first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        model_id = None if model is None else model_named(session, model).id
        return alarm_rows(session, only_open=only_open, model_id=model_id, limit=limit)


def acknowledge(registry: Registry, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
    """Acknowledge several alarms with one note: all of them or none.

    Raises:
        UserError: if one does not exist or needs no acknowledgement, or the name or the note is empty.
    """
    with registry.write() as session:
        for alarm_id in ids:
            life.acknowledge(session, alarm_id, by=by, note=note, now=registry.clock.now())
    with registry.read() as session:
        wanted = set(ids)
        return tuple(row for row in alarm_rows(session, only_open=False, limit=100_000) if row.id in wanted)


def alarm_rows(
    session: Session, *, only_open: bool, model_id: int | None = None, limit: int = 500
) -> tuple[AlarmRow, ...]:
    """The rows of `list_alarms` inside a session that is already open."""
    query = (
        select(Alarm, Model.name, Model.title, Version.number)
        .join(Model, Model.id == Alarm.model_id)
        .outerjoin(Version, Version.id == Alarm.version_id)
        .order_by(_UNSEEN_FIRST, _WORST_FIRST, Alarm.activated_at.desc())
        .limit(limit)
    )
    if only_open:
        query = query.where(Alarm.state != AlarmState.NORMAL)
    if model_id is not None:
        query = query.where(Alarm.model_id == model_id)
    return tuple(
        AlarmRow(
            id=alarm.id,
            model=name,
            model_title=title,
            key=alarm.key,
            priority=alarm.priority,
            state=alarm.state,
            message=alarm.message,
            response=alarm.response,
            version=number,
            onset_at=alarm.onset_at,
            activated_at=alarm.activated_at,
            acknowledged_at=alarm.acknowledged_at,
            acknowledged_by=alarm.acknowledged_by,
            note=alarm.note,
            returned_at=alarm.returned_at,
            guarantee=alarm.guarantee,
        )
        for alarm, name, title, number in session.execute(query)
    )
