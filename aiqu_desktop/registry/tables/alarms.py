"""Alarms and the conditions behind them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import AlarmState, Priority
from aiqu_desktop.registry.tables.base import Base, word


class AlarmCondition(Base):
    """How often in a row a condition was seen or not seen: the memory behind on-delay and off-delay."""

    __tablename__ = "alarm_conditions"

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    bad_in_a_row: Mapped[int] = mapped_column(default=0)
    good_in_a_row: Mapped[int] = mapped_column(default=0)
    first_bad_at: Mapped[datetime | None]


class Alarm(Base):
    """One activation of one condition, from onset to normal. Rows are kept; at most one is open per condition."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "ix_alarms_one_open",
            "model_id",
            "key",
            unique=True,
            sqlite_where=text("state != 'normal'"),
            postgresql_where=text("state != 'normal'"),
        ),
        Index("ix_alarms_activated", "activated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("check_runs.id"))
    key: Mapped[str]  # which condition: "performance", "drift", "quality", "freshness", "quarantine", …
    priority: Mapped[Priority] = mapped_column(word(Priority))
    state: Mapped[AlarmState] = mapped_column(word(AlarmState))
    message: Mapped[str]
    response: Mapped[str]  # what the operator should do now
    guarantee: Mapped[str] = mapped_column(default="")  # how rarely it rings falsely; empty for a plain fact
    onset_at: Mapped[datetime | None]  # estimated start of the condition in event time
    activated_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    returned_at: Mapped[datetime | None]
