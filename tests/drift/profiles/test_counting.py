"""Counting a window on a grid is exact for every edge, in blocks of any size, with missing and infinite rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.counting import GridCounter
from tests.drift.profiles.test_lattice import HARD
from tests.drift.samples import numeric_profile


def _check(grid, window, blocks):
    counter = GridCounter(grid)
    for block in np.array_split(window, blocks):
        counter.add(block)
    found = counter.finish()
    usable = np.sort(window[np.abs(window) <= 1e150])
    assert np.array_equal(found.below, np.searchsorted(usable, grid.edges))
    assert (found.rows, found.usable) == (window.size, usable.size)
    assert found.missing == np.isnan(window).sum()
    first, last = grid.edges[0], grid.edges[-1]
    beyond = np.sum((first - usable)[usable < first]) + np.sum((usable - last)[usable >= last])
    assert found.beyond == pytest.approx(beyond, rel=1e-9)


@pytest.mark.parametrize("kind", [ColumnKind.NUMERIC, ColumnKind.INTEGER])
@pytest.mark.parametrize("shape", HARD)
@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_rows_below_every_edge_are_those_of_a_sort(shape, kind, shift):
    rng = np.random.default_rng(3)
    reference = HARD[shape](rng, 20_000, 0.0)
    window = HARD[shape](rng, 150_000, shift)
    window[::997], window[5], window[6], window[7], window[8] = np.nan, np.inf, -np.inf, -np.nan, 1e200
    grid = numeric_profile(reference, kind).grid
    _check(grid, window, 3)
    _check(grid, window[:3_000], 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.sampled_from(sorted(HARD)))
def test_the_size_of_the_blocks_does_not_matter(seed, blocks, shape):
    rng = np.random.default_rng(seed)
    grid = numeric_profile(HARD[shape](rng, int(rng.integers(1, 3_000)), 0.0)).grid
    window = np.concatenate((HARD[shape](rng, 6_000, 0.3), rng.choice(grid.edges, 500)))
    rng.shuffle(window)
    _check(grid, window, blocks)


def test_a_window_that_sits_in_one_cell_of_the_reference_is_still_told_apart():
    rng = np.random.default_rng(4)
    reference = np.concatenate((rng.normal(0.0, 1e-6, 5_000), rng.normal(1e6, 1e-6, 5_000)))
    _check(numeric_profile(reference).grid, rng.normal(1e6, 1e-6, 50_000), 4)
