"""Choosing the edges of a grid for weighted values: for a sample, for what a stream left, for profiles put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.profiles.grid import QUANTILES, Grid
from aiqu_desktop.drift.profiles.lattice import Lattice, even_lattice, fit_lattice
from aiqu_desktop.drift.values import Floats, Ints

EXACT_VALUES = 1024  # a reference with at most so many distinct values is kept whole
_TAIL_SHARE = 0.01
_TAIL_CUTS = 64
_FILLING_CUTS = 512
WHOLE_NUMBERS = 3600  # a range of whole numbers up to here gets one cell a number
_SMALLEST_STEP = 1e-150
_LARGEST_WHOLE = 2.0**51  # halves are still exact


@dataclass(frozen=True, eq=False)
class Weighted:
    """Distinct sorted values and how many rows each of them stands for, both [values], at least one value."""

    values: Floats
    weights: Ints

    @classmethod
    def of_sample(cls, ordered: Floats) -> Weighted:
        """From a sorted sample, which must not change afterwards."""
        new = ordered[1:] != ordered[:-1]
        if new.all():
            return cls(ordered, np.ones(ordered.size, dtype=np.int64))
        starts = np.flatnonzero(np.concatenate(([True], new)))
        return cls(ordered[starts], np.diff(starts, append=ordered.size))

    @classmethod
    def of_weights(cls, values: Floats, weights: Ints) -> Weighted:
        """From values in any order that may repeat; a weight may be 0, to name an end of the range."""
        distinct, places = np.unique(values, return_inverse=True)
        return cls(distinct, np.bincount(places, weights=weights, minlength=distinct.size).astype(np.int64))

    @property
    def rows(self) -> int:
        return int(self.weights.sum())

    def at(self, ranks: Ints) -> Floats:
        """The values at 0-based ranks among all rows."""
        return self.values[np.searchsorted(np.cumsum(self.weights), ranks, side="right")]

    def counts_on(self, grid: Grid) -> Ints:
        """Rows in each cell of a grid, [edges + 1]."""
        before = np.concatenate(([0], np.cumsum(self.weights)))
        below = before[np.searchsorted(self.values, grid.edges)]
        return np.diff(below, prepend=0, append=before[-1])


def build_grid(sample: Weighted, *, integers: bool, lattice: Lattice | None = None) -> tuple[Grid, Floats]:
    """The grid for finite values, and the edges of its decile bins (all of them edges of the grid).

    integers: the column's kind promises whole numbers; a short range then gets one cell a number. lattice: the one to
    use, where the values were counted on one.
    """
    bins = decile_edges(sample)
    if integers and sample.values[-1] - sample.values[0] < WHOLE_NUMBERS and is_whole(sample.values):
        whole = np.unique(np.ceil(bins) - 0.5)  # the edge just above v is that of v + 1
        return _whole_number_grid(float(sample.values[0]), float(sample.values[-1])), whole
    rows = sample.rows
    if lattice is None:
        lattice = fit_lattice(sample.at((np.arange(QUANTILES + 1) * (rows - 1)) // QUANTILES))
    if sample.values.size <= EXACT_VALUES:
        exact = np.concatenate((sample.values, np.nextafter(sample.values, np.inf), bins))
        return _finished(lattice, exact, np.empty(0)), bins
    outer = np.array([sample.values[0], np.nextafter(sample.values[-1], np.inf)])
    quantiles = sample.at((np.arange(QUANTILES) * rows) // QUANTILES)
    again = quantiles[1:][quantiles[1:] == quantiles[:-1]]
    shared = np.concatenate((again, np.nextafter(again, np.inf)))
    content = np.bincount(lattice.place(sample.values), weights=sample.weights, minlength=lattice.cells + 2)
    crowded = (content > rows / QUANTILES)[lattice.place(quantiles)]
    exact = np.concatenate((outer, bins, shared, quantiles[crowded]))
    return _finished(lattice, exact, np.concatenate((quantiles[~crowded], _tail_values(sample)))), bins


def decile_edges(sample: Weighted) -> Floats:
    """Inner edges of ten bins of equal share; a value that holds a tenth or more gets a bin of its own."""
    deciles = sample.at((np.arange(1, 10) * sample.rows) // 10)
    again = deciles[1:][deciles[1:] == deciles[:-1]]
    return np.unique(np.concatenate((deciles, np.nextafter(again, np.inf))))


def is_whole(values: Floats) -> bool:
    """Whether sorted values are whole numbers of which halves are exact, too."""
    return bool(max(abs(values[0]), abs(values[-1])) < _LARGEST_WHOLE and np.all(values == np.floor(values)))


def _whole_number_grid(least: float, most: float) -> Grid:
    edges: Floats = least - 0.5 + np.arange(int(most - least) + 2, dtype=np.float64)
    return Grid(edges, even_lattice(float(edges[0]), float(edges[-1])))


def _finished(lattice: Lattice, exact: Floats, near: Floats) -> Grid:
    """The grid of the `exact` edges and, on boundaries of the lattice, edges just below those of `near`.

    Cells wider than 1/512 of the range are split: a window may sit where the reference has nothing.
    """
    exact = np.unique(exact)
    edges = np.union1d(exact, _snapped(lattice, near, exact[0], exact[-1]))
    widths = np.diff(edges)
    target = float(edges[-1] / _FILLING_CUTS - edges[0] / _FILLING_CUTS)
    wide = np.flatnonzero(widths > target)
    if wide.size and target >= _SMALLEST_STEP:
        parts = np.ceil(widths[wide] / target).astype(np.intp)
        starts = np.cumsum(parts - 1) - (parts - 1)
        steps = np.arange(1, int(np.sum(parts - 1)) + 1) - np.repeat(starts, parts - 1)
        filling = np.repeat(edges[wide], parts - 1) + steps * np.repeat(widths[wide] / parts, parts - 1)
        edges = np.union1d(edges, _snapped(lattice, filling, exact[0], exact[-1]))
    return Grid(edges, lattice)


def _snapped(lattice: Lattice, values: Floats, least: float, most: float) -> Floats:
    cells = np.unique(lattice.place(values))
    edges = lattice.least_values(cells[(cells > 0) & (cells <= lattice.cells)])
    return edges[(edges > least) & (edges < most)]


def _tail_values(sample: Weighted) -> Floats:
    """The outermost values one by one, then ever more widely spaced ones up to a hundredth of the rows."""
    rows = sample.rows
    tail = min(max(int(_TAIL_SHARE * rows), 16), rows // 2 - 1)
    ranks = np.unique(np.geomspace(1, tail + 1, _TAIL_CUTS).astype(np.int64)) - 1
    return np.concatenate((sample.at(ranks), sample.at(rows - 1 - ranks)))
