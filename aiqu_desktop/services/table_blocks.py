"""Which columns of two tables are compared and as what, and the tables' rows in blocks of these columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import ReferenceProfile
from aiqu_desktop.drift.univariate.timestamps import TimestampColumns
from aiqu_desktop.ingest.tables import TableScan

_NUMBERS = (ColumnKind.NUMERIC, ColumnKind.INTEGER)

_VALUES_A_SHARE = 1 << 22  # to open a file once more takes as long as to read some hundred thousand
_MOST_SHARES = 64

AddColumn = Callable[[str, NDArray[Any]], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """reads: columns of the file and what each is read as. Columns of times are compared by what they tell."""

    reads: dict[str, ColumnKind]

    @property
    def kinds(self) -> dict[str, ColumnKind]:
        """The columns that are compared, with their kinds."""
        plain = dict(self.reads)
        for name in [name for name, kind in self.reads.items() if kind is ColumnKind.TIMESTAMP]:
            del plain[name]
            plain |= TimestampColumns(name).kinds
        return plain


def plan_of(reference: Path, old: TableScan, current: Path, new: TableScan) -> Plan:
    """The comparison of two files; times are compared where both files have them.

    Raises:
        UserError: if the two do not have the same columns of the same kinds.
    """
    _refuse_missing_columns(current, new, set(old.kinds), reference.name)
    _refuse_missing_columns(reference, old, set(new.kinds), current.name)
    reads = {name: _common_kind(name, old, new) for name in old.kinds}
    return Plan(reads | {name: ColumnKind.TIMESTAMP for name in old.times if name in new.times})


def plan_of_profile(reference: Path, profile: ReferenceProfile, current: Path, new: TableScan) -> Plan:
    """The comparison of a file with a profile.

    Raises:
        UserError: if the two do not have the same columns of the same kinds.
    """
    kinds = {column.name: column.kind for column in profile.columns}
    times = [name for name in new.times if set(TimestampColumns(name).kinds) <= set(kinds)]
    told = {name for time in times for name in TimestampColumns(time).kinds}
    plain = {name: kind for name, kind in kinds.items() if name not in told}
    _refuse_missing_columns(current, new, set(plain), reference.name)
    if strangers := [name for name in new.kinds if name not in plain]:
        raise UserError(
            f"{reference.name} has no column {strangers[0]!r}, which {current.name} has; give both the same."
        )
    for name, kind in plain.items():
        found = new.kinds[name]
        fitting = found is kind or (found in _NUMBERS and kind in _NUMBERS)
        if not fitting and not _is_blank(new, name):
            raise UserError(
                f"The column {name!r} is {kind.value} in the profile and {found.value} in the file; make it one."
            )
    return Plan(plain | dict.fromkeys(times, ColumnKind.TIMESTAMP))


def pump(scan: TableScan, plan: Plan, add_column: AddColumn, jobs: int, on_rows: Callable[[int], None]) -> None:
    """Hand every block of a file to `add_column`, each column in row order.

    The `jobs` threads, this one among them, take a share of the columns at a time. A large file is read by single
    columns: a block of one is still in the cache when it is counted, and the next takes its place there.
    on_rows: called by this thread with the number of rows that all columns together have done, on average.
    """
    shares = deque(_shares(list(plan.reads), scan.rows, jobs))
    failed = Event()
    workers = min(max(1, jobs), len(shares))
    values_done = [0] * workers

    def take(share: list[str], worker: int) -> None:
        times = {name: TimestampColumns(name) for name in share if plan.reads[name] is ColumnKind.TIMESTAMP}
        for block in scan.stream({name: plan.reads[name] for name in share}):
            for name in share:
                told = times[name].split(block[name]) if name in times else {name: block[name]}
                for column, values in told.items():
                    add_column(column, values)
            values_done[worker] += sum(values.size for values in block.values())
            if worker == 0:
                on_rows(sum(values_done) // len(plan.reads))
            if failed.is_set():
                return

    def work(worker: int) -> None:
        try:
            while not failed.is_set():
                try:
                    share = shares.popleft()
                except IndexError:
                    return
                take(share, worker)
        except BaseException:
            failed.set()  # the other shares are of no use then
            raise

    with ThreadPoolExecutor(workers, thread_name_prefix="aiqu-table") as pool:
        others = [pool.submit(work, worker) for worker in range(1, workers)]
        work(0)
        for other in others:
            other.result()


def _shares(names: list[str], rows: int, jobs: int) -> list[list[str]]:
    """The columns that are read together: few where they are long, at least one share for each of the jobs."""
    wish = min(_MOST_SHARES, rows * len(names) // _VALUES_A_SHARE)
    size = -(-len(names) // max(1, jobs, wish))
    return [names[first : first + size] for first in range(0, len(names), size)]


def columns_in_memory(scan: TableScan, plan: Plan) -> dict[str, NDArray[Any]]:
    """All rows of the columns that are compared."""
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in plan.kinds}
    pump(scan, plan, lambda name, values: parts[name].append(values.copy()), 1, lambda _: None)
    empty = {
        name: np.empty(0, dtype=object if kind is ColumnKind.CATEGORICAL else np.float64)
        for name, kind in plan.kinds.items()
    }
    return {name: np.concatenate(blocks) if blocks else empty[name] for name, blocks in parts.items()}


def _refuse_missing_columns(file: Path, scan: TableScan, wanted: set[str], other: str) -> None:
    for name in sorted(wanted - set(scan.kinds)):
        if name in scan.skipped:
            raise UserError(
                f"The column {name!r} of {file.name} is of type {scan.skipped[name]}, which cannot be compared; "
                "give numbers, yes/no values or texts."
            )
        raise UserError(f"{file.name} has no column {name!r}, which {other} has; give both the same.")


def _common_kind(name: str, old: TableScan, new: TableScan) -> ColumnKind:
    before, after = old.kinds[name], new.kinds[name]
    if before is after or (before in _NUMBERS and after in _NUMBERS):
        return before if before is after else ColumnKind.NUMERIC
    if _is_blank(new, name):
        return before
    if _is_blank(old, name):
        return after
    raise UserError(
        f"The column {name!r} is {before.value} in the first file and {after.value} in the second; make it one."
    )


def _is_blank(scan: TableScan, name: str) -> bool:
    """Whether there is no value at all, so that the file itself does not tell the column's kind."""
    for block in scan.stream({name: scan.kinds[name]}):
        values = block[name]
        blank = values == None if values.dtype == object else np.isnan(values)  # noqa: E711 - elementwise
        if not blank.all():
            return False
    return True
