"""Shadows: which version answered beside the champion, from when to when, on whose word; and what it answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class ShadowRecord(Base):
    """One shadow of a model. A model has at most one that has not ended."""

    __tablename__ = "shadows"
    __table_args__ = (
        Index(
            "ix_shadows_one_open",
            "model_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]
    reason: Mapped[str]
    signature_id: Mapped[str] = mapped_column(ForeignKey("signatures.id"), unique=True)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(default="")
    end_signature: Mapped[str | None]  # None where a promotion ended it


class ShadowAnswerId(Base):
    """Every answer of a shadow once: the same answer in another file adds nothing."""

    __tablename__ = "shadow_answer_ids"
    __table_args__ = {"sqlite_with_rowid": False}

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    answer_key: Mapped[str] = mapped_column(primary_key=True)  # the version's digest (16 digits), ":", observation's id
    row_digest: Mapped[bytes]
