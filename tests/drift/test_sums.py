"""Sums in pieces are those of NumPy, whatever the length."""

from __future__ import annotations

import numpy as np
import pytest

from aiqu_desktop.drift.sums import PIECE, row_products, total, total_of_squares


@pytest.mark.parametrize("rows", [0, 1, 5, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_sums_are_those_of_numpy(rows):
    rng = np.random.default_rng(rows)
    first, second = rng.normal(3.0, 1.0, (4, rows)), rng.normal(size=(4, rows))
    assert total(first[0]) == pytest.approx(first[0].sum(), rel=1e-12)
    assert total_of_squares(first[1]) == pytest.approx((first[1] ** 2).sum(), rel=1e-12)
    assert row_products(first, second) == pytest.approx((first * second).sum(axis=1), rel=1e-12, abs=1e-9)
