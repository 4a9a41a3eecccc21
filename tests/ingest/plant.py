"""A small plant for these tests: one classifier with a column of each kind and hostile names, and files of its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from aiqu_desktop.core.clock import ReplayClock, iso
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model

MODEL = "gas"
REGRESSOR = "level"
HOSTILE = 'grade "å"\'; DROP TABLE models; --'
SCHEMA = InputSchema(
    Task.CLASSIFICATION,
    (
        Feature("sensor01", ColumnKind.NUMERIC),
        Feature("sensor02", ColumnKind.NUMERIC),
        Feature("count", ColumnKind.INTEGER),
        Feature(HOSTILE, ColumnKind.CATEGORICAL, categories=("low", "high")),
        Feature("running", ColumnKind.BOOLEAN),
    ),
    classes=("Ethanol", "Ammonia, hot"),
)
REGRESSION = InputSchema(Task.REGRESSION, (Feature("x", ColumnKind.NUMERIC),), unit="ppmv")
DIGEST = "ab" * 32
NOW = datetime(2008, 6, 1, tzinfo=UTC)
START = datetime(2008, 3, 1, tzinfo=UTC)

Row = dict[str, Any]


def make_site(root: Path) -> Registry:
    """A site with both models, at NOW on a replayed clock."""
    registry = Registry.create(SitePaths(root), ReplayClock(NOW))
    with registry.write() as session:
        for name, schema in ((MODEL, SCHEMA), (REGRESSOR, REGRESSION)):
            session.add(
                Model(
                    name=name,
                    title=name,
                    task=schema.task,
                    owner="plant",
                    input_schema=schema.to_json(),
                    primary_metric="accuracy",
                    created_at=NOW,
                )
            )
    return registry


def observation(number: int, **changes: Any) -> Row:
    """Row `number`: one an hour from START on."""
    row: Row = {
        "id": f"row-{number}",
        "event_time": iso(START + timedelta(hours=number)),
        "sensor01": number / 8,
        "sensor02": None if number % 5 == 4 else -1.5 * number,
        "count": number * 3,
        HOSTILE: "high" if number % 2 else "low",
        "running": number % 3 == 0,
        "prediction": "Ethanol" if number % 4 else "Ammonia, hot",
        "score_Ethanol": 0.75 if number % 4 else 0.25,
        "score_Ammonia, hot": 0.25 if number % 4 else 0.75,
        "served_digest": DIGEST,
    }
    return row | changes


def observations(numbers: Iterable[int]) -> list[Row]:
    return [observation(number) for number in numbers]


def label(number: int, **changes: Any) -> Row:
    return {"id": f"row-{number}", "label": "Ethanol"} | changes


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> str:
    """The rows as the line writes them: comma, quotes where needed, "\\n" after every line."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    names = list(columns if columns is not None else rows[0])
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> Path:
    path.write_text(csv_text(rows, columns), encoding="utf-8")
    return path


_TYPES = {str: "VARCHAR", bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]], types: Mapping[str, str] | None = None) -> Path:
    """The rows as Parquet; times as TIMESTAMPTZ, other types by the first value unless `types` says otherwise."""
    names = list(rows[0])
    found = {
        name: next((_TYPES[type(row[name])] for row in rows if row[name] is not None), "DOUBLE") for name in names
    } | {"event_time": "TIMESTAMPTZ"}
    found |= types or {}
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in names}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        connection.execute(f"CREATE TABLE t ({', '.join(f'{quoted[name]} {found[name]}' for name in names)})")
        connection.executemany(
            f"INSERT INTO t VALUES ({', '.join('?' for _ in names)})", [[row[name] for name in names] for row in rows]
        )
        target = str(path).replace("'", "''")
        connection.execute(f"COPY t TO '{target}' (FORMAT parquet)")
    return path
