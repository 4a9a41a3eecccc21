"""What the plant is doing, as people or a column of the data say, and when its shifts begin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import PlantState
from aiqu_desktop.registry.tables.base import Base, word


class PlantStateRecord(Base):
    """One change of the plant's state; append-only. `model_id` None: the whole plant."""

    __tablename__ = "plant_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"), index=True)
    state: Mapped[PlantState] = mapped_column(word(PlantState))
    since: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    from_column: Mapped[bool] = mapped_column(default=False)


class PlantStateColumn(Base):
    """Which column of a model's observations tells the plant's state; `states` maps its values to the states."""

    __tablename__ = "plant_state_columns"

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    column: Mapped[str]
    states: Mapped[dict[str, Any]]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class ShiftTimes(Base):
    """When the shifts of the site begin: `starts` is {"starts": ["06:00", ...]}, in the time of `zone`. One row."""

    __tablename__ = "shift_times"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts: Mapped[dict[str, Any]]
    zone: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
