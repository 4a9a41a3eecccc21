"""The safe state: which models are stopped, by which release, and the cards that say how the plant works meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class Hold(Base):
    """One stop of one model, from the written intent to the release that ended it. Its champion stays the champion."""

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "ix_holds_one_open",
            "model_id",
            unique=True,
            sqlite_where=text("ended_by IS NULL"),
            postgresql_where=text("ended_by IS NULL"),
        ),
    )

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    since: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("releases.id"))
    ended_at: Mapped[datetime | None]


class FallbackRecord(Base):
    """One state of a model's fallback card, as an engineer signed it. The newest one stands; append-only."""

    __tablename__ = "fallback_cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    number: Mapped[int]  # 1, 2, … for each model
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    content: Mapped[dict[str, Any]]  # as FallbackCard.to_json gives it
    signature_id: Mapped[str] = mapped_column(ForeignKey("signatures.id"), unique=True)
