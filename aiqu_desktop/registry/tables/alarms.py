"""Alarms, the conditions behind them, what holds them back, their journal, and what the site changed of their types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Priority, Suppression
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
    unseen: Mapped[bool] = mapped_column(default=True)  # it rang, and nobody has acknowledged or set it aside
    latched: Mapped[bool] = mapped_column(default=False)  # the condition went away; a person has to reset the alarm
    first_out: Mapped[bool] = mapped_column(default=False)  # no other alarm of the model was open when it rang


class AlarmSuppression(Base):
    """Why one condition of one model is held back, from when to when; at most one of each kind at a time."""

    __tablename__ = "alarm_suppressions"
    __table_args__ = (
        Index(
            "ix_alarm_suppressions_one_open",
            "model_id",
            "key",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    key: Mapped[str]
    kind: Mapped[Suppression] = mapped_column(word(Suppression))
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # when it ends by itself; None: when a person, or the plant's state, ends it
    by: Mapped[str]
    reason: Mapped[str]
    held_back: Mapped[int] = mapped_column(default=0)  # activations meanwhile
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")


class AlarmJournal(Base):
    """One thing that happened to one alarm; append-only, and what the alarm figures are computed from."""

    __tablename__ = "alarm_journal"
    __table_args__ = (Index("ix_alarm_journal_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("alarms.id"), index=True)  # None: nothing was open
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    key: Mapped[str]
    priority: Mapped[Priority | None] = mapped_column(word(Priority))
    at: Mapped[datetime]
    event: Mapped[AlarmEvent] = mapped_column(word(AlarmEvent))
    before: Mapped[AlarmState] = mapped_column(word(AlarmState))
    after: Mapped[AlarmState] = mapped_column(word(AlarmState))
    by: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class AlarmTypeChange(Base):
    """What the site says of one alarm type where it differs from the product's own record."""

    __tablename__ = "alarm_type_changes"

    key: Mapped[str] = mapped_column(primary_key=True)
    changes: Mapped[dict[str, Any]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    reason: Mapped[str]
