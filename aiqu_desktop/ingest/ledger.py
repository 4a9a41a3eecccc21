"""Questions to the ledger: which model, which file was taken already, which ids are known and with what content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.ingest.columns import OBSERVATIONS
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile, LabelId, Model, ObservationId

_CHUNK = 10_000  # below SQLite's limit of 32,766 variables


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What this room must know of a model."""

    id: int
    name: str
    schema: InputSchema


def find_model(registry: Registry, name: str) -> ModelFacts:
    """The model of that name.

    Raises:
        UserError: if there is none.
    """
    with registry.read() as session:
        row = session.execute(select(Model.id, cast(Model.input_schema, Text)).where(Model.name == name)).first()
    if row is None:
        raise UserError(f"There is no model {name!r} on this site; import a bundle of it first.")
    return ModelFacts(row[0], name, _parsed(row[1]))


@lru_cache(maxsize=256)
def _parsed(schema: str) -> InputSchema:
    """A schema of hundreds of features takes milliseconds to read, and every window and every file asks for it."""
    return InputSchema.from_json(json.loads(schema))


def id_table(kind: str) -> type[ObservationId] | type[LabelId]:
    """The table that holds every known id of a kind."""
    return ObservationId if kind == OBSERVATIONS else LabelId


def was_taken(session: Session, model_id: int, sha256: str) -> bool:
    """Whether a file with this content was taken for the model before."""
    query = select(IngestFile.id).where(
        IngestFile.model_id == model_id, IngestFile.sha256 == sha256, IngestFile.outcome == "taken"
    )
    return session.scalar(query) is not None


def known_digests(session: Session, model_id: int, kind: str, ids: Sequence[str]) -> dict[str, bytes]:
    """The row digests of those of `ids` that the ledger has."""
    table = id_table(kind)
    known: dict[str, bytes] = {}
    for at in range(0, len(ids), _CHUNK):
        query = select(table.observation_id, table.row_digest).where(
            table.model_id == model_id, table.observation_id.in_(ids[at : at + _CHUNK])
        )
        known.update((row.observation_id, row.row_digest) for row in session.execute(query))
    return known
