"""The reference profile: what the accepted data of a version looked like, in at most 64 KiB a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.evidence.autocorrelation import integrated_time, integrated_time_of_categories
from aiqu_desktop.drift.profiles.grid import Grid, build_grid
from aiqu_desktop.drift.values import NUMERIC_KINDS, Column, Floats, Ints, as_categories, as_numbers, split_numbers

_TIME_ROWS = 1 << 17  # rows, the latest ones, that the autocorrelation time is taken from
_NAME_BYTES = 40_000  # of category names that a profile keeps
_MOST_CATEGORIES = 2_000
_OUTLIER_FACTOR = 3.0
_LEAST_SPREAD = 1e-150  # a distance divided by it is still a double
_MOST_ROWS = 2**32 - 1


@dataclass(frozen=True, eq=False)
class NumericProfile:
    """One numeric or integer column of the reference.

    rows counts all rows; missing (NaN) and infinite ones are among them. mean, std (divisor n), minimum and maximum
    are of the usable values, 0 where there are none. spread is the unit of the scaled Wasserstein distance: see
    `spread_of`. autocorrelation is the integrated autocorrelation time in rows. counts holds the usable values in
    each cell of `grid`; bin_edges are the decile edges for PSI and Jensen-Shannon, all of them edges of the grid.
    """

    name: str
    kind: ColumnKind
    rows: int
    missing: int
    infinities: int
    mean: float
    std: float
    minimum: float
    maximum: float
    spread: float
    autocorrelation: float
    grid: Grid
    counts: NDArray[np.uint32]
    bin_edges: Floats

    @property
    def usable(self) -> int:
        return self.rows - self.missing - self.infinities

    @cached_property
    def distribution(self) -> Floats:
        """Share of the reference below each edge of the grid, [edges]."""
        return np.cumsum(self.counts[:-1], dtype=np.int64) / max(1, self.usable)

    @cached_property
    def bin_positions(self) -> NDArray[np.intp]:
        """Index in the grid's edges of each bin edge."""
        return np.array([self.grid.position_of(edge) for edge in self.bin_edges], dtype=np.intp)

    @cached_property
    def bin_counts(self) -> Ints:
        """Usable values in each decile bin, [bin edges + 1]."""
        below = np.cumsum(self.counts[:-1], dtype=np.int64)[self.bin_positions]
        return np.diff(below, prepend=0, append=self.usable)

    @property
    def constant(self) -> bool:
        return self.usable > 0 and self.minimum == self.maximum


@dataclass(frozen=True, eq=False)
class CategoricalProfile:
    """One categorical or boolean column of the reference.

    categories: names by falling count (then by name), with counts, [categories]. other: rows of the rarest
    categories when there are more than a profile keeps by name; then an unknown category of a window cannot be told
    from those.
    """

    name: str
    kind: ColumnKind
    rows: int
    missing: int
    autocorrelation: float
    categories: tuple[str, ...]
    counts: Ints
    other: int

    @property
    def usable(self) -> int:
        return self.rows - self.missing


ColumnProfile: TypeAlias = NumericProfile | CategoricalProfile


