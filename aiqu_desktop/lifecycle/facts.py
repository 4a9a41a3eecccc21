"""What is known of a version when someone decides about it, taken from the registry in one look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.bundles.card import CardMetric
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.line.protocol import GOLDEN_FILE, MODEL_FILE, SCHEMA_FILE
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import Model, Version


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version as it is shown beside another. `files` gives the SHA-256 of each of its files by name."""

    version_id: int
    number: int
    digest: str
    state: VersionState
    schema: InputSchema
    metrics: Mapping[str, CardMetric]
    author: str
    notes: str
    created_at: datetime
    files: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """What is shown of it: a plain dictionary, part of the evidence."""
        return {
            "number": self.number,
            "digest": self.digest,
            "state": self.state.value,
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "author": self.author,
            "notes": self.notes,
            "created": iso(self.created_at),
        }


def model_named(session: Session, name: str) -> Model:
    """The model with this name.

    Raises:
        UserError: if there is none.
    """
    model = session.scalar(select(Model).where(Model.name == name))
    if model is None:
        known = ", ".join(session.scalars(select(Model.name).order_by(Model.name))) or "none so far"
        raise UserError(f"There is no model {name!r} on this site; its models are: {known}.")
    return model


def version_numbered(model: Model, number: int) -> Version:
    """The model's version with this number.

    Raises:
        UserError: if there is none.
    """
    for version in model.versions:
        if version.number == number:
            return version
    known = ", ".join(str(version.number) for version in model.versions)
    raise UserError(f"{model.name} has no version {number}; its versions are: {known}.")


def champion_of(model: Model) -> Version | None:
    """The version that is live, if any."""
    return next((version for version in model.versions if version.state is VersionState.CHAMPION), None)


def facts_of(version: Version) -> VersionFacts:
    """Everything about a version that a decision needs, free of its session."""
    return VersionFacts(
        version_id=version.id,
        number=version.number,
        digest=version.digest,
        state=version.state,
        schema=InputSchema.from_json(version.input_schema),
        metrics={name: CardMetric.from_json(name, data) for name, data in version.metrics.items()},
        author=version.author,
        notes=version.notes,
        created_at=version.created_at,
        files={file.name: file.sha256 for file in version.files},
    )


def staging_files(store: ArtifactStore, version: VersionFacts) -> dict[str, bytes]:
    """What a target is given of a version, each file verified against its digest as it is read.

    Raises:
        EnvironmentFault: if a file in the store is missing or was changed.
    """
    schema = json.dumps(version.schema.to_json(), ensure_ascii=False).encode()
    return {name: store.get(version.files[name]) for name in (MODEL_FILE, GOLDEN_FILE)} | {SCHEMA_FILE: schema}
