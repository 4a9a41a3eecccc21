"""Read a Parquet file through DuckDB: its footer first, then its columns' types, then its values."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from aiqu_desktop.ingest.batch import plain, sql_type
from aiqu_desktop.ingest.box import Box, as_pattern, quote_name
from aiqu_desktop.ingest.checks import EXPECTED, Columns
from aiqu_desktop.ingest.columns import Column, Form
from aiqu_desktop.ingest.faults import BadFile, Fault, shown

_MAGIC = b"PAR1"
_MOST_CELLS = 200_000_000  # a small file may unpack to anything
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
)
_SOURCE = "read_parquet(?, hive_partitioning=false)"


def read_types(box: Box, path: Path, name: str) -> dict[str, str]:
    """The columns of the file in order, with DuckDB's type names.

    Raises:
        BadFile: if it is no Parquet file, cut off, or unpacks to more than may be read in one piece.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - 4))
        end = stream.read(4)
    if not start:
        raise BadFile(f"{name}: the file is empty (half-written?); expected a Parquet file.")
    if start != _MAGIC:
        raise BadFile(f"{name}: is not a Parquet file: expected it to begin with PAR1, found {start!r}.")
    if size < 12 or end != _MAGIC:
        raise BadFile(f"{name}: is not a Parquet file: its footer is missing (half-written?).")
    connection = box.connection()
    pattern = as_pattern(path)
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {_SOURCE}", [pattern]).fetchall()
        counted = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [pattern]).fetchone()
    except duckdb.Error as error:
        raise BadFile(
            f"{name}: expected a Parquet file, but its footer cannot be read ({str(error).splitlines()[0]})."
        ) from error
    rows = int(counted[0] or 0) if counted else 0
    if rows * len(described) > _MOST_CELLS:
        raise BadFile(
            f"{name}: expected at most {_MOST_CELLS:,} values in one file, found {rows:,} rows of {len(described)} "
            "columns; split it."
        )
    return {row[0]: row[1] for row in described}


def read_parquet(
    box: Box, path: Path, name: str, kind: str, types: Mapping[str, str], wanted: Sequence[Column]
) -> Columns:
    """The wanted columns, typed.

    Raises:
        BadFile: if a column has a wrong type or the file's pages cannot be read.
    """
    for column in wanted:
        if not _fits(column.form, types[column.name]):
            raise BadFile(
                f"{name}, column {shown(column.name)}: expected {EXPECTED[column.form]} in each row, "
                f"found the type {types[column.name]}.",
                kind,
            )
    wish = ", ".join(f"{_cast(column, types[column.name])} AS c{place}" for place, column in enumerate(wanted))
    try:
        found = box.connection().execute(f"SELECT {wish} FROM {_SOURCE}", [as_pattern(path)]).fetchnumpy()
    except duckdb.OutOfMemoryException as error:
        raise BadFile(f"{name}: the file is too large to be read in one piece; split it.", kind) from error
    except duckdb.Error as error:
        raise BadFile(
            f"{name}: expected a whole Parquet file, but its pages cannot be read ({str(error).splitlines()[0]}).", kind
        ) from error
    return {column.name: plain(values, column.form) for column, values in zip(wanted, found.values(), strict=True)}


def sentence(box: Box, path: Path, name: str, fault: Fault) -> str:
    """The whole sentence on a value at fault; rows count from 1."""
    found = fault.found or _cell(box, path, fault)
    return f"{name}, row {fault.row + 1}, column {shown(fault.column)}: expected {fault.expected}, found {found}."


def _cell(box: Box, path: Path, fault: Fault) -> str:
    query = (
        f"SELECT CAST({quote_name(fault.column)} AS VARCHAR) "
        "FROM read_parquet(?, hive_partitioning=false, file_row_number=true) WHERE file_row_number = ?"
    )
    row = box.connection().execute(query, [as_pattern(path), fault.row]).fetchone()
    return shown(row[0] if row else None)


def _cast(column: Column, found: str) -> str:
    # A text that is no time becomes a missing one, which the checks then report with the text itself.
    verb = "TRY_CAST" if column.form is Form.INSTANT and found == "VARCHAR" else "CAST"
    return f"{verb}({quote_name(column.name)} AS {sql_type(column)})"


def _fits(form: Form, found: str) -> bool:
    number = found in _INTEGERS or found in ("DOUBLE", "FLOAT") or found.startswith("DECIMAL")
    match form:
        case Form.NUMBER | Form.INTEGER:
            return number
        case Form.BOOLEAN:
            return found == "BOOLEAN"
        case Form.INSTANT:
            return found == "VARCHAR" or found == "DATE" or found.startswith("TIMESTAMP")
        case Form.TEXT:
            return found == "VARCHAR" or found.startswith("ENUM") or found in _INTEGERS
