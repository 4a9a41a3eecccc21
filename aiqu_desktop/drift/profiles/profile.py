"""The reference profile: what the accepted data of a version looked like, in at most 64 KiB a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.evidence.autocorrelation import integrated_time, integrated_time_of_categories
from aiqu_desktop.drift.profiles.columns import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    categorical_profile,
)
from aiqu_desktop.drift.profiles.grid import Grid
from aiqu_desktop.drift.profiles.gridding import Weighted, build_grid
from aiqu_desktop.drift.profiles.lattice import even_lattice
from aiqu_desktop.drift.values import (
    PROFILED_AS_NUMBERS,
    Column,
    Floats,
    Ints,
    as_categories,
    as_numbers,
    split_numbers,
)

__all__ = [
    "CategoricalProfile",
    "ColumnProfile",
    "NumericProfile",
    "ReferenceProfile",
    "Section",
    "build_profile",
    "profile_column",
    "spread_of",
]

TIME_ROWS = 1 << 17  # rows, the latest ones, that the autocorrelation time is taken from
_OUTLIER_FACTOR = 3.0
_LEAST_SPREAD = 1e-150  # a distance divided by it is still a double

Section = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class ReferenceProfile:
    """The profiles of all columns, in the order in which they were given.

    sections: whatever else belongs to a reference, by name, each a set of named float64 arrays of any shape. What
    labelled data teach about rows without labels is one (`bundles.label_free`). The format keeps them as they are;
    merging drops them, because nothing here knows what their numbers mean.
    """

    columns: tuple[ColumnProfile, ...]
    sections: Mapping[str, Section] = field(default_factory=dict)

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

    def with_section(self, name: str, arrays: Section) -> ReferenceProfile:
        """This profile with one more (or another) section."""
        plain = {key: np.asarray(value, dtype=np.float64) for key, value in arrays.items()}
        return replace(self, sections={**self.sections, name: plain})

    def to_bytes(self) -> bytes:
        """The file form: the same bytes for the same profile, on every machine."""
        from aiqu_desktop.drift.profiles.format import write_profile

        return write_profile(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> ReferenceProfile:
        """Read what `to_bytes` wrote, this version's or an older one's.

        Raises:
            UserError: if `data` is damaged, is something else, or was written by a newer version.
        """
        from aiqu_desktop.drift.profiles.format import read_profile

        return read_profile(data)


def build_profile(columns: Mapping[str, Column], kinds: Mapping[str, ColumnKind]) -> ReferenceProfile:
    """Summarise reference columns, each in row (time) order.

    columns: numeric and integer ones as numbers with NaN for missing; timestamps as datetime64 or as seconds;
    categorical and boolean ones with None for missing.
    Raises:
        UserError: if a column has no kind, holds no numbers where it should, or the lengths differ.
    """
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise UserError(f"The reference columns have different lengths {sorted(lengths)}; give one value a row.")
    return ReferenceProfile(
        tuple(profile_column(name, values, kind_of(name, kinds)) for name, values in columns.items())
    )


def profile_column(name: str, values: Column, kind: ColumnKind) -> ColumnProfile:
    """Summarise one column; see `build_profile`."""
    if kind in PROFILED_AS_NUMBERS:
        return _numeric(name, as_numbers(name, values), kind)
    names = as_categories(values, kind)
    return categorical_profile(
        name,
        kind,
        rows=len(names),
        missing=names.count(None),
        counted=Counter(value for value in names if value is not None),
        other=0,
        autocorrelation=integrated_time_of_categories(names[-TIME_ROWS:]),
    )


def spread_of(ordered: Floats) -> float:
    """The unit in which a distance between numbers is judged: the standard deviation of a sorted reference.

    Where outliers make up most of it (more than three times the deviation of the values clipped to the middle 99 %),
    that clipped deviation is used: one wild value must not blind the column. A constant reference is judged relative to
    its own magnitude, or in plain units when it is zero.
    """
    if ordered.size == 0:
        return 1.0
    edge = int(0.005 * ordered.size)
    clipped = np.clip(ordered, ordered[edge], ordered[ordered.size - 1 - edge])
    return chosen_spread(float(ordered[0]), float(ordered[-1]), float(np.std(ordered)), float(np.std(clipped)))


def chosen_spread(least: float, most: float, deviation: float, clipped: float) -> float:
    """`spread_of`, from the range, the standard deviation and that of the values clipped to the middle 99 %."""
    if least == most:
        return max(abs(least), _LEAST_SPREAD) if least else 1.0
    return max(clipped if 0.0 < _OUTLIER_FACTOR * clipped < deviation else deviation, _LEAST_SPREAD)


def clipped_deviation(grid: Grid, counts: Ints) -> float:
    """Standard deviation of the values clipped to their middle 99 %, from their counts on a grid, cells at their
    middle."""
    weights = counts[1:-1]
    middles = 0.5 * grid.edges[:-1] + 0.5 * grid.edges[1:]
    total = int(weights.sum())
    below = np.cumsum(weights)
    edge = int(0.005 * total)
    low, high = middles[np.searchsorted(below, [edge, total - 1 - edge], side="right")]
    clipped = np.clip(middles, low, high)
    mean = float(np.dot(clipped, weights)) / total
    return float(np.sqrt(np.dot((clipped - mean) ** 2, weights) / total))


def kind_of(name: str, kinds: Mapping[str, ColumnKind]) -> ColumnKind:
    """The kind of a column, or UserError where none is given."""
    if name not in kinds:
        raise UserError(f"Column {name!r} has no kind; say whether it is numeric, integer, categorical or boolean.")
    return kinds[name]


def _numeric(name: str, numbers: Floats, kind: ColumnKind) -> NumericProfile:
    finite, missing, infinities = split_numbers(numbers)
    ordered = np.sort(finite)
    if ordered.size:
        sample = Weighted.of_sample(ordered)
        grid, bin_edges = build_grid(sample, integers=kind is ColumnKind.INTEGER)
        counts = sample.counts_on(grid)
    else:
        grid, bin_edges, counts = empty_grid()
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
        autocorrelation=integrated_time(numbers[-TIME_ROWS:]),
        grid=grid,
        counts=counts,
        bin_edges=bin_edges,
    )


def empty_grid() -> tuple[Grid, Floats, Ints]:
    """Grid, bin edges and counts of a column without a usable value."""
    return Grid(np.zeros(1), even_lattice(0.0, 0.0)), np.empty(0), np.zeros(2, dtype=np.int64)
