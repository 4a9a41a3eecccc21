"""What the plant is doing, and which alarms that silences by design (ISA-18.2, clause 11.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import PlantState, Suppression
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.monitoring.shifts import check_shifts
from aiqu_desktop.monitoring.suppression import ACTOR, release, suppress_by_design
from aiqu_desktop.monitoring.type_changes import types
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AlarmSuppression, Model, PlantStateColumn, PlantStateRecord, ShiftTimes
from aiqu_desktop.security import audit

_USUAL_SHIFTS = ("06:00", "14:00", "22:00")


@dataclass(frozen=True, slots=True)
class Present:
    """What a model's part of the plant is doing; `since` is None where nobody ever said anything but running."""

    state: PlantState
    since: datetime | None
    by: str
    reason: str
    whole_plant: bool


def present_state(session: Session, model_id: int) -> Present:
    """The newest word on a model or on the whole plant; running where there is none."""
    newest = session.scalars(
        select(PlantStateRecord)
        .where(or_(PlantStateRecord.model_id == model_id, PlantStateRecord.model_id.is_(None)))
        .order_by(PlantStateRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return Present(PlantState.RUNNING, None, "", "", whole_plant=True)
    return Present(newest.state, newest.since, newest.by, newest.reason, newest.model_id is None)


def set_state(
    session: Session,
    state: PlantState,
    *,
    model_id: int | None,
    by: str,
    reason: str,
    now: datetime,
    from_column: bool = False,
) -> None:
    """Say what the plant (`model_id` None) or a model's part of it does; alarms are held back or told accordingly.

    Raises:
        UserError: if the name or the reason is empty.
    """
    if not by.strip() or not reason.strip():
        raise UserError("The state of the plant needs a name and a reason; give both.")
    session.add(
        PlantStateRecord(
            model_id=model_id, state=state, since=now, by=by.strip(), reason=reason.strip(), from_column=from_column
        )
    )
    audit.record(
        session,
        at=now,
        actor=by.strip(),
        action="plant.state-set",
        subject="plant" if model_id is None else f"model {session.get_one(Model, model_id).name}",
        new={"state": state.value},
        reason=reason.strip(),
    )
    settle_design(session, now)


def settle_design(session: Session, now: datetime) -> None:
    """Hold back exactly what the records name for the present state of each model's part of the plant."""
    records = types(session)
    standing: dict[int, set[str]] = {}
    for row in session.scalars(
        select(AlarmSuppression).where(
            AlarmSuppression.kind == Suppression.BY_DESIGN, AlarmSuppression.ended_at.is_(None)
        )
    ):
        standing.setdefault(row.model_id, set()).add(row.key)
    for model_id in session.scalars(select(Model.id).order_by(Model.id)).all():
        present = present_state(session, model_id)
        wanted = {record.key for record in records if present.state in record.suppressed_in}
        held = standing.get(model_id, set())
        why = f"the state of the plant is {present.state.value}"
        for key in sorted(held - wanted):
            release(session, model_id, key, Suppression.BY_DESIGN, by=ACTOR, reason=why, now=now)
        for key in sorted(wanted - held):
            suppress_by_design(session, model_id, key, reason=why, now=now)


def set_column(
    session: Session, model_id: int, column: str, states: Mapping[str, str], *, by: str, now: datetime
) -> None:
    """Let a column of a model's observations tell the plant's state; an empty name ends that.

    states: value of the column → state of the plant. Other values say nothing.

    Raises:
        UserError: if the model has no such feature, a state is unknown, or the name is empty.
    """
    model = session.get_one(Model, model_id)
    if not by.strip():
        raise UserError("Say who sets the column that tells the plant's state.")
    row = session.get(PlantStateColumn, model_id)
    old = None if row is None else {"column": row.column, "states": row.states}
    if not column:
        if row is None:
            raise UserError(f"No column of {model.name} tells the plant's state; there is nothing to end.")
        session.delete(row)
        _tell_column(session, model, old, None, by, now)
        return
    if column not in InputSchema.from_json(model.input_schema).feature_names:
        raise UserError(f"{model.name} has no feature {column!r}; a feature of its observations can tell the state.")
    known = {state.value for state in PlantState}
    wrong = sorted(set(states.values()) - known)
    if wrong or not states:
        what = f"{wrong[0]!r} is no state of the plant" if wrong else "No value was given a state"
        raise UserError(f"{what}; give VALUE=STATE with one of {', '.join(PlantState)}.")
    if row is None:
        row = PlantStateColumn(model_id=model_id)
        session.add(row)
    row.column, row.states, row.set_by, row.set_at = column, dict(states), by.strip(), now
    _tell_column(session, model, old, {"column": column, "states": dict(states)}, by, now)


def follow_column(registry: Registry, model: str) -> None:
    """Take the plant's state from a model's newest observation, where a column tells it and tells something new.

    What a person says stands until the column changes to another state.
    """
    with registry.read() as session:
        found = session.execute(
            select(PlantStateColumn, Model.id)
            .join(Model, Model.id == PlantStateColumn.model_id)
            .where(Model.name == model)
        ).one_or_none()
        if found is None:
            return
        rule, model_id = found
        column, states = rule.column, dict(rule.states)
    values = ObservationStore(registry).last_n(model, 1, columns=[column]).columns[column]
    told = states.get(_as_text(values[-1])) if len(values) else None
    if told is None:
        return
    with registry.write() as session:
        last = session.scalars(
            select(PlantStateRecord.state)
            .where(PlantStateRecord.model_id == model_id, PlantStateRecord.from_column)
            .order_by(PlantStateRecord.id.desc())
            .limit(1)
        ).one_or_none()
        state = PlantState(told)
        if state is last or (last is None and present_state(session, model_id).state is state):
            return
        why = f"{column} is {_as_text(values[-1])}"
        now = registry.clock.now()
        set_state(session, state, model_id=model_id, by=ACTOR, reason=why, now=now, from_column=True)


def shift_times(session: Session) -> tuple[tuple[str, ...], str]:
    """When the shifts begin, and in which time zone; three shifts from 06:00 UTC where the site has set none."""
    row = session.get(ShiftTimes, 1)
    return (_USUAL_SHIFTS, "UTC") if row is None else (tuple(row.starts["starts"]), row.zone)


def set_shift_times(session: Session, starts: Sequence[str], zone: str, *, by: str, now: datetime) -> None:
    """Set when the shifts begin.

    Raises:
        UserError: if a time or the zone cannot be read, or the name is empty.
    """
    if not by.strip():
        raise UserError("Say who sets the times of the shifts.")
    check_shifts(starts, zone)
    before, before_zone = shift_times(session)
    row = session.get(ShiftTimes, 1)
    if row is None:
        row = ShiftTimes(id=1)
        session.add(row)
    row.starts, row.zone, row.set_by, row.set_at = {"starts": sorted(starts)}, zone, by.strip(), now
    audit.record(
        session, at=now, actor=by.strip(), action="shifts.set", subject="site",
        old={"starts": list(before), "zone": before_zone}, new={"starts": sorted(starts), "zone": zone},
    )  # fmt: skip


def _tell_column(
    session: Session,
    model: Model,
    old: Mapping[str, object] | None,
    new: Mapping[str, object] | None,
    by: str,
    now: datetime,
) -> None:
    audit.record(
        session, at=now, actor=by.strip(), action="plant.column-set", subject=f"model {model.name}", old=old, new=new
    )


def _as_text(value: object) -> str:
    """A value as a person writes it: 2, not 2.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)