@dataclass(frozen=True, eq=False)
class ReferenceProfile:
    """The profiles of all columns, in the order in which they were given."""

    columns: tuple[ColumnProfile, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> int:
        """Rows of the reference."""
        return max((column.rows for column in self.columns), default=0)

    def column(self, name: str) -> ColumnProfile:
        """Raises UserError for a name that is not there."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UserError(f"The reference profile has no column {name!r}; choose one of {', '.join(self.names)}.")

    def to_bytes(self) -> bytes:
        """The file form: the same bytes for the same profile, on every machine."""
        from aiqu_desktop.drift.profiles.format import write_profile

        return write_profile(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> ReferenceProfile:
        """Read what `to_bytes` wrote.

        Raises:
            UserError: if `data` is damaged, is something else, or was written by a newer version.
        """
        from aiqu_desktop.drift.profiles.format import read_profile

        return read_profile(data)


def build_profile(columns: Mapping[str, Column], kinds: Mapping[str, ColumnKind]) -> ReferenceProfile:
    """Summarise reference columns, each in row (time) order.

    columns: numeric and integer ones as numbers with NaN for missing; categorical and boolean ones with None for
    missing.
    Raises:
        UserError: if a column has no kind, holds no numbers where it should, or the lengths differ.
    """
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise UserError(f"The reference columns have different lengths {sorted(lengths)}; give one value a row.")
    if lengths and max(lengths) > _MOST_ROWS:
        raise UserError(f"The reference has more than {_MOST_ROWS:,} rows; take a sample of it.")
    return ReferenceProfile(tuple(profile_column(name, values, _kind(name, kinds)) for name, values in columns.items()))


def profile_column(name: str, values: Column, kind: ColumnKind) -> ColumnProfile:
    """Summarise one column; see `build_profile`."""
    if kind in NUMERIC_KINDS:
        return _numeric(name, as_numbers(name, values), kind)
    return _categorical(name, as_categories(values, kind), kind)


def spread_of(ordered: Floats) -> float:
    """The unit in which a distance between numbers is judged: the standard deviation of a sorted reference.

    Where outliers make up most of it (more than three times the deviation of the values clipped to the middle 99 %),
    that
    clipped deviation is used: one wild value must not blind the column. A constant reference is judged relative to
    its own magnitude, or in plain units when it is zero.
    """
    if ordered.size == 0:
        return 1.0
    if ordered[0] == ordered[-1]:
        return max(abs(float(ordered[0])), _LEAST_SPREAD) if ordered[0] else 1.0
    deviation = float(np.std(ordered))
    edge = int(0.005 * ordered.size)
    clipped = float(np.std(np.clip(ordered, ordered[edge], ordered[ordered.size - 1 - edge])))
    chosen = clipped if 0.0 < _OUTLIER_FACTOR * clipped < deviation else deviation
    return max(chosen, _LEAST_SPREAD)


def _kind(name: str, kinds: Mapping[str, ColumnKind]) -> ColumnKind:
    if name not in kinds:
        raise UserError(f"Column {name!r} has no kind; say whether it is numeric, integer, categorical or boolean.")
    return kinds[name]


def _numeric(name: str, numbers: Floats, kind: ColumnKind) -> NumericProfile:
    finite, missing, infinities = split_numbers(numbers)
    ordered = np.sort(finite)
    if ordered.size:
        grid, bin_edges = build_grid(ordered, integers=kind is ColumnKind.INTEGER)
        below, _ = grid.count(ordered)
        counts = np.diff(below, prepend=0, append=ordered.size).astype(np.uint32)
    else:
        grid, bin_edges = Grid(0.0, 1.0, 0, np.zeros(1)), np.empty(0)
        counts = np.zeros(2, dtype=np.uint32)
    return NumericProfile(
        name=name,
        kind=kind,
        rows=numbers.size,
        missing=missing,
        infinities=infinities,
        mean=float(np.mean(ordered)) if ordered.size else 0.0,
        std=float(np.std(ordered)) if ordered.size else 0.0,
        minimum=float(ordered[0]) if ordered.size else 0.0,
        maximum=float(ordered[-1]) if ordered.size else 0.0,
        spread=spread_of(ordered),
        autocorrelation=integrated_time(numbers[-_TIME_ROWS:]),
        grid=grid,
        counts=counts,
        bin_edges=bin_edges,
    )


def _categorical(name: str, values: list[str | None], kind: ColumnKind) -> CategoricalProfile:
    counted = Counter(value for value in values if value is not None)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    kept, used = 0, 0
    for category, _ in ranked[:_MOST_CATEGORIES]:
        used += len(category.encode())
        if used > _NAME_BYTES:
            break
        kept += 1
    return CategoricalProfile(
        name=name,
        kind=kind,
        rows=len(values),
        missing=values.count(None),
        autocorrelation=integrated_time_of_categories(values[-_TIME_ROWS:]),
        categories=tuple(category for category, _ in ranked[:kept]),
        counts=np.array([count for _, count in ranked[:kept]], dtype=np.int64),
        other=sum(count for _, count in ranked[kept:]),
    )
