"""The held-out set of a model: labelled rows that the site owns and that no bundle carries."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import write_atomically
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.ingest import Table, read_table
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import HoldoutSet
from aiqu_desktop.security import audit

LABEL = "label"
_FEWEST, _LARGEST = 20, 512 << 20


@dataclass(frozen=True, slots=True)
class HoldoutFacts:
    """Which held-out set stands. file_name: what it was called; its ending says what it is."""

    sha256: str
    file_name: str
    rows: int


def register_holdout(registry: Registry, model: str, file: Path, *, by: str, reason: str = "") -> HoldoutFacts:
    """Make a CSV or Parquet file with every feature and `label` the model's held-out set, in place of the former one.

    Raises:
        UserError: if there is no such model or name, or the file does not fit the model; nothing was changed then.
        EnvironmentFault: if the file cannot be read or stored.
    """
    by = by.strip()
    if not by:
        raise UserError("A held-out set needs the name of the person who sets it; give one.")
    with registry.read() as session:
        found = model_named(session, model)
        model_id, schema = found.id, InputSchema.from_json(found.input_schema)
    try:
        data = _bytes_of(file)
    except OSError as error:
        raise EnvironmentFault(f"{file} cannot be read ({error.strerror or error}); correct that.") from error
    rows = read_holdout(data, file.name, schema)[LABEL].size
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    with registry.write() as session:
        former, now = standing_holdout(session, model_id), registry.clock.now()
        facts = HoldoutFacts(store.put(session, data), file.name, int(rows))
        session.add(
            HoldoutSet(
                model_id=model_id, sha256=facts.sha256, file_name=facts.file_name, rows=facts.rows, at=now, by=by,
                reason=reason.strip(),
            )
        )  # fmt: skip
        audit.record(
            session,
            at=now,
            actor=by,
            action="holdout.set",
            subject=f"model {model}",
            old={"sha256": former.sha256, "rows": former.rows} if former else None,
            new={"sha256": facts.sha256, "rows": facts.rows, "file": facts.file_name},
            reason=reason.strip(),
        )
    return facts


def standing_holdout(session: Session, model_id: int) -> HoldoutFacts | None:
    """The model's held-out set, if it has one."""
    query = select(HoldoutSet).where(HoldoutSet.model_id == model_id).order_by(HoldoutSet.id.desc()).limit(1)
    row = session.scalars(query).first()
    return None if row is None else HoldoutFacts(row.sha256, row.file_name, row.rows)


def read_holdout(data: bytes, name: str, schema: InputSchema) -> dict[str, NDArray[Any]]:
    """Every feature and `label` of a held-out set, [rows] each, as the store gives observations.

    Args:
        name: the file's name, whose ending says whether it is CSV or Parquet.
    Raises:
        UserError: if a column is missing or of the wrong kind, a label is none of the classes, or rows are too few.
        EnvironmentFault: if there is no room for a temporary copy.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="aiqu-") as folder:
            place = Path(folder) / f"holdout{Path(name).suffix.casefold()}"
            write_atomically(place, data)
            table = read_table(place)
    except OSError as error:
        raise EnvironmentFault(f"{name} cannot be unpacked ({error.strerror or error}); free some space.") from error
    except UserError as error:
        raise UserError(str(error).replace(str(place), name)) from error
    answer = ColumnKind.CATEGORICAL if schema.task is Task.CLASSIFICATION else ColumnKind.NUMERIC
    wanted = {feature.name: feature.kind for feature in schema.features} | {LABEL: answer}
    columns = {column: _fitting(table, column, kind, name) for column, kind in wanted.items()}
    if table.rows < _FEWEST:
        raise UserError(f"{name} has {table.rows} rows; a held-out set needs {_FEWEST} or more.")
    _refuse_labels(columns[LABEL], schema, name)
    return columns


def _bytes_of(file: Path) -> bytes:
    if not file.is_file():
        raise UserError(f"There is no file {file}; give the path of a CSV or Parquet file.")
    if (size := file.stat().st_size) > _LARGEST:
        raise UserError(f"{file.name} has {size >> 20} MB; a held-out set has at most {_LARGEST >> 20} MB.")
    return file.read_bytes()


def _fitting(table: Table, column: str, kind: ColumnKind, name: str) -> NDArray[Any]:
    if column not in table.columns:
        raise UserError(f"{name} has no column {column!r}; a held-out set has every feature of its model and 'label'.")
    values, found = table.columns[column], table.kinds[column]
    if kind is not ColumnKind.CATEGORICAL:
        if found is ColumnKind.CATEGORICAL:
            raise UserError(f"{name} holds texts in {column!r}; the model's schema says {kind}.")
        return values
    # Names that look like numbers or yes/no are read as such; they are names all the same.
    return values if found is ColumnKind.CATEGORICAL else _as_names(values, found)


def _as_names(values: NDArray[Any], kind: ColumnKind) -> NDArray[Any]:
    names: list[str | None] = []
    for value in values.tolist():
        if value != value:
            names.append(None)
        elif kind is ColumnKind.BOOLEAN:
            names.append("true" if value else "false")
        else:
            names.append(str(int(value)) if float(value).is_integer() else str(value))
    return np.array(names, dtype=object)


def _refuse_labels(labels: NDArray[Any], schema: InputSchema, name: str) -> None:
    if schema.task is Task.CLASSIFICATION:
        bad = [row for row, label in enumerate(labels.tolist(), 1) if label not in schema.classes]
        expected = f"one of the classes {', '.join(schema.classes)}"
    else:
        bad = (np.flatnonzero(~np.isfinite(labels)) + 1).tolist()
        expected = "a finite number"
    if bad:
        found = labels[bad[0] - 1]
        raise UserError(f'{name}, row {bad[0]}, column "label": expected {expected}, found {found}.')
