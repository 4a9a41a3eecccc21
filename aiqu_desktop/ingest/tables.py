"""Any CSV or Parquet file as columns with guessed kinds: what `aiqu drift REF CUR` compares.

No schema is given here; DuckDB's sniffer and the Parquet footer say what each column is. The box sees this one file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.ingest.arrow_stream import stream
from aiqu_desktop.ingest.batch import plain
from aiqu_desktop.ingest.box import Box, as_pattern, quote_name, quote_text
from aiqu_desktop.ingest.columns import Form

_BATCH_ROWS = 250_000
_MEMORY = "1GB"
_THREADS = 2
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_UNSIGNED = tuple("U" + name for name in _INTEGERS)


@dataclass(frozen=True, slots=True)
class Table:
    """columns: float64 with NaN (numeric, integer, boolean as 0/1) or object texts with None (categorical).

    skipped: columns of types that have no kind here (times, lists, …), with DuckDB's name of the type; a `TableScan`
    also has `times`, those of them that are points in time.
    """

    columns: dict[str, NDArray[Any]]
    kinds: dict[str, ColumnKind]
    rows: int
    skipped: dict[str, str] = field(default_factory=dict)


def read_table(path: Path) -> Table:
    """Read a whole file, one column at a time, so that nothing is in memory twice.

    Raises:
        UserError: if the file is not there, is neither CSV nor Parquet, or cannot be read.
    """
    with scan_table(path) as scan:
        columns = {name: scan.column(name) for name in scan.kinds}
        return Table(columns, scan.kinds, scan.rows, scan.skipped)


def scan_table(path: Path, batch_rows: int = _BATCH_ROWS, memory: str = _MEMORY, threads: int = _THREADS) -> TableScan:
    """Open a file to be read in batches of rows; use it as a context manager.

    memory: the most that DuckDB may take, in its own words. threads: on which it reads; with one, whoever takes the
    blocks of a stream reads them, too, and half as many are in memory.
    Raises:
        UserError: as for `read_table`.
    """
    return TableScan(path, batch_rows, memory, threads)


class TableScan:
    """The columns of one file, by batch or by column.

    A CSV file is converted to a Parquet file in a temporary folder first, streaming, so that both are read alike.
    """

    def __init__(
        self, path: Path, batch_rows: int = _BATCH_ROWS, memory: str = _MEMORY, threads: int = _THREADS
    ) -> None:
        self._path = Path(path).absolute()
        self._memory, self._threads = memory, threads
        self._batch_rows = batch_rows
        form = self._path.suffix.casefold()
        if form not in (".csv", ".parquet"):
            raise UserError(f"{path} does not end in .csv or .parquet; give a file of one of these forms.")
        if not self._path.is_file():
            raise UserError(f"There is no file {path}; give the path of a CSV or Parquet file.")
        self._folder = tempfile.TemporaryDirectory(prefix="aiqu-table-")
        try:
            self._open(form)
        except duckdb.Error as error:
            self.close()
            raise UserError(f"{path} cannot be read as {form[1:]} ({str(error).splitlines()[0]}); check it.") from error
        except BaseException:
            self.close()
            raise

    def _open(self, form: str) -> None:
        scratch = Path(self._folder.name).resolve()
        files = (self._path, self._path.resolve())
        self._box = Box(folders=(scratch,), files=files, memory=self._memory, threads=self._threads)
        self._source = self._path
        if form == ".csv":
            self._source = scratch / "table.parquet"
            self._convert()
        connection = self._box.connection()
        pattern = as_pattern(self._source)
        described = connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning=false)", [pattern]
        ).fetchall()
        counted = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [pattern]).fetchone()
        self.rows = int(counted[0] or 0) if counted else 0
        kinds = {row[0]: _kind(row[1]) for row in described}
        self.kinds = {name: kind for name, kind in kinds.items() if kind is not None}
        self.skipped = {row[0]: row[1] for row in described if kinds[row[0]] is None}
        self.times = tuple(
            name for name, found in self.skipped.items() if found.startswith("TIMESTAMP") or found == "DATE"
        )
        if not self.kinds:
            raise UserError(f"{self._path} has no numeric, boolean or text column; give a file that has some.")

    def _convert(self) -> None:
        # The separator is read from the header: left to itself, the sniffer takes "a,b" for one column when a later
        # line is longer. Types are guessed from the first 20,480 rows, and from all of them where that was wrong.
        separator = _separator(self._path)
        for sample in (20_480, -1):
            query = (
                f"SELECT * FROM read_csv({quote_text(as_pattern(self._path))}, header=true, skip=0, "
                f"delim={quote_text(separator)}, quote='\"', escape='\"', strict_mode=true, null_padding=false, "
                f"sample_size={sample}, compression='none', hive_partitioning=false)"
            )
            try:
                self._box.connection().execute(f"COPY ({query}) TO {quote_text(str(self._source))} (FORMAT parquet)")
                return
            except duckdb.ConversionException:
                if sample < 0:
                    raise

    def column(self, name: str) -> NDArray[Any]:
        """One whole column.

        Raises:
            UserError: if the file has no such column or it cannot be read.
        """
        if name not in self.kinds:
            raise UserError(f"{self._path} has no column {name!r} that can be compared.")
        return self._fetch([name], "", [])[name]

    def __iter__(self) -> Iterator[dict[str, NDArray[Any]]]:
        """Every batch of `batch_rows` rows (the last may be shorter), in file order, all compared columns."""
        names = list(self.kinds)
        for start in range(0, self.rows, self._batch_rows):
            part = " WHERE file_row_number >= ? AND file_row_number < ?"
            yield self._fetch(names, part, [start, start + self._batch_rows])

    def stream(self, kinds: Mapping[str, ColumnKind]) -> Iterator[dict[str, NDArray[Any]]]:
        """Every row in file order, in blocks of the reader's own size, the columns of `kinds` brought to these kinds.

        Numbers are float64 with NaN for missing: yes/no values are 0 and 1, times are seconds since 1970 in UTC. Texts
        are objects with None for missing. This is several times as fast as iterating, and takes the memory of a few
        blocks.
        Raises:
            UserError: if the file cannot be read to its end.
        """
        wish = ", ".join(f"{_plainest(name, kind)} AS c{place}" for place, (name, kind) in enumerate(kinds.items()))
        query = f"SELECT {wish} FROM read_parquet({quote_text(as_pattern(self._source))}, hive_partitioning=false)"
        is_text = [kind is ColumnKind.CATEGORICAL for kind in kinds.values()]
        try:
            with self._box.connection().cursor() as own:  # a connection serves one unfinished result at a time
                for block in stream(own.sql(query), is_text):
                    yield dict(zip(kinds, block, strict=True))
        except duckdb.OutOfMemoryException as error:
            raise EnvironmentFault(f"{self._path} does not fit into memory; give a file with fewer rows.") from error
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
            raise UserError(f"{self._path} cannot be read to its end ({problem}); check the file.") from error

    def _fetch(self, names: list[str], part: str, bounds: list[int]) -> dict[str, NDArray[Any]]:
        wish = ", ".join(f"{_cast(name, self.kinds[name])} AS c{place}" for place, name in enumerate(names))
        query = f"SELECT {wish} FROM read_parquet(?, hive_partitioning=false, file_row_number=true){part}"
        try:
            found = self._box.connection().execute(query, [as_pattern(self._source), *bounds]).fetchnumpy()
        except duckdb.OutOfMemoryException as error:
            raise EnvironmentFault(f"{self._path} does not fit into memory; give a file with fewer rows.") from error
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
            raise UserError(f"{self._path} cannot be read to its end ({problem}); check the file.") from error
        return {
            name: plain(values, Form.TEXT if self.kinds[name] is ColumnKind.CATEGORICAL else Form.NUMBER)
            for name, values in zip(names, found.values(), strict=True)
        }

    def close(self) -> None:
        """Close the box and remove the temporary folder."""
        box: Box | None = getattr(self, "_box", None)
        if box is not None:
            box.close()
        self._folder.cleanup()

    def __enter__(self) -> TableScan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _separator(path: Path) -> str:
    """Whichever of the usual separators stands most often in the first line; a comma where none does."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        header = stream.readline(1 << 20)
    return max(",;\t|", key=header.count)


def _kind(found: str) -> ColumnKind | None:
    if found == "BOOLEAN":
        return ColumnKind.BOOLEAN
    if found in _INTEGERS or found in _UNSIGNED:
        return ColumnKind.INTEGER
    if found in ("DOUBLE", "FLOAT") or found.startswith("DECIMAL"):
        return ColumnKind.NUMERIC
    if found in ("VARCHAR", "UUID") or found.startswith("ENUM"):
        return ColumnKind.CATEGORICAL
    return None


def _plainest(name: str, kind: ColumnKind) -> str:
    """A column as DOUBLE or VARCHAR."""
    if kind is ColumnKind.CATEGORICAL:
        return f"CAST({quote_name(name)} AS VARCHAR)"
    if kind is ColumnKind.TIMESTAMP:
        return f"epoch(CAST({quote_name(name)} AS TIMESTAMPTZ))"
    return f"CAST({quote_name(name)} AS DOUBLE)"


def _cast(name: str, kind: ColumnKind) -> str:
    if kind is ColumnKind.CATEGORICAL:
        return f"CAST({quote_name(name)} AS VARCHAR)"
    if kind is ColumnKind.BOOLEAN:
        return quote_name(name)
    return f"CAST({quote_name(name)} AS DOUBLE)"
