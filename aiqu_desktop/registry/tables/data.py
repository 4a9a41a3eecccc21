"""The observations' ledger: which file and which row was taken in, where it lies, and what was turned away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from aiqu_desktop.registry.tables.base import Base


class IngestFile(Base):
    """One file that was found in a drop folder, and what became of it.

    kind: "observations", "labels" or "shadow"; empty where the file could not be read so far.
    outcome: "taken" (rows were added or all were known), "repeated" (the very same file again) or "quarantined".
    """

    __tablename__ = "ingest_files"
    __table_args__ = (
        Index(
            "ix_ingest_files_taken_once",
            "model_id",
            "sha256",
            unique=True,
            sqlite_where=text("outcome = 'taken'"),
            postgresql_where=text("outcome = 'taken'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str]
    outcome: Mapped[str]
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_added: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)
    rows_conflicting: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Segment(Base):
    """An append-only Parquet file of the observation store; never changed after it is written."""

    __tablename__ = "segments"
    __table_args__ = (Index("ix_segments_model_kind_times", "model_id", "kind", "first_time", "last_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    kind: Mapped[str]
    ingest_file_id: Mapped[int] = mapped_column(ForeignKey("ingest_files.id"))
    path: Mapped[str]  # relative to the site's observations folder
    sha256: Mapped[str]
    rows: Mapped[int]
    first_time: Mapped[datetime]
    last_time: Mapped[datetime]
    created_at: Mapped[datetime]


class ObservationId(Base):
    """Every observation's id once: the same row in another file adds nothing."""

    __tablename__ = "observation_ids"
    __table_args__ = {"sqlite_with_rowid": False}

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    observation_id: Mapped[str] = mapped_column(primary_key=True)
    row_digest: Mapped[bytes]  # first 8 bytes of the row's SHA-256: tells a repeat from a conflict


class LabelId(Base):
    """Every labelled observation's id once; a second, different label is a conflict and is reported."""

    __tablename__ = "label_ids"
    __table_args__ = {"sqlite_with_rowid": False}

    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), primary_key=True)
    observation_id: Mapped[str] = mapped_column(primary_key=True)
    row_digest: Mapped[bytes]
