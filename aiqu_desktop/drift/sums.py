"""Sums of products by the linear algebra library, on the calling thread alone.

The library is several times as fast as NumPy's own loops, but wakes threads of its own for long vectors, which then
fight with ours. Pieces of 8,192 numbers are below what it shares out.
"""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats

PIECE = 1 << 13
_ONES = np.ones(PIECE)


def total(values: Floats) -> float:
    """The sum of [rows]."""
    whole = values.size - values.size % PIECE
    pieces = float(np.add.reduce(np.vecdot(values[:whole].reshape(-1, PIECE), _ONES)))
    return pieces + float(np.vecdot(values[whole:], _ONES[: values.size - whole])) if whole < values.size else pieces


def total_of_squares(values: Floats) -> float:
    """The sum of the squares of [rows]."""
    whole = values.size - values.size % PIECE
    pieces = values[:whole].reshape(-1, PIECE)
    squares = float(np.add.reduce(np.vecdot(pieces, pieces)))
    return squares + float(np.vecdot(values[whole:], values[whole:])) if whole < values.size else squares


def row_products(first: Floats, second: Floats) -> Floats:
    """The sum of products along each row of two matrices [columns, rows], an array [columns]."""
    sums = np.zeros(first.shape[0])
    for start in range(0, first.shape[1], PIECE):
        sums += np.vecdot(first[:, start : start + PIECE], second[:, start : start + PIECE])
    return sums
