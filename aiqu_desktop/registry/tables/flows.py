"""The automated flow: the tests that an imported version goes through, and what each step found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aiqu_desktop.core.words import FlowState
from aiqu_desktop.registry.tables.base import Base, word


class FlowRun(Base):
    """One way of a version through its tests. A version has at most one open; the newest is what counts."""

    __tablename__ = "flow_runs"
    __table_args__ = (
        Index(
            "ix_flow_runs_one_open",
            "version_id",
            unique=True,
            sqlite_where=text("state in ('waiting', 'running')"),
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    state: Mapped[FlowState] = mapped_column(word(FlowState))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)  # how often a process began it
    sentence: Mapped[str] = mapped_column(default="")

    steps: Mapped[list[FlowStepResult]] = relationship(order_by="FlowStepResult.id")


class FlowStepResult(Base):
    """What one step found; append-only."""

    __tablename__ = "flow_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("flow_runs.id"), index=True)
    step: Mapped[str]
    title: Mapped[str]
    passed: Mapped[bool | None]  # None: advice
    finding: Mapped[str]
    gates: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # every gate of the step by its name, as shown
    at: Mapped[datetime]
    wall_seconds: Mapped[float]
