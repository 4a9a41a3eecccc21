"""Which target each model has had: append-only, the newest row counts; a model without one has the folder target."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import TargetKind
from aiqu_desktop.registry.tables.base import Base, word


class TargetRecord(Base):
    """One choice of a model's target. `settings` are the kind's own; a secret is never among them, only its file's
    name in the site's keys folder.
    """

    __tablename__ = "targets"
    __table_args__ = (Index("ix_targets_model", "model_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    kind: Mapped[TargetKind] = mapped_column(word(TargetKind))
    settings: Mapped[dict[str, Any]]
