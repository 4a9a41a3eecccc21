"""Checks, their schedules, their runs, the metrics that these produced, and who schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aiqu_desktop.core.words import CheckKind, RunState, Verdict
from aiqu_desktop.registry.tables.base import Base, word


class Check(Base):
    """A standing question about one model; `settings` are the check kind's own, as its dataclass writes them."""

    __tablename__ = "checks"
    __table_args__ = (UniqueConstraint("model_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    kind: Mapped[CheckKind] = mapped_column(word(CheckKind))
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    schedule: Mapped[Schedule] = relationship(back_populates="check")


class Schedule(Base):
    """When a check runs next. Our own table, not the scheduler library's: no pickle, one truth for all processes."""

    __tablename__ = "schedules"

    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id"), primary_key=True)
    every_seconds: Mapped[int]
    timeout_seconds: Mapped[int]  # wall time after which a run counts as hung
    next_due: Mapped[datetime] = mapped_column(index=True)
    paused: Mapped[bool] = mapped_column(default=False)
    paused_by: Mapped[str] = mapped_column(default="")
    paused_reason: Mapped[str] = mapped_column(default="")

    check: Mapped[Check] = relationship(back_populates="schedule")


class CheckRun(Base):
    """One answer to a check, or the visible lack of one. (check, scheduled_for) is unique: no slot runs twice."""

    __tablename__ = "check_runs"
    __table_args__ = (
        UniqueConstraint("check_id", "scheduled_for"),
        Index("ix_check_runs_model_finished", "model_id", "finished_at"),
        Index("ix_check_runs_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    kind: Mapped[CheckKind] = mapped_column(word(CheckKind))
    scheduled_for: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(word(RunState))
    verdict: Mapped[Verdict] = mapped_column(word(Verdict), default=Verdict.UNKNOWN)
    summary: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)  # large: read when wanted
    window_from: Mapped[datetime | None]
    window_to: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=1)
    owner: Mapped[str]
    wall_seconds: Mapped[float] = mapped_column(default=0.0)


class Metric(Base):
    """One number of one run, with its interval, sample size and limit; `feature` is empty for the whole model."""

    __tablename__ = "metrics"
    __table_args__ = (Index("ix_metrics_series", "model_id", "name", "feature", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("check_runs.id"), index=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    name: Mapped[str]
    feature: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]  # event time: the end of the window
    value: Mapped[float | None]  # None: could not be computed, and is shown as a gap
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int]
    limit: Mapped[float | None]
    p_value: Mapped[float | None]


class SchedulerLease(Base):
    """The one process that schedules on this site, and its heartbeat. `site_now` tells others the replayed time."""

    __tablename__ = "scheduler_lease"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    role: Mapped[str]  # "monitor", "window" or "demo"
    pid: Mapped[int]
    taken_at: Mapped[datetime]  # wall time
    beat_at: Mapped[datetime]  # wall time
    site_now: Mapped[datetime]
