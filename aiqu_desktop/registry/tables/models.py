"""The site, its models, their immutable versions and the artifacts that these are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aiqu_desktop.core.words import Task, VersionState
from aiqu_desktop.registry.tables.base import Base, word


class Site(Base):
    """The one row that names this installation."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)


class Model(Base):
    """A named model; `input_schema` is the contract of its observations, as InputSchema.to_json gives it."""

    __tablename__ = "models"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    task: Mapped[Task] = mapped_column(word(Task))
    owner: Mapped[str]
    input_schema: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # hundreds of features: read when wanted
    primary_metric: Mapped[str]
    created_at: Mapped[datetime]

    versions: Mapped[list[Version]] = relationship(back_populates="model", order_by="Version.number")


class Version(Base):
    """An immutable, numbered version. Only its state changes, and only through a release or an import."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("model_id", "number"),
        # Exactly one champion is a promise; the database itself refuses a second.
        Index(
            "ix_versions_one_champion",
            "model_id",
            unique=True,
            sqlite_where=text("state = 'champion'"),
            postgresql_where=text("state = 'champion'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(word(VersionState))
    digest: Mapped[str]  # SHA-256 of model.onnx: what the target must answer with
    input_schema: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # hundreds of features: read when wanted
    metrics: Mapped[dict[str, Any]]
    notes: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]

    model: Mapped[Model] = relationship(back_populates="versions")
    files: Mapped[list[VersionFile]] = relationship(order_by="VersionFile.name")


class Artifact(Base):
    """One file of the write-once store, named by its SHA-256."""

    __tablename__ = "artifacts"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    stored_at: Mapped[datetime]


class VersionFile(Base):
    """Which artifact plays which part in a version: model.onnx, golden.json, reference.parquet, card.md, …"""

    __tablename__ = "version_files"

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("artifacts.sha256"))


class ReferenceProfileRecord(Base):
    """The reference profile of a version: an artifact in the drift room's own format."""

    __tablename__ = "reference_profiles"

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("artifacts.sha256"))
    rows: Mapped[int]
    built_at: Mapped[datetime]
