"""What releases are judged by: noticed policies, held-out sets, kept measurements. Append-only, like all evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class PolicyRecord(Base):
    """One state of a model's policy as it was noticed. The newest one is what the site last knew."""

    __tablename__ = "policy_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    at: Mapped[datetime]
    digest: Mapped[str]  # of what it says with the defaults filled in; that of the defaults where `fault` is not empty
    content: Mapped[dict[str, Any]]  # the same, whole
    fault: Mapped[str]  # why its file cannot be used; empty where it can


class HoldoutSet(Base):
    """A model's held-out set, an artifact of the site that no bundle carries. The newest one of a model stands."""

    __tablename__ = "holdout_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("artifacts.sha256"))
    file_name: Mapped[str]  # its ending says whether it is CSV or Parquet
    rows: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]


class Measurement(Base):
    """A result that took time to compute, under the digest of all that it was computed from: true whenever that fits.

    Of several with the same key the newest counts; a speed may be measured again.
    """

    __tablename__ = "measurements"
    __table_args__ = (Index("ix_measurements_key", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str]  # of the result's canonical JSON; the audit chain names it
    at: Mapped[datetime]
    wall_seconds: Mapped[float]
