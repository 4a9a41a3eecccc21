"""A window counted block by block against its reference: what `compare` sees of data larger than memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.profiles.columns import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.profiles.counting import GridCounter
from aiqu_desktop.drift.profiles.profile import ReferenceProfile
from aiqu_desktop.drift.univariate.measure import Counted, Measured, measure_categories, measure_counted
from aiqu_desktop.drift.values import Column, Floats, as_categories, as_numbers

LATEST_ROWS = 4096  # of each column, kept as they are: the evidence asks for the latest rows in time order
_MOST_NAMES = 200_000


class WindowCounter:
    """Counts the blocks of a window, in time order; every row counts, and memory does not grow with the rows.

    Different columns may be added by different threads. `aiqu_desktop.drift.compare_counted` gives the verdict.
    """

    def __init__(self, profile: ReferenceProfile) -> None:
        self.profile = profile
        self._columns = {column.name: _counter_of(column) for column in profile.columns}

    @property
    def rows(self) -> int:
        """Rows so far.

        Raises:
            UserError: if the columns have different numbers of rows.
        """
        lengths = {column.rows for column in self._columns.values()}
        if len(lengths) > 1:
            raise UserError(f"The window's columns have different lengths {sorted(lengths)}; give one value a row.")
        return lengths.pop() if lengths else 0

    def add(self, block: Mapping[str, Column]) -> None:
        """Count the next rows; columns that the profile does not know are ignored.

        Raises:
            UserError: if a column is missing or holds what its kind cannot.
        """
        absent = [name for name in self._columns if name not in block]
        if absent:
            raise UserError(
                f"The window has no column {absent[0]!r}, which the reference has; add it or rename it back."
            )
        for name in self._columns:
            self.add_column(name, block[name])

    def add_column(self, name: str, values: Column) -> None:
        """Count the next rows of one column."""
        self._columns[name].add(values)

    def measure(self, *, min_rows: int) -> list[Measured]:
        """What every column shows, in the profile's order."""
        numeric = [column for column in self._columns.values() if isinstance(column, _NumericCounter)]
        counted = [Counted(column.profile, column.counter.finish()) for column in numeric]
        found = {m.profile.name: m for m in measure_counted(counted, min_rows=min_rows)}
        for name, column in self._columns.items():
            if isinstance(column, _CategoryCounter):
                found[name] = measure_categories(
                    column.profile, column.counted, missing=column.missing, min_rows=min_rows
                )
        return [found[name] for name in self._columns]

    @property
    def latest_numbers(self) -> dict[int, Floats]:
        """The latest rows of the numeric columns, by place in the profile."""
        columns = enumerate(self._columns.values())
        return {place: column.latest for place, column in columns if isinstance(column, _NumericCounter)}

    @property
    def latest_categories(self) -> dict[int, list[str | None]]:
        """The latest rows of the categorical columns, by place in the profile."""
        columns = enumerate(self._columns.values())
        return {place: column.latest for place, column in columns if isinstance(column, _CategoryCounter)}


class _NumericCounter:
    def __init__(self, profile: NumericProfile) -> None:
        self.profile = profile
        self.counter = GridCounter(profile.grid)
        self.rows = 0
        self.latest: Floats = np.empty(0)

    def add(self, values: Column) -> None:
        numbers = as_numbers(self.profile.name, values)
        self.rows += numbers.size
        # The counter may hold a small block back until more come: then it must have a copy of its own.
        self.counter.add(numbers.copy() if numbers.size < LATEST_ROWS else numbers)
        if numbers.size < LATEST_ROWS:
            numbers = np.concatenate((self.latest, numbers))
        self.latest = numbers[-LATEST_ROWS:].copy()


class _CategoryCounter:
    def __init__(self, profile: CategoricalProfile) -> None:
        self.profile = profile
        self.rows = self.missing = 0
        self.counted: Counter[str] = Counter()
        self.latest: list[str | None] = []

    def add(self, values: Column) -> None:
        names = as_categories(values, self.profile.kind)
        self.rows += len(names)
        counted = Counter(names)
        self.missing += counted.pop(None, 0)
        self.counted.update({name: count for name, count in counted.items() if name is not None})
        if len(self.counted) > _MOST_NAMES:
            self._pool_strangers()
        self.latest = (self.latest + names)[-LATEST_ROWS:]

    def _pool_strangers(self) -> None:
        """Names that the reference has not, most of them met once, become one."""
        known = set(self.profile.categories)
        strangers = {name: count for name, count in self.counted.items() if name not in known}
        most = dict(sorted(strangers.items(), key=lambda item: (-item[1], item[0]))[: _MOST_NAMES // 2])
        rest = sum(strangers.values()) - sum(most.values())
        self.counted = Counter({name: self.counted[name] for name in known if name in self.counted} | most)
        self.counted[_OTHERS] += rest


_OTHERS = "(other unseen names)"


def _counter_of(column: ColumnProfile) -> _NumericCounter | _CategoryCounter:
    return _NumericCounter(column) if isinstance(column, NumericProfile) else _CategoryCounter(column)
