"""The grid that a reference is summarised on, and the one count of a window against it.

A grid is an even lattice over the middle 98 % of the reference plus extra cuts where the lattice is too coarse:
inside crowded lattice cells, around values that many rows share, at the deciles, and in the tails. Every cell then
holds at most 3/2048 of the reference, or is a single value. Where a lattice would be crowded nearly everywhere
(heavy tails, few distinct values) there are only cuts. Counting a large window places a row on the lattice with one
multiplication; only the rows in crowded cells are sorted. So a column costs less than its sort, and never much more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.values import Floats, Ints

LATTICE_CELLS = 4096
QUANTILES = 2048
EXACT_VALUES = 1024  # a reference with at most so many distinct values is kept whole
CELL_SHARE = 3.0 / QUANTILES  # the most of the reference that one cell of several values holds: the error of KS
_TAIL_SHARE = 0.01
_TAIL_CUTS = 64
_FILLING_CUTS = 512
_FEW_ROWS = 1024  # fewer are looked up among the edges one by one
_USELESS = 0.5  # no lattice where this share of the reference would sit in crowded cells
_SMALLEST_STEP = 1e-150  # keeps (value - low) / step within a double
_LARGEST_WHOLE = 2.0**51  # halves are still exact
_BLOCK = 1 << 15


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells between sorted edges; the first and the last cell are open and hold nothing of the reference.

    low, step, cells: the lattice, `cells` steps from `low`; cells = 0 means no lattice.
    cuts: the extra edges, sorted and distinct. A cell holds its left edge and not its right one.
    """

    low: float
    step: float
    cells: int
    cuts: Floats

    def place(self, values: Floats) -> NDArray[np.intp]:
        """Lattice cell of each value, 0 (below) to cells + 1 (above); monotone in the value."""
        scaled = values - self.low
        scaled *= 1.0 / self.step
        scaled += 1.0
        np.maximum(scaled, 0.0, out=scaled)
        np.minimum(scaled, self.cells + 1.0, out=scaled)
        return scaled.astype(np.intp)

    @cached_property
    def _cut_cells(self) -> NDArray[np.intp]:
        return self.place(self.cuts)

    @cached_property
    def _crowded(self) -> NDArray[np.bool_]:
        """Lattice cells that hold a cut, and the two open ones."""
        crowded = np.zeros(self.cells + 2, dtype=np.bool_)
        crowded[self._cut_cells] = True
        crowded[[0, -1]] = True
        return crowded

    @cached_property
    def _cut_positions(self) -> NDArray[np.intp]:
        """Where each cut stands among all edges."""
        numbers = np.arange(self.cuts.size, dtype=np.intp)
        return self._cut_cells + numbers if self.cells else numbers

    @cached_property
    def _lattice_positions(self) -> NDArray[np.intp]:
        is_lattice = np.ones(self.cells + 1 + self.cuts.size, dtype=np.bool_)
        is_lattice[self._cut_positions] = False
        return np.flatnonzero(is_lattice)

    @cached_property
    def edges(self) -> Floats:
        """All edges, sorted: lattice and cuts."""
        if not self.cells:
            return self.cuts
        edges = np.empty(self.cells + 1 + self.cuts.size)
        edges[self._cut_positions] = self.cuts
        edges[self._lattice_positions] = self.low + np.arange(self.cells + 1) * self.step
        return np.maximum.accumulate(edges)  # a cut may miss its lattice edge by one rounding

    @cached_property
    def widths(self) -> Floats:
        """Widths of the bounded cells, [edges - 1]."""
        return np.diff(self.edges)

    @cached_property
    def trapezoids(self) -> Floats:
        """Weights [edges] that integrate a function, given at the edges and linear between them."""
        weights = np.zeros(self.edges.size)
        weights[:-1] += 0.5 * self.widths
        weights[1:] += 0.5 * self.widths
        return weights

    def position_of(self, edge: float) -> int:
        """Index in `edges` of an edge that is known to be there."""
        if self.cuts.size:
            return int(self._cut_positions[min(int(np.searchsorted(self.cuts, edge)), self.cuts.size - 1)])
        return int(np.searchsorted(self.edges, edge))

    def count(self, values: Floats) -> tuple[Ints, float]:
        """Count finite `values` into the cells, in one pass.

        Returns the number of values below each edge, [edges], and by how much the values beyond the outer edges lie
        beyond them, added up.
        """
        if values.size < _FEW_ROWS:
            ordered = np.sort(values)
            cells = np.bincount(np.searchsorted(self.edges, ordered, side="right"), minlength=self.edges.size + 1)
            return np.cumsum(cells[:-1]), self._beyond(ordered)
        if not self.cells:
            ordered = np.sort(values)
            return np.searchsorted(ordered, self.cuts).astype(np.int64), self._beyond(ordered)
        lattice = np.zeros(self.cells + 2, dtype=np.int64)
        picked = []
        for start in range(0, values.size, _BLOCK):
            block = values[start : start + _BLOCK]
            places = self.place(block)
            lattice += np.bincount(places, minlength=self.cells + 2)
            picked.append(block[self._crowded[places]])
        crowded = np.sort(np.concatenate(picked)) if picked else values
        totals = np.cumsum(lattice)
        below = np.empty(self.edges.size, dtype=np.int64)
        below[self._lattice_positions] = totals[:-1]
        if self.cuts.size:
            lattice[~self._crowded] = 0
            others = totals - np.cumsum(lattice)  # rows up to each lattice cell that are not among `crowded`
            below[self._cut_positions] = others[self._cut_cells] + np.searchsorted(crowded, self.cuts)
        return below, self._beyond(crowded)

    def _beyond(self, ordered: Floats) -> float:
        first, last = self.edges[0], self.edges[-1]
        if not ordered.size or (ordered[0] >= first and ordered[-1] < last):
            return 0.0
        under = ordered[: np.searchsorted(ordered, first)]
        over = ordered[np.searchsorted(ordered, last) :]
        return float(np.sum(first - under) + np.sum(over - last))


