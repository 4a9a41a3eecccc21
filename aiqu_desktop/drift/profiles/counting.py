"""One count of a window over a grid, block by block: how many rows lie below each edge, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.tally import ROWS_AT_ONCE, differing, few_true, flagged, tally
from aiqu_desktop.drift.values import LARGEST, Floats, Ints

if TYPE_CHECKING:
    from aiqu_desktop.drift.profiles.grid import Grid

_FEW_ROWS = 4096  # fewer are sorted and looked up
_MOST_HELD = 1 << 20
_MOST_DEPTH = 2  # lattices within lattices


@dataclass(frozen=True, eq=False)
class GridCount:
    """below: usable rows below each edge, [edges]. beyond: by how much usable rows lie beyond the outer edges, summed.

    rows counts all; missing (NaN) and infinite rows (or rows beyond `LARGEST`) are among them and nowhere else.
    """

    below: Ints
    beyond: float
    rows: int
    missing: int
    infinities: int

    @property
    def usable(self) -> int:
        return self.rows - self.missing - self.infinities


class GridCounter:
    """Counts float64 blocks of any size, NaN for missing; takes a fixed memory, whatever the number of rows."""

    def __init__(self, grid: Grid, depth: int = 0) -> None:
        self._grid, self._depth = grid, depth
        self._edges = grid.edges
        self._rows = self._missing = self._infinities = 0
        self._beyond = 0.0
        self._waiting: list[Floats] = []
        self._waiting_rows = 0
        self._totals: Ints | None = None

    def add(self, values: Floats) -> None:
        """Count the rows of one block, which must not change before the next one is added."""
        self._rows += values.size
        if self._totals is None:
            self._waiting.append(values)
            self._waiting_rows += values.size
            if self._waiting_rows < _FEW_ROWS:
                return
            self._start()
            for block in self._waiting:
                self._count(block)
            self._waiting.clear()
        else:
            self._count(values)

    def finish(self) -> GridCount:
        """The count of all rows so far."""
        if self._totals is None:
            ordered, _ = self._usable(np.concatenate((np.empty(0), *self._waiting)))
            ordered.sort()
            below = _below(ordered, self._edges)
            self._beyond = self._excess(ordered)
            return GridCount(below, self._beyond, self._rows, self._missing, self._infinities)
        self._settle()
        return GridCount(self._below(), self._beyond, self._rows, self._missing, self._infinities)

    def _start(self) -> None:
        self._split = self._grid.split
        self._totals = np.zeros(self._grid.lattice.cells + 2, dtype=np.int64)
        self._lone_rows_picked = np.zeros(np.count_nonzero(self._split.after_lone), dtype=np.int64)
        self._inside = np.zeros(self._split.inside.size, dtype=np.int64)
        self._held: list[Floats] = []
        self._held_rows = 0

    def _count(self, values: Floats) -> None:
        assert self._totals is not None
        for start in range(0, values.size, ROWS_AT_ONCE):
            block = values[start : start + ROWS_AT_ONCE]
            cells, found = tally(self._grid.lattice, block)
            self._totals += found
            self._pick(block, cells, found)

    def _pick(self, block: Floats, cells: Ints, found: NDArray[np.int32]) -> None:
        """Hold the rows of split cells back, except those that are the cell's lone value: they are known."""
        split, lone = self._split, int(found[self._split.lone_cells].sum())
        if 2 * lone > block.size:
            picked = few_true(differing(block, split.lone_values, cells))
            picked = picked[split.flags[cells[picked]]]
        elif lone or found[split.other_cells].any():
            marks = flagged(split.flags, cells)
            if lone:
                marks &= differing(block, split.lone_values, cells)
            picked = few_true(marks)
        else:
            return
        self._held.append(block[picked])
        self._held_rows += picked.size
        if self._held_rows > _MOST_HELD:
            self._settle()

    def _settle(self) -> None:
        """Look up the rows that were held back."""
        assert self._totals is not None
        if not self._held_rows:
            return
        values = np.concatenate(self._held)
        self._held, self._held_rows = [], 0
        lattice, inside = self._grid.lattice, self._split.inside
        own = self._split.cells[inside]
        usable, others = self._usable(values)
        if usable.size >= _FEW_ROWS and inside.size and self._depth < _MOST_DEPTH:
            counter = GridCounter(self._grid.inner, self._depth + 1)
            counter.add(usable)
            below = counter.finish().below
            cells = np.sort(lattice.place(usable))
            outside = usable[(usable < self._edges[0]) | (usable >= self._edges[-1])]
            self._beyond += self._excess(np.sort(outside))
        else:
            usable.sort()
            below = np.searchsorted(usable, self._edges[inside])
            cells = lattice.place(usable)
            self._beyond += self._excess(usable)
        before = np.searchsorted(cells, own)
        self._lone_rows_picked += (np.searchsorted(cells, own, side="right") - before)[self._split.after_lone]
        self._totals[0] -= np.count_nonzero(lattice.place(others) == 0) if others.size else 0
        self._inside += below - np.where(own > 0, before, 0)

    def _below(self) -> Ints:
        assert self._totals is not None
        split = self._split
        below: Ints = np.cumsum(self._totals)[split.cells] - self._totals[split.cells]  # rows in the cells before
        below[split.inside] += self._inside
        lone = split.inside[split.after_lone]
        own = split.cells[lone]
        below[lone] += self._totals[own] - self._lone_rows_picked
        return below

    def _usable(self, values: Floats) -> tuple[Floats, Floats]:
        """The usable values, and the others, which are counted; `values` may be sorted afterwards."""
        usable = np.abs(values) <= LARGEST
        if usable.all():
            return values, values[:0]
        others = values[~usable]
        missing = int(np.isnan(others).sum())
        self._missing += missing
        self._infinities += others.size - missing
        return values[usable], others

    def _excess(self, ordered: Floats) -> float:
        """By how much sorted values lie beyond the outer edges, added up."""
        if not ordered.size or not self._edges.size:
            return 0.0
        first, last = self._edges[0], self._edges[-1]
        if first <= ordered[0] and ordered[-1] < last:
            return 0.0
        under = ordered[: np.searchsorted(ordered, first)]
        over = ordered[np.searchsorted(ordered, last) :]
        return float(np.sum(first - under) + np.sum(over - last))


def _below(ordered: Floats, edges: Floats) -> Ints:
    """Sorted values below each edge, looked up from whichever side is shorter."""
    if ordered.size >= edges.size:
        return np.searchsorted(ordered, edges).astype(np.int64)
    cells = np.bincount(np.searchsorted(edges, ordered, side="right"), minlength=edges.size + 1)
    below: Ints = np.cumsum(cells[:-1])
    return below
