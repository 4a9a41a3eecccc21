"""Releases: every promotion, rollback, stop and resumption, from written intent to proven outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.registry.tables.base import Base, word


class Release(Base):
    """One release. The row is written before the target is touched and completed after the proof.

    A stop and a resumption change no champion: both their versions are the one that is taken out of service or put
    back.
    """

    __tablename__ = "releases"
    __table_args__ = (
        Index(
            "ix_releases_one_unfinished",
            "model_id",
            unique=True,
            sqlite_where=text("state in ('intended', 'staged', 'switched')"),
            postgresql_where=text("state in ('intended', 'staged', 'switched')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    kind: Mapped[ReleaseKind] = mapped_column(word(ReleaseKind))
    from_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    state: Mapped[ReleaseState] = mapped_column(word(ReleaseState))
    requested_by: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # the gates as they were shown
    intended_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    wall_seconds: Mapped[float | None]  # from intent to proof, on the monotonic clock
    outcome: Mapped[str] = mapped_column(default="")
    proof: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the target answered

    steps: Mapped[list[ReleaseStep]] = relationship(order_by="ReleaseStep.id")


class ReleaseStep(Base):
    """One step of a release as it happened."""

    __tablename__ = "release_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)
    at: Mapped[datetime]
    step: Mapped[str]
    detail: Mapped[str]
