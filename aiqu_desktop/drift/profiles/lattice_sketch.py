"""A long stream of numbers counted on a lattice, with a bound for every cell that holds whatever comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.grid import QUANTILES, Grid
from aiqu_desktop.drift.profiles.gridding import EXACT_VALUES, WHOLE_NUMBERS, Weighted, is_whole
from aiqu_desktop.drift.profiles.lattice import Lattice, even_lattice, fit_lattice
from aiqu_desktop.drift.profiles.moments import Moments, MomentsInPassing
from aiqu_desktop.drift.profiles.rank_sketch import RankSketch
from aiqu_desktop.drift.profiles.tally import ROWS_AT_ONCE, differing, few_true, flagged, tally
from aiqu_desktop.drift.values import LARGEST, Floats, Ints

CELL_LIMIT = 1.0 / (2 * QUANTILES)  # of the rows so far that one cell of the lattice may hold


@dataclass(frozen=True, eq=False)
class Counts:
    """What a stream left on a grid: rows in each cell, [edges + 1], and the most rows that a rank can be off by."""

    counts: Ints
    error: int


class LatticeSketch:
    """Rows are counted in the cells of a lattice that was fitted to the first of them.

    A cell takes rows only up to 1/4096 of all rows so far; what comes beyond, or lies outside the lattice, goes to a
    `RankSketch`. Values that many of the first rows share are counted apart and exactly. So a rank between cells is off
    by no more than the `RankSketch` says, and one within a cell by at most 1/4096 of the rows more: whatever comes
    after the first rows, and in whatever order.
    """

    def __init__(self, first: Floats, *, integers: bool) -> None:
        """first: the rows to fit the lattice to, sorted, usable and at least one; they are not counted."""
        sample = Weighted.of_sample(first)
        lone = _shared_values(sample)
        self._lattice = _lattice_of(sample)
        if integers and is_whole(sample.values):
            least, most = sample.values[0], sample.values[-1]
            if most - least < WHOLE_NUMBERS:
                room = (WHOLE_NUMBERS - int(most - least)) // 2
                lone = np.arange(least - room, most + room + 1)
                self._lattice = even_lattice(float(lone[0]) - 0.5, float(lone[-1]) + 0.5)
        cells = self._lattice.cells + 2
        self._cells = np.zeros(cells, dtype=np.int64)
        self._together = np.zeros(cells, dtype=np.int64)  # what the cells would hold with the next block
        self._lone = np.full(cells, np.nan)
        self._lone[self._lattice.place(lone)] = lone
        self._lone[[0, -1]] = np.nan
        self._is_lone = ~np.isnan(self._lone)
        self._lone_cells = np.flatnonzero(self._is_lone)
        self._lone_counts = np.zeros(cells, dtype=np.int64)
        self._sketch = RankSketch()
        self.moments = Moments()
        self.missing = self.infinities = 0

    def add(self, values: Floats) -> None:
        """Count a block of any size, NaN for missing."""
        for start in range(0, values.size, ROWS_AT_ONCE):
            self._add(values[start : start + ROWS_AT_ONCE])

    def _add(self, block: Floats) -> None:
        passing = MomentsInPassing(self.moments)
        cells, counts = tally(self._lattice, block, passing.add)
        usable = counts[0] == counts[-1] == 0
        moments = passing.finish(*self._ends_with(block, counts)) if usable else None
        differs = self._count_lone(block, cells, counts) if self._lone_cells.size else None
        np.add(self._cells, counts, out=self._together)
        limit = CELL_LIMIT * (self.moments.count + block.size)
        if usable and self._together.max() <= limit:
            self._cells, self._together = self._together, self._cells
        else:
            full = self._together > limit
            full[[0, -1]] = True
            if counts[full].any():
                picked = flagged(full, cells)
                if differs is not None:
                    picked &= differs
                self._sketch.add(self._usable(block[few_true(picked)]))
                counts[full] = 0
            self._cells += counts
        self.moments += moments or Moments.of(block if usable else block[np.abs(block) <= LARGEST])

    def _ends_with(self, block: Floats, counts: NDArray[np.int32]) -> tuple[float, float]:
        """The least and the largest row so far and of the block, which has no row in an open cell. The block is looked
        through only where a cell as far out as these got some row."""
        least, most = self.moments.least, self.moments.most
        if not self.moments.count:
            return float(block.min()), float(block.max())
        first, last = self._lattice.place(np.array([least, most]))
        if counts[: first + 1].any():
            least = min(least, float(block.min()))
        if counts[last:].any():
            most = max(most, float(block.max()))
        return least, most

    def _usable(self, rows: Floats) -> Floats:
        """Those of the rows that are; the others are counted."""
        kept = rows[np.abs(rows) <= LARGEST]
        missing = int(np.isnan(rows).sum()) if kept.size < rows.size else 0
        self.missing += missing
        self.infinities += rows.size - kept.size - missing
        return kept

    def _count_lone(self, block: Floats, cells: Ints, counts: NDArray[np.int32]) -> NDArray[np.bool_] | None:
        """Move the rows that are their cell's lone value from `counts` to the counts of these; tells which are not, or
        None where no cell with a lone value got any row."""
        lone = self._lone_cells
        among_lone = counts[lone]
        if not among_lone.any():
            return None
        differs = differing(block, self._lone, cells)
        if 2 * among_lone.sum() > block.size:
            apart = few_true(differs)
            apart = apart[self._is_lone[cells[apart]]]
        else:
            apart = np.flatnonzero(differs & flagged(self._is_lone, cells))
        if apart.size:
            among_lone -= np.bincount(cells[apart], minlength=counts.size)[lone].astype(np.int32)
        self._lone_counts[lone] += among_lone
        counts[lone] -= among_lone
        return differs

    @property
    def lattice(self) -> Lattice:
        return self._lattice

    def weighted(self) -> Weighted:
        """The stream as weighted values: cells stand at their least value; range and shared values are exact."""
        occupied = np.flatnonzero(self._cells)
        shared = np.flatnonzero(self._lone_counts)
        kept, weights = self._sketch.weighted()
        ends = np.array([self.moments.least, self.moments.most])
        values = np.concatenate((self._lattice.least_values(occupied), self._lone[shared], kept, ends))
        values = np.clip(values, *ends)
        weights = np.concatenate((self._cells[occupied], self._lone_counts[shared], weights, [0, 0]))
        return Weighted.of_weights(values, weights)

    def counts_on(self, grid: Grid) -> Counts:
        """The stream counted on a grid from its least value to beyond its largest.

        Within a cell of the lattice rows are taken to be spread evenly.
        """
        edges = grid.edges
        cells = self._lattice.place(edges)
        own = self._cells[cells]
        below = (np.cumsum(self._cells) - self._cells)[cells]
        inside = np.flatnonzero((self._lattice.place(np.nextafter(edges, -np.inf)) == cells) & (own > 0))
        low = self._lattice.least_values(cells[inside])
        high = self._lattice.least_values(np.minimum(cells[inside] + 1, self._lattice.cells))
        high = np.where(high > low, high, edges[-1])
        share = np.clip((edges[inside] - low) / np.maximum(high - low, 1e-300), 0.0, 1.0)
        below[inside] += (own[inside] * share).astype(np.int64)
        shared = np.flatnonzero(self._lone_counts)
        below += _before(self._lone[shared], self._lone_counts[shared], edges)
        below += _before(*self._sketch.weighted(), edges)
        below[0], below[-1] = 0, self.moments.count
        inner = inside[(inside > 0) & (inside < edges.size - 1)]
        error = self._sketch.error + (int(own[inner].max()) if inner.size else 0)
        return Counts(np.diff(below, prepend=0, append=self.moments.count), error)


def _before(values: Floats, weights: Ints, edges: Floats) -> Ints:
    total: Ints = np.concatenate(([0], np.cumsum(weights)))
    return total[np.searchsorted(values, edges)]


def _shared_values(sample: Weighted) -> Floats:
    """All values where they are few, otherwise those that fill a cell; rarest first, so that the others take a cell."""
    many = np.ones(sample.values.size, dtype=np.bool_)
    if sample.values.size > EXACT_VALUES:
        many = sample.weights > max(1.0, CELL_LIMIT * sample.rows)
    order = np.argsort(sample.weights[many], kind="stable")
    return sample.values[many][order]


def _lattice_of(sample: Weighted) -> Lattice:
    """Fitted to the quantiles, with room on both sides for what has not been seen yet, but not beyond a zero that
    nothing crosses: what is never negative is often skewed, and its cells are better spent on one side."""
    quantiles = sample.at((np.arange(QUANTILES + 1) * (sample.rows - 1)) // QUANTILES)
    room = 0.25 * float(quantiles[-1] - quantiles[0])
    least = 0.0 if quantiles[0] >= 0.0 else -LARGEST
    most = 0.0 if quantiles[-1] <= 0.0 else LARGEST
    ends = np.clip([quantiles[0] - room, quantiles[-1] + room], least, most)
    return fit_lattice(np.concatenate((ends[:1], quantiles, ends[1:])))
