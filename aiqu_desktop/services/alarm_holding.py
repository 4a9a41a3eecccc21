"""Holding alarms back: shelve, take out of service, end it, and list what is held back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmState, ShelfTime, Suppression
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring import suppression
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarms import alarm_numbered
from aiqu_desktop.monitoring.plant_state import shift_times
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmCondition, AlarmSuppression, Model
from aiqu_desktop.services.views import SuppressionRow


def shelve(registry: Registry, ids: Sequence[int], time: ShelfTime, *, by: str, reason: str) -> None:
    """Hold the conditions of several alarms back for a fixed time: all of them or none.

    Raises:
        UserError: if an alarm does not exist or is shelved already, or the name or the reason is empty.
        Refused: if one is critical and the time longer than an hour.
    """
    with registry.write() as session:
        now = registry.clock.now()
        until = suppression.shelved_until(time, now, *shift_times(session))
        for alarm_id in ids:
            alarm = alarm_numbered(session, alarm_id)
            suppression.shelve(session, alarm.model_id, alarm.key, until=until, by=by, reason=reason, now=now)


def take_out_of_service(registry: Registry, model: str, key: str, *, by: str, reason: str) -> None:
    """Hold a type of alarm of a model back for maintenance, until a person puts it back.

    Raises:
        UserError: if there is no such model or type, it is out of service already, or name or reason is empty.
    """
    with registry.write() as session:
        model_id = model_named(session, model).id
        _known(session, model_id, key)
        suppression.take_out_of_service(session, model_id, key, by=by, reason=reason, now=registry.clock.now())


def end_suppression(registry: Registry, model: str, key: str, kind: Suppression, *, by: str, reason: str) -> None:
    """End a shelving before its time, or put an alarm back into service.

    Raises:
        UserError: if nothing holds it back in this way, the plant's state does, or name or reason is empty.
    """
    if kind is Suppression.BY_DESIGN:
        raise UserError("What the plant's state holds back comes back with the plant's state; set that.")
    with registry.write() as session:
        model_id = model_named(session, model).id
        suppression.release(session, model_id, key, kind, by=by, reason=reason, now=registry.clock.now())


def list_suppressed(registry: Registry) -> tuple[SuppressionRow, ...]:
    """Everything that is held back, what comes back first on top."""
    with registry.read() as session:
        counts = {
            (model_id, key, kind): times
            for model_id, key, kind, times in session.execute(
                select(AlarmSuppression.model_id, AlarmSuppression.key, AlarmSuppression.kind, func.count()).group_by(
                    AlarmSuppression.model_id, AlarmSuppression.key, AlarmSuppression.kind
                )
            )
        }
        present = {
            (alarm.model_id, alarm.key): alarm.message
            for alarm in session.scalars(
                select(Alarm).where(Alarm.state != AlarmState.NORMAL, Alarm.returned_at.is_(None))
            )
        }
        rows = session.execute(
            select(AlarmSuppression, Model.name, Model.title)
            .join(Model, Model.id == AlarmSuppression.model_id)
            .where(AlarmSuppression.ended_at.is_(None))
            .order_by(AlarmSuppression.until.is_(None), AlarmSuppression.until, AlarmSuppression.id)
        ).all()
        return tuple(
            SuppressionRow(
                id=row.id,
                model=name,
                model_title=title,
                key=row.key,
                title=RECORDS[row.key].title if row.key in RECORDS else row.key,
                kind=row.kind,
                since=row.since,
                until=row.until,
                by=row.by,
                reason=row.reason,
                present=(row.model_id, row.key) in present,
                message=present.get((row.model_id, row.key), ""),
                held_back=row.held_back,
                times=counts[row.model_id, row.key, row.kind],
            )
            for row, name, title in rows
        )


def _known(session: Session, model_id: int, key: str) -> None:
    if key not in RECORDS and session.get(AlarmCondition, (model_id, key)) is None:
        raise UserError(f"There is no alarm type {key!r}; 'aiqu alarms types' lists them.")
