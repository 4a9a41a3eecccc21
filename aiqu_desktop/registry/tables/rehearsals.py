"""Rehearsals: what a proposed limit would have done on the site's own past. A limit is saved only with one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class RehearsalRecord(Base):
    """One rehearsal. settings_before: the check's settings when it was made; settings: the proposed ones."""

    __tablename__ = "rehearsals"
    __table_args__ = (Index("ix_rehearsals_check", "check_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    settings_before: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # large: read when wanted
    sha256: Mapped[str]  # of the result's canonical JSON; the audit chain names it
    sentence: Mapped[str]
