"""Read a CSV file through DuckDB, typed and strict; when that fails, find the line and column to blame.

The good case is one typed read. Only a file that fails is walked again, by Python's own strict CSV reader for its
structure and by DuckDB's TRY_CAST for its values.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from aiqu_desktop.ingest.batch import plain, sql_type
from aiqu_desktop.ingest.box import Box, as_pattern
from aiqu_desktop.ingest.checks import EXPECTED, Columns
from aiqu_desktop.ingest.columns import Column, Form
from aiqu_desktop.ingest.faults import BadFile, Fault, shown

_LONGEST_HEADER = 1 << 20
_OPTIONS = (
    "auto_detect=false, header=true, delim=',', quote='\"', escape='\"', nullstr='', strict_mode=true, "
    "null_padding=false, compression='none', hive_partitioning=false"
)


def read_header(path: Path, name: str) -> list[str]:
    """The column names.

    Raises:
        BadFile: if the file is empty, cut off, or its first line is not UTF-8 CSV.
    """
    with path.open("rb") as stream:
        start = stream.read(_LONGEST_HEADER)
    if not start:
        raise BadFile(f"{name}: the file is empty (half-written?); expected a header line and rows.")
    end = max(start.rfind(b"\n"), start.rfind(b"\r"))
    if end < 0:
        raise BadFile(f"{name}, line 1: the header has no line end (half-written?); expected the column names.")
    try:
        text = start[: end + 1].decode("utf-8-sig")
        return next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except UnicodeDecodeError as error:
        line = start.count(b"\n", 0, error.start) + 1
        raise BadFile(f"{name}, line {line}: expected UTF-8 text, found the byte {start[error.start]:#04x}.") from error
    except csv.Error as error:
        raise BadFile(f"{name}, line 1: the header is not CSV ({error}); expected column names in UTF-8.") from error


def read_csv(box: Box, path: Path, name: str, kind: str, header: Sequence[str], wanted: Sequence[Column]) -> Columns:
    """The wanted columns, typed.

    Raises:
        BadFile: with the line and column at fault.
    """
    _refuse_open_end(path, name, kind, len(header))
    types = {column.name: sql_type(column) for column in wanted}
    places = [f"'c{place}': '{types.get(column, 'VARCHAR')}'" for place, column in enumerate(header)]
    # All columns by a star: naming each of a hundred costs DuckDB's binder more than reading the rows of a small file.
    query = f"SELECT * FROM read_csv(?, columns={{{', '.join(places)}}}, {_OPTIONS})"
    try:
        found = box.connection().execute(query, [as_pattern(path)]).fetchnumpy()
    except duckdb.OutOfMemoryException as error:
        raise BadFile(f"{name}: the file is too large to be read in one piece; split it.", kind) from error
    except duckdb.Error as error:
        raise BadFile(_blame(box, path, name, header, wanted, error), kind) from error
    named = dict(zip(header, found.values(), strict=True))
    return {column.name: plain(named[column.name], column.form) for column in wanted}


def sentence(path: Path, name: str, header: Sequence[str], fault: Fault) -> str:
    """The whole sentence on a value at fault, with its line as an editor counts it."""
    line, cells = _record(path, fault.row)
    found = fault.found or shown(cells[header.index(fault.column)])
    return f"{name}, line {line}, column {shown(fault.column)}: expected {fault.expected}, found {found}."


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every record after the header with its last line's number; blank lines are no records, as for DuckDB."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        next(reader, None)
        previous = reader.line_num
        for cells in reader:
            first, previous = previous + 1, reader.line_num
            if cells:
                yield first, cells


def _record(path: Path, row: int) -> tuple[int, list[str]]:
    return next(itertools.islice(_records(path), row, None))


def _refuse_open_end(path: Path, name: str, kind: str, width: int) -> None:
    """Without its last line end a file may have been cut inside the last value: 0.12 of 0.1234."""
    with path.open("rb") as stream:
        stream.seek(-1, io.SEEK_END)
        if stream.read(1) in b"\r\n":
            return
    problem = _structure(path, name, width)
    raise BadFile(
        problem or f"{name}: the last line has no line end (half-written?); expected one after every row.", kind
    )


def _structure(path: Path, name: str, width: int) -> str:
    """The first line that is not whole CSV of `width` columns; empty when all are."""
    short: tuple[int, int] | None = None
    line = 1
    try:
        for line, cells in _records(path):
            if short is not None:
                break
            if len(cells) != width:
                short = line, len(cells)
        else:
            if short is not None and short[1] < width:
                return f"{name}: the last line is cut off after {short[1]} of {width} columns (half-written?)."
    except UnicodeDecodeError as error:
        return f"{name}, after line {line}: expected UTF-8 text, found the byte {error.object[error.start]:#04x}."
    except csv.Error as error:
        if short is None:
            what = "a quoted value is never closed (half-written?)" if "end of data" in str(error) else str(error)
            return f"{name}, after line {line}: {what}; expected whole CSV."
    if short is not None:
        return f"{name}, line {short[0]}: expected {width} columns, found {short[1]}."
    return ""


def _blame(
    box: Box, path: Path, name: str, header: Sequence[str], wanted: Sequence[Column], error: duckdb.Error
) -> str:
    problem = _structure(path, name, len(header))
    if problem:
        return problem
    try:
        fault = _first_uncastable(box, path, header, wanted)
    except duckdb.Error:
        fault = None  # DuckDB cannot even read it as text: its own words, below, are the best there are
    if fault is not None:
        return sentence(path, name, header, fault)
    return f"{name}: expected a CSV file, but it cannot be read ({str(error).splitlines()[0]})."


def _first_uncastable(box: Box, path: Path, header: Sequence[str], wanted: Sequence[Column]) -> Fault | None:
    """The first cell that is not of its column's type, by row and then by column."""
    typed = [column for column in wanted if column.form is not Form.TEXT]
    spec = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header)))
    bad = ", ".join(
        f"min(row) FILTER (c{place} IS NOT NULL AND TRY_CAST(c{place} AS {sql_type(column)}) IS NULL)"
        for column in typed
        for place in (header.index(column.name),)
    )
    numbered = f"SELECT *, row_number() OVER () - 1 AS row FROM read_csv(?, columns={{{spec}}}, {_OPTIONS})"
    query = f"SELECT {bad} FROM ({numbered})"
    found = box.connection().execute(query, [as_pattern(path)]).fetchone() or ()
    faults = [
        Fault(row, column.name, EXPECTED[column.form])
        for row, column in zip(found, typed, strict=True)
        if row is not None
    ]
    return min(faults, key=lambda fault: fault.row, default=None)
