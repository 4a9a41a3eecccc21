"""The audit chain's table; the security room writes and verifies it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class AuditRecord(Base):
    """Who changed what, from what to what, when and why; `hash` covers the record and the hash before it."""

    __tablename__ = "audit_records"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any] | None]
    reason: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
