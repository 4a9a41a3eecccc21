"""Questions to the ledger: which model, which file was taken already, which ids are known and with what content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.ingest.batch import Batch
from aiqu_desktop.ingest.columns import LABELS, OBSERVATIONS, SHADOW
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile, LabelId, Model, ObservationId, ShadowAnswerId

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


_ID_COLUMNS: dict[str, InstrumentedAttribute[str]] = {
    OBSERVATIONS: ObservationId.observation_id,
    LABELS: LabelId.observation_id,
    SHADOW: ShadowAnswerId.answer_key,
}
_DIGITS = 16  # of a version's digest: enough to tell the versions of one model apart


def id_column(kind: str) -> InstrumentedAttribute[str]:
    """The column that holds every known row's key of a kind; its table has `model_id` and `row_digest` beside it."""
    return _ID_COLUMNS[kind]


def row_keys(batch: Batch) -> list[str]:
    """What makes each row of a batch one of its kind: its id, and where several versions answer, which of them."""
    ids: list[str] = batch.columns["id"].tolist()
    if batch.kind != SHADOW:
        return ids
    digests = batch.columns["shadow_digest"].tolist()
    return [f"{digest[:_DIGITS]}:{row}" for digest, row in zip(digests, ids, strict=True)]


def was_taken(session: Session, model_id: int, sha256: str) -> bool:
    """Whether a file with this content was taken for the model before."""
    query = select(IngestFile.id).where(
        IngestFile.model_id == model_id, IngestFile.sha256 == sha256, IngestFile.outcome == "taken"
    )
    return session.scalar(query) is not None


def known_digests(session: Session, model_id: int, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
    """The row digests of those of `keys` that the ledger has."""
    column = id_column(kind)
    table = column.class_
    known: dict[str, bytes] = {}
    for at in range(0, len(keys), _CHUNK):
        query = select(column, table.row_digest).where(table.model_id == model_id, column.in_(keys[at : at + _CHUNK]))
        known.update((key, digest) for key, digest in session.execute(query))
    return known
