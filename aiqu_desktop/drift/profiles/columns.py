"""The profile of one column: numbers on a grid, or categories with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.grid import Grid
from aiqu_desktop.drift.values import Floats, Ints

_NAME_BYTES = 40_000  # of category names that a profile keeps
_MOST_CATEGORIES = 2_000


@dataclass(frozen=True, eq=False)
class NumericProfile:
    """One numeric, integer or timestamp column of the reference; timestamps are seconds since 1970 in UTC.

    rows counts all rows; missing (NaN) and infinite ones are among them. mean, std (divisor n), minimum and maximum
    are of the usable values, 0 where there are none. spread is the unit of the scaled Wasserstein distance: see
    `spread_of`. autocorrelation is the integrated autocorrelation time in rows. counts holds the usable values in
    each cell of `grid`; bin_edges are the decile edges for PSI and Jensen-Shannon, all of them edges of the grid.
    rank_error: the most by which `distribution` can be off at an edge; 0 unless the profile was streamed or merged.
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
    counts: Ints
    bin_edges: Floats
    rank_error: float = 0.0

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

    @cached_property
    def single_cells(self) -> NDArray[np.bool_]:
        """Which bounded cells can hold one value only, [edges - 1]."""
        edges = self.grid.edges
        single: NDArray[np.bool_] = edges[1:] == np.nextafter(edges[:-1], np.inf)
        if self.kind is ColumnKind.INTEGER:
            single |= np.ceil(edges[1:]) - np.ceil(edges[:-1]) <= 1
        return single

    @cached_property
    def cell_share(self) -> float:
        """The most of the reference that one cell of several values holds: with `rank_error` the bound of what the
        Kolmogorov-Smirnov distance can miss."""
        inner = self.counts[1:-1][~self.single_cells]
        return float(inner.max()) / max(1, self.usable) if inner.size else 0.0

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


def categorical_profile(
    name: str,
    kind: ColumnKind,
    *,
    rows: int,
    missing: int,
    counted: Mapping[str, int],
    other: int,
    autocorrelation: float,
) -> CategoricalProfile:
    """The profile of counted categories: the most frequent up to 2,000 names or 40,000 bytes of them, and the rest."""
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
        rows=rows,
        missing=missing,
        autocorrelation=autocorrelation,
        categories=tuple(category for category, _ in ranked[:kept]),
        counts=np.array([count for _, count in ranked[:kept]], dtype=np.int64),
        other=other + sum(count for _, count in ranked[kept:]),
    )
