"""The grid that a reference is summarised on: sorted edges, most of them on cell boundaries of a lattice.

Every cell between two edges holds at most 3/2048 of the reference, or is a single value. Edges that the lattice cannot
give (values that many rows share, deciles, quantiles inside a crowded lattice cell) split a lattice cell; only the rows
in split cells are looked at one by one. So counting costs a few integer instructions a row, whatever the
column's shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.counting import GridCounter
from aiqu_desktop.drift.profiles.lattice import Lattice, fit_lattice
from aiqu_desktop.drift.values import Floats, Ints

QUANTILES = 2048
CELL_SHARE = 3.0 / QUANTILES  # the most of the reference that one cell of several values holds: the error of KS


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells between sorted, distinct edges; the first and the last cell are open and hold nothing of the reference.

    A cell holds its left edge and not its right one. lattice: what counts a large window fast; with any lattice the
    answer is the same.
    """

    edges: Floats
    lattice: Lattice

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

    @cached_property
    def split(self) -> SplitCells:
        """Where edges and lattice cells meet."""
        return SplitCells.of(self.edges, self.lattice)

    @cached_property
    def inner(self) -> Grid:
        """The edges within split cells on a lattice of their own, for the many rows of crowded cells."""
        edges = self.edges[self.split.inside]
        return Grid(edges, fit_lattice(edges))

    def position_of(self, edge: float) -> int:
        """Index in `edges` of an edge that is known to be there."""
        return min(int(np.searchsorted(self.edges, edge)), self.edges.size - 1)

    def count(self, values: Floats) -> tuple[Ints, float]:
        """Count finite `values` into the cells, in one pass.

        Returns the number of values below each edge, [edges], and by how much the values beyond the outer edges lie
        beyond them, added up.
        """
        counter = GridCounter(self)
        counter.add(values)
        found = counter.finish()
        return found.below, found.beyond


@dataclass(frozen=True, eq=False)
class SplitCells:
    """The lattice cells whose rows the lattice alone cannot tell apart.

    cells: lattice cell of each edge, [edges]. inside: indices of the edges that lie within a cell and not on its
    boundary. flags: whether a lattice cell is split, the two open ones always, [cells + 2]. lone_values: the value v of
    a cell that is split by nothing but v and its next neighbour, NaN elsewhere, [cells + 2]. after_lone: which of
    `inside` are such neighbours.
    """

    cells: Ints
    inside: NDArray[np.intp]
    flags: NDArray[np.bool_]
    lone_values: Floats
    after_lone: NDArray[np.bool_]

    @cached_property
    def lone_cells(self) -> NDArray[np.intp]:
        """The lattice cells with a lone value."""
        return np.flatnonzero(~np.isnan(self.lone_values))

    @cached_property
    def other_cells(self) -> NDArray[np.intp]:
        """The lattice cells that are split otherwise, the two open ones among them."""
        return np.flatnonzero(self.flags & np.isnan(self.lone_values))

    @classmethod
    def of(cls, edges: Floats, lattice: Lattice) -> SplitCells:
        cells = lattice.place(edges)
        before = lattice.place(np.nextafter(edges, -np.inf))
        inside = np.flatnonzero(before == cells)
        flags = np.zeros(lattice.cells + 2, dtype=np.bool_)
        flags[cells[inside]] = True
        flags[[0, -1]] = True
        lone_values = np.full(lattice.cells + 2, np.nan)
        own = cells[inside]
        held = np.bincount(own, minlength=lattice.cells + 2)[own]
        before_each = np.concatenate((edges[:1], edges))[inside]
        both_inside = np.diff(inside, prepend=-2) == 1
        # v may be on the boundary of its cell; then its neighbour alone splits the cell.
        pair = (own > 0) & (own <= lattice.cells) & (np.nextafter(before_each, np.inf) == edges[inside])
        pair &= held == np.where(both_inside & (np.roll(own, 1) == own), 2, 1)
        lone_values[own[pair]] = before_each[pair]
        return cls(cells, inside, flags, lone_values, pair)
