"""Requests for promotion with their decision, and what entitled each release."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.core.words import RequestState
from aiqu_desktop.registry.tables.base import Base, word


class PromotionRequest(Base):
    """What one person asks another to approve: a promotion, or the resumption of a stopped model.

    Only its state and decision change; the database refuses the rest.
    """

    __tablename__ = "promotion_requests"
    __table_args__ = (
        Index(
            "ix_promotion_requests_one_open",
            "version_id",
            unique=True,
            sqlite_where=text("state in ('pending', 'approved')"),
            postgresql_where=text("state in ('pending', 'approved')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    artifact_digest: Mapped[str]
    evidence_digest: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # the preview as it was shown
    override: Mapped[dict[str, Any]]  # {"gates": [...]}: failed gates that it asks to go ahead against
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    request_signature: Mapped[str] = mapped_column(ForeignKey("signatures.id"), unique=True)
    state: Mapped[RequestState] = mapped_column(word(RequestState))
    decision_signature: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"), unique=True)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    ended: Mapped[str] = mapped_column(default="")  # why it is no longer open, in one sentence


class ReleaseAuthority(Base):
    """What entitled a release: an approved request or one signature, each of which serves once. Append-only."""

    __tablename__ = "release_authorities"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("promotion_requests.id"), unique=True)
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"), unique=True)
    approved_by: Mapped[str] = mapped_column(default="")
    override: Mapped[dict[str, Any]]  # {"gates": [{"title", "finding"}, ...], "reasons": [...]}; empty without one
