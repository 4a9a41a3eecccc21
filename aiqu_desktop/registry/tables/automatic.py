"""Policies for automatic rollbacks as they were signed, and every automatic rollback that was advised, due or done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import AutomaticMode, AutomaticState, Trigger
from aiqu_desktop.registry.tables.base import Base, word


class AutomaticPolicyRecord(Base):
    """One version of a model's policy: a proposal to act, or a switch back to advice. Append-only."""

    __tablename__ = "automatic_policies"
    __table_args__ = (UniqueConstraint("model_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    number: Mapped[int]
    mode: Mapped[AutomaticMode] = mapped_column(word(AutomaticMode))
    content: Mapped[dict[str, Any]]  # what may trigger, countdown, limits; empty for a switch to advice
    reason: Mapped[str]
    at: Mapped[datetime]
    signature_id: Mapped[str] = mapped_column(ForeignKey("signatures.id"), unique=True)


class AutomaticApproval(Base):
    """The second person's signature under a proposal. Append-only."""

    __tablename__ = "automatic_approvals"

    policy_id: Mapped[int] = mapped_column(ForeignKey("automatic_policies.id"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    signature_id: Mapped[str] = mapped_column(ForeignKey("signatures.id"), unique=True)


class AutomaticRollback(Base):
    """One answer to one alarm: an advice, or a rollback that is due. Only its state and its end change."""

    __tablename__ = "automatic_rollbacks"
    __table_args__ = (
        Index(
            "ix_automatic_rollbacks_one_open",
            "model_id",
            unique=True,
            sqlite_where=text("state in ('advised', 'waiting', 'acting')"),
            postgresql_where=text("state in ('advised', 'waiting', 'acting')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("automatic_policies.id"))  # None where it only advises
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id"), index=True)
    trigger: Mapped[Trigger] = mapped_column(word(Trigger))
    from_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    to_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))  # None where there is none to go to
    sentence: Mapped[str]  # what is advised or due, and why
    obstacle: Mapped[str]  # why it is not carried out by itself; empty where it is
    evidence: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    noted_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    state: Mapped[AutomaticState] = mapped_column(word(AutomaticState))
    acted_at: Mapped[datetime | None]  # when it was spent on a release
    ended_at: Mapped[datetime | None]
    ended: Mapped[str] = mapped_column(default="")  # how it ended, in one sentence
    veto_signature: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"), unique=True)


class AutomaticRelease(Base):
    """The one release that an automatic rollback entitled to, written with its intent. Append-only."""

    __tablename__ = "automatic_releases"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    automatic_id: Mapped[int] = mapped_column(ForeignKey("automatic_rollbacks.id"), unique=True)
