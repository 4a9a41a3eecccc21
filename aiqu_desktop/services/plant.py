"""What the plant is doing: shown, set by a person, or read from a column of the data; and when its shifts begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from aiqu_desktop.core.words import PlantState
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring import plant_state
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, PlantStateColumn
from aiqu_desktop.services.views import PlantRow


def plant_states(registry: Registry) -> tuple[PlantRow, ...]:
    """What each model's part of the plant is doing."""
    with registry.read() as session:
        rules = {row.model_id: row for row in session.scalars(select(PlantStateColumn))}
        rows = []
        for model in session.scalars(select(Model).order_by(Model.title)):
            present, rule = plant_state.present_state(session, model.id), rules.get(model.id)
            rows.append(
                PlantRow(
                    model=model.name,
                    model_title=model.title,
                    state=present.state,
                    since=present.since,
                    by=present.by,
                    reason=present.reason,
                    whole_plant=present.whole_plant,
                    column=rule.column if rule else "",
                    states=tuple(sorted(rule.states.items())) if rule else (),
                )
            )
        return tuple(rows)


def set_plant_state(registry: Registry, state: PlantState, *, model: str | None, by: str, reason: str) -> None:
    """Say what the whole plant (`model` None) or the part that a model watches is doing.

    Raises:
        UserError: if there is no such model, or the name or the reason is empty.
    """
    with registry.write() as session:
        model_id = None if model is None else model_named(session, model).id
        now = registry.clock.now()
        plant_state.set_state(session, state, model_id=model_id, by=by, reason=reason, now=now)


def set_state_column(registry: Registry, model: str, column: str, states: Mapping[str, str], *, by: str) -> None:
    """Let a column of a model's observations tell the plant's state; an empty name ends that.

    Raises:
        UserError: if there is no such model, feature or state, or the name is empty.
    """
    with registry.write() as session:
        model_id = model_named(session, model).id
        plant_state.set_column(session, model_id, column, states, by=by, now=registry.clock.now())


def shift_times(registry: Registry) -> tuple[tuple[str, ...], str]:
    """When the shifts begin, and in which time zone."""
    with registry.read() as session:
        return plant_state.shift_times(session)


def set_shift_times(registry: Registry, starts: Sequence[str], zone: str, *, by: str) -> None:
    """Set when the shifts begin; "until the end of the shift" follows.

    Raises:
        UserError: if a time or the zone cannot be read, or the name is empty.
    """
    with registry.write() as session:
        plant_state.set_shift_times(session, starts, zone, by=by, now=registry.clock.now())
