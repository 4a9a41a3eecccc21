"""The alarm list, what happened to one alarm, acknowledging and resetting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmState, Priority, Suppression
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring import alarms as life
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmJournal, AlarmSuppression, Model, Version
from aiqu_desktop.services.views import AlarmRow, JournalRow

_WORST_FIRST = case({priority.value: rank for rank, priority in enumerate(Priority)}, value=Alarm.priority)
_SUPPRESSED = tuple(state for state in AlarmState if state.suppressed)
_UNSEEN_FIRST = case(
    {
        AlarmState.UNACKNOWLEDGED.value: 0,
        AlarmState.RETURNED_UNACKNOWLEDGED.value: 1,
        AlarmState.LATCHED_UNACKNOWLEDGED.value: 1,
        AlarmState.ACKNOWLEDGED.value: 2,
        AlarmState.LATCHED_ACKNOWLEDGED.value: 2,
        AlarmState.NORMAL.value: 4,
    },
    value=Alarm.state,
    else_=3,
)


def list_alarms(
    registry: Registry,
    *,
    only_open: bool = True,
    with_suppressed: bool = False,
    model: str | None = None,
    limit: int = 500,
) -> tuple[AlarmRow, ...]:
    """Alarms, unseen ones first, worst first, newest first; `only_open` leaves out what is held back.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        model_id = None if model is None else model_named(session, model).id
        return alarm_rows(session, only_open=only_open, with_suppressed=with_suppressed, model_id=model_id, limit=limit)


def acknowledge(registry: Registry, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
    """Acknowledge several alarms with one note: all of them or none.

    Raises:
        UserError: if one does not exist or needs no acknowledgement, or the name or the note is empty.
    """
    with registry.write() as session:
        for alarm_id in ids:
            life.acknowledge(session, alarm_id, by=by, note=note, now=registry.clock.now())
    return _rows_of(registry, ids)


def reset(registry: Registry, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
    """Let go of several latched alarms with one note: all of them or none.

    Raises:
        UserError: if one does not exist or is not latched and acknowledged, or the name or the note is empty.
    """
    with registry.write() as session:
        for alarm_id in ids:
            life.reset(session, alarm_id, by=by, note=note, now=registry.clock.now())
    return _rows_of(registry, ids)


def alarm_history(registry: Registry, alarm_id: int) -> tuple[JournalRow, ...]:
    """What happened to one alarm, oldest first.

    Raises:
        UserError: if there is no such alarm.
    """
    with registry.read() as session:
        if session.get(Alarm, alarm_id) is None:
            raise UserError(f"There is no alarm {alarm_id}; 'aiqu alarms --all' lists them.")
        rows = session.scalars(select(AlarmJournal).where(AlarmJournal.alarm_id == alarm_id).order_by(AlarmJournal.id))
        return tuple(JournalRow(row.at, row.event, row.before, row.after, row.by, row.note) for row in rows)


def _rows_of(registry: Registry, ids: Sequence[int]) -> tuple[AlarmRow, ...]:
    with registry.read() as session:
        wanted = set(ids)
        return tuple(row for row in alarm_rows(session, only_open=False, limit=100_000) if row.id in wanted)


def alarm_rows(
    session: Session,
    *,
    only_open: bool,
    with_suppressed: bool = False,
    model_id: int | None = None,
    limit: int = 500,
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
        if not with_suppressed:
            query = query.where(Alarm.state.not_in(_SUPPRESSED))
    if model_id is not None:
        query = query.where(Alarm.model_id == model_id)
    found = session.execute(query).all()
    told = Counter(alarm.model_id for alarm, *_ in found if alarm.state not in (AlarmState.NORMAL, *_SUPPRESSED))
    held = _held(session) if any(alarm.state.suppressed for alarm, *_ in found) else {}
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
            first_out=_is_first_out(alarm, told),
            held=held.get((alarm.model_id, alarm.key), "") if alarm.state.suppressed else "",
        )
        for alarm, name, title, number in found
    )


def _is_first_out(alarm: Alarm, told: Counter[int]) -> bool:
    """It came first of the alarms of its model that are told now; alone it is no group."""
    open_now = alarm.state is not AlarmState.NORMAL and not alarm.state.suppressed
    return alarm.first_out and open_now and told[alarm.model_id] > 1


def _held(session: Session) -> dict[tuple[int, str], str]:
    """(model, key) → who holds it back, until when and why, for what is held back now."""
    rows = session.scalars(select(AlarmSuppression).where(AlarmSuppression.ended_at.is_(None)))
    said: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        until = f" until {iso(row.until)}" if row.until is not None else ""
        who = "" if row.kind is Suppression.BY_DESIGN else f" by {row.by}"
        name = "suppressed by design" if row.kind is Suppression.BY_DESIGN else row.kind.value.replace("-", " ")
        said.setdefault((row.model_id, row.key), []).append(f"{name}{until}{who}: {row.reason}")
    return {place: "; ".join(parts) for place, parts in said.items()}