def build_grid(ordered: Floats, *, integers: bool) -> tuple[Grid, Floats]:
    """The grid for a sorted, finite, non-empty sample, and the edges of its decile bins (all of them edges of the
    grid).

    integers: the column's kind promises whole numbers; a short range then gets one cell a number.
    """
    least, most = float(ordered[0]), float(ordered[-1])
    bins = decile_edges(ordered)
    if integers and _short_range_of_whole_numbers(ordered):
        whole = np.unique(np.ceil(bins) - 0.5)  # the edge just above v is that of v + 1
        return Grid(least - 0.5, 1.0, int(most - least) + 1, np.empty(0)), whole
    outer = np.array([least, np.nextafter(most, np.inf)])
    distinct = ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
    if distinct.size <= EXACT_VALUES:
        return _only_cuts(distinct, np.nextafter(distinct, np.inf), bins), bins
    quantiles = ordered[(np.arange(QUANTILES) * ordered.size) // QUANTILES]
    again = quantiles[1:][quantiles[1:] == quantiles[:-1]]
    shared = np.concatenate((again, np.nextafter(again, np.inf)))
    tails = _tail_values(ordered)
    size = ordered.size
    low, high = ordered[int(_TAIL_SHARE * size)], ordered[size - 1 - int(_TAIL_SHARE * size)]
    step = high / LATTICE_CELLS - low / LATTICE_CELLS
    if step > max(1e-12 * max(abs(low), abs(high)), _SMALLEST_STEP):
        lattice = Grid(float(low), float(step), LATTICE_CELLS, np.empty(0))
        mass = np.bincount(lattice.place(ordered), minlength=LATTICE_CELLS + 2)
        crowded = mass > CELL_SHARE * size
        if mass[crowded].sum() <= _USELESS * size:
            needed = quantiles[crowded[lattice.place(quantiles)]]
            cuts = np.unique(np.concatenate((outer, bins, shared, tails, needed)))
            return _fill_gaps(Grid(lattice.low, lattice.step, LATTICE_CELLS, cuts)), bins
    return _only_cuts(outer, bins, shared, tails, quantiles), bins


def _short_range_of_whole_numbers(ordered: Floats) -> bool:
    least, most = ordered[0], ordered[-1]
    short = most - least < LATTICE_CELLS and max(abs(least), abs(most)) < _LARGEST_WHOLE
    return bool(short and np.all(ordered == np.floor(ordered)))


def decile_edges(ordered: Floats) -> Floats:
    """Inner edges of ten bins of equal share; a value that holds a tenth or more gets a bin of its own."""
    deciles = ordered[(np.arange(1, 10) * ordered.size) // 10]
    again = deciles[1:][deciles[1:] == deciles[:-1]]
    return np.unique(np.concatenate((deciles, np.nextafter(again, np.inf))))


def _only_cuts(*edges: Floats) -> Grid:
    return _fill_gaps(Grid(0.0, 1.0, 0, np.unique(np.concatenate(edges))))


def _fill_gaps(grid: Grid) -> Grid:
    """Split the cells wider than 1/512 of the range: a window may sit where the reference has nothing."""
    widths = grid.widths
    target = float(widths.sum()) / _FILLING_CUTS
    wide = np.flatnonzero(widths > target)
    if not wide.size or target < _SMALLEST_STEP:
        return grid
    parts = np.ceil(widths[wide] / target).astype(np.intp)
    filling = [np.linspace(grid.edges[i], grid.edges[i + 1], n + 1)[1:-1] for i, n in zip(wide, parts, strict=True)]
    return Grid(grid.low, grid.step, grid.cells, np.unique(np.concatenate((grid.cuts, *filling))))


def _tail_values(ordered: Floats) -> Floats:
    """The outermost values one by one, then ever more widely spaced ones up to the lattice."""
    tail = min(max(int(_TAIL_SHARE * ordered.size), 16), ordered.size // 2 - 1)
    ranks = np.unique(np.geomspace(1, tail + 1, _TAIL_CUTS).astype(np.intp)) - 1
    return np.concatenate((ordered[ranks], ordered[ordered.size - 1 - ranks]))
