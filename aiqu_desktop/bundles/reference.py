"""Reads reference.parquet: the accepted held-out rows that a version is measured against later."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import write_atomically
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task

_FEWEST, _MOST = 20, 2_000_000
_TIME = "event_time"  # optional: which shift a row belongs to is known from it
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "HUGEINT")  # fmt: skip
_FITTING: dict[ColumnKind, tuple[str, ...]] = {
    ColumnKind.NUMERIC: _NUMBERS,
    ColumnKind.INTEGER: _NUMBERS,
    ColumnKind.BOOLEAN: ("BOOLEAN", *_NUMBERS),
    ColumnKind.CATEGORICAL: ("VARCHAR",),
}


def read_reference(data: bytes, schema: InputSchema) -> dict[str, NDArray[Any]]:
    """The columns of a reference.parquet: each feature, `prediction`, `label`, the scores, and `event_time` if there.

    Numbers come as float64 with NaN where missing, texts as objects with None where missing, `event_time` as
    datetime64[us] in UTC with NaT where missing.

    Raises:
        UserError: if it is not Parquet, a column is missing or of the wrong type, or the rows are too few or too many.
        EnvironmentFault: if there is no room for a temporary copy.
    """
    wanted = _wanted(schema)
    try:
        with tempfile.TemporaryDirectory(prefix="aiqu-") as folder:
            place = Path(folder) / "reference.parquet"
            write_atomically(place, data)
            return _query(place, wanted)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"reference.parquet cannot be unpacked ({reason}); free some space.") from error


def profiled_kinds(schema: InputSchema) -> dict[str, ColumnKind]:
    """What a reference profile is made of: the features and the prediction."""
    answer = ColumnKind.CATEGORICAL if schema.task is Task.CLASSIFICATION else ColumnKind.NUMERIC
    return {feature.name: feature.kind for feature in schema.features} | {"prediction": answer}


def _wanted(schema: InputSchema) -> dict[str, ColumnKind]:
    columns = profiled_kinds(schema)
    return columns | {"label": columns["prediction"]} | dict.fromkeys(schema.score_columns, ColumnKind.NUMERIC)


def _query(place: Path, wanted: dict[str, ColumnKind]) -> dict[str, NDArray[Any]]:
    connection = duckdb.connect(":memory:")
    try:
        _box(connection, place)
        source = f"read_parquet({_quoted(str(place), chr(39))})"
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        types = {str(row[0]): str(row[1]) for row in described}
        _refuse_unfit(types, wanted)
        timed = _has_times(types)
        counted = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
        rows = int(counted[0]) if counted else 0
        if not _FEWEST <= rows <= _MOST:
            raise UserError(f"reference.parquet has {rows} rows; a reference needs {_FEWEST} to {_MOST}.")
        names = ", ".join(_quoted(name, '"') for name in wanted)
        times = f", epoch_us({_TIME}) AS {_TIME}" if timed else ""
        found = connection.execute(f"SELECT {names}{times} FROM {source}").fetchnumpy()
    except duckdb.Error as error:
        reason = " ".join(str(error).split())[:160]
        raise UserError(f"reference.parquet cannot be read ({reason}); build the bundle again.") from error
    finally:
        connection.close()
    columns = {name: _plain(found[name], kind) for name, kind in wanted.items()}
    return columns | ({_TIME: _instants(found[_TIME])} if timed else {})


def _has_times(types: dict[str, str]) -> bool:
    if _TIME not in types:
        return False
    if not types[_TIME].startswith("TIMESTAMP"):
        raise UserError(f"reference.parquet has {_TIME!r} as {types[_TIME]}; give instants in UTC or leave it out.")
    return True


def _instants(micros: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = np.ma.getdata(micros).astype(np.int64).astype("datetime64[us]")
    found[np.ma.getmaskarray(micros)] = np.datetime64("NaT", "us")
    return found


def _box(connection: duckdb.DuckDBPyConnection, place: Path) -> None:
    """One file, no network, no extensions, no more of the machine than a reference needs."""
    connection.execute("SET threads = 1")
    connection.execute("SET memory_limit = '1GB'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute(f"SET allowed_paths = [{_quoted(str(place), chr(39))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _refuse_unfit(types: dict[str, str], wanted: dict[str, ColumnKind]) -> None:
    for name, kind in wanted.items():
        if name not in types:
            raise UserError(f"reference.parquet has no column {name!r}; build the bundle again.")
        if types[name].split("(")[0] not in _FITTING[kind]:
            raise UserError(f"reference.parquet has {name!r} as {types[name]}; the schema says {kind}.")


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


def _plain(values: NDArray[Any], kind: ColumnKind) -> NDArray[Any]:
    if kind is ColumnKind.CATEGORICAL:
        return np.array([None if value is np.ma.masked else value for value in values], dtype=object)
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
