"""Rows in each cell of a lattice: what `np.bincount` tells, in less than half of its time.

A sparse matrix of one column, with a one for every row where its cell says, times one is the count of each cell.
SciPy's product runs over the cells once; `np.bincount` runs over them before that for their range, and counts more
slowly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.lattice import BLOCK, CELLS, Lattice
from aiqu_desktop.drift.values import Floats, Ints

ROWS_AT_ONCE = 1 << 17  # rows counted together


class _Scratch(threading.local):
    """Room to work in, each thread's own: what stands there is gone with the next call. Asking the system for fresh
    memory every time would take as long as the work."""

    def __init__(self) -> None:
        self.cells: Ints = np.zeros(ROWS_AT_ONCE, dtype=np.int64)
        self.ends = np.zeros(2, dtype=np.int64)
        self.matrix = _one_column(self.cells, self.ends)
        self.one = np.ones(1, dtype=np.int32)
        self.marks = np.empty(ROWS_AT_ONCE, dtype=np.bool_)
        self.looked_up: Floats = np.empty(BLOCK)


def _one_column(cells: Ints, ends: Ints) -> Any:
    """The sparse matrix that looks into both arrays: a one in the rows `cells`, from ends[0] up to before ends[1]."""
    from scipy import sparse  # paid when a large block is counted

    matrix: Any = sparse.csc_array((CELLS + 2, 1), dtype=np.int32)
    matrix.data, matrix.indices, matrix.indptr = np.ones(cells.size, dtype=np.int32), cells, ends
    return matrix


_scratch = _Scratch()


def tally(
    lattice: Lattice, block: Floats, in_passing: Callable[[Floats], None] | None = None
) -> tuple[Ints, NDArray[np.int32]]:
    """The cell of each of up to ROWS_AT_ONCE values, [values], until the next call of this thread; and how many values
    each cell got, the two open ones included, [cells + 2]. in_passing: as in `Lattice.place_into`."""
    cells = lattice.place_into(block, _scratch.cells, in_passing)
    _scratch.ends[1] = block.size
    # The product does not look whether there is such a cell; `place_into` gives no other.
    counts: NDArray[np.int32] = _scratch.matrix @ _scratch.one
    return cells, counts[: lattice.cells + 2]


def flagged(flags: NDArray[np.bool_], cells: Ints) -> NDArray[np.bool_]:
    """Which values, of up to ROWS_AT_ONCE, lie in cells with a flag: an array [values] until the next call."""
    marks = _scratch.marks[: cells.size]
    np.take(flags, cells, out=marks, mode="wrap")  # the mode that takes the least time; every cell is one of `flags`
    return marks


def differing(block: Floats, of_cells: Floats, cells: Ints) -> NDArray[np.bool_]:
    """Which values differ from that of their cell, a new array [values]; NaN differs from everything."""
    differs = np.empty(block.size, dtype=np.bool_)
    for start in range(0, block.size, BLOCK):
        part = slice(start, start + BLOCK)
        looked_up = _scratch.looked_up[: cells[part].size]
        np.take(of_cells, cells[part], out=looked_up, mode="wrap")
        np.not_equal(block[part], looked_up, out=differs[part])
    return differs


def few_true(marks: NDArray[np.bool_]) -> NDArray[np.intp]:
    """`np.flatnonzero` of marks that are mostly false: eight are looked at together."""
    whole = marks.size - marks.size % 8
    eights = np.flatnonzero(marks[:whole].view(np.uint64) != 0)
    places = (8 * eights[:, np.newaxis] + np.arange(8)).ravel()
    rest = whole + np.flatnonzero(marks[whole:])
    return np.concatenate((places[marks[places]], rest))
