"""The lattice of float bits: monotone, exact at its boundaries, fine where the data are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiqu_desktop.drift.profiles.lattice import CELLS, Lattice, even_lattice, fit_lattice, rounding_lattice
from aiqu_desktop.drift.profiles.tally import tally
from tests.drift.samples import SHAPES

finite = st.floats(-1e150, 1e150)
points = arrays(np.float64, st.integers(1, 80), elements=finite)

HARD = {
    **SHAPES,
    "cauchy": lambda rng, n, shift: rng.standard_cauchy(n) + shift,
    "lognormal 4": lambda rng, n, shift: rng.lognormal(shift, 4.0, n),
    "offset": lambda rng, n, shift: 1e6 + 1e-3 * rng.normal(shift, 1.0, n),
    "tiny": lambda rng, n, shift: 1e-12 * rng.exponential(1.0 + shift, n),
}


@settings(max_examples=80, deadline=None)
@given(points, arrays(np.float64, 40, elements=st.floats(allow_nan=False)))
def test_a_lattice_never_reverses_an_order(fitted, values):
    lattice = fit_lattice(np.sort(fitted))
    ordered = np.sort(np.concatenate((fitted, values, -values)))
    assert np.all(np.diff(lattice.place(ordered)) >= 0)


@settings(max_examples=80, deadline=None)
@given(points)
def test_what_a_lattice_was_fitted_to_lies_between_its_open_cells(fitted):
    cells = fit_lattice(np.sort(fitted)).place(fitted)
    lattice = fit_lattice(np.sort(fitted))
    assert cells.min() >= 1 and cells.max() <= lattice.cells <= CELLS


@settings(max_examples=60, deadline=None)
@given(points)
def test_the_least_value_of_a_cell_is_so_to_the_last_bit(fitted):
    lattice = fit_lattice(np.sort(fitted))
    cells = np.unique(lattice.place(fitted))
    least = lattice.least_values(cells)
    assert np.array_equal(lattice.place(least), cells)
    assert np.all(lattice.place(np.nextafter(least, -np.inf)) < cells)


def test_missing_and_infinite_values_fall_into_the_open_cells():
    for lattice in (even_lattice(0.0, 1.0), fit_lattice(np.linspace(-3.0, 5.0, 100) ** 3)):
        cells = lattice.place(np.array([np.inf, -np.inf, np.nan, -np.nan]))
        assert set(cells.tolist()) <= {0, lattice.cells + 1}
        assert cells[0] == lattice.cells + 1 and cells[1] == 0


def test_both_zeros_share_a_cell():
    for centre in (0.0, -0.0):
        cells = Lattice(centre, 1.0, 4, -30, 60).place(np.array([0.0, -0.0]))
        assert cells[0] == cells[1]


@pytest.mark.parametrize("shape", [name for name in HARD if name not in ("two far modes", "mostly zero")])
def test_no_cell_is_crowded_but_by_a_single_value(shape):
    values = np.sort(HARD[shape](np.random.default_rng(1), 100_000, 0.0))
    lattice = fit_lattice(values[(np.arange(2049) * (values.size - 1)) // 2048])
    distinct, weights = np.unique(values, return_counts=True)
    loose = distinct[weights < values.size / 2048]
    if loose.size:
        share = np.bincount(lattice.place(loose), weights=weights[weights < values.size / 2048]).max() / values.size
        assert share <= 4 / 1024


@pytest.mark.parametrize(
    "wrong", [(0.0, 0.3, 4, 0, 9), (0.0, 1.0, 60, 0, 9), (0.0, 1.0, 4, 0, 0), (np.inf, 1.0, 4, 0, 9)]
)
def test_an_impossible_lattice_is_refused(wrong):
    with pytest.raises(ValueError, match="impossible"):
        Lattice(*wrong)


@pytest.mark.parametrize("ends", [(-4.7, 4.9), (0.0, 1.0), (1e6, 1e6 + 1e-3), (-1e9, 1e9), (1.7e9, 1.7e9 + 1e-5)])
def test_a_rounding_lattice_has_cells_of_one_width_and_sends_what_is_far_to_the_open_cells(ends):
    lattice = rounding_lattice(*ends)
    assert lattice.cells <= CELLS and lattice.place(np.array(ends)).tolist() == [1, lattice.cells]
    far = np.array([-1e300, -1e30, -1e12, 1e12, 1e30, 1e300])
    assert lattice.place(far).tolist() == [0, 0, 0] + 3 * [lattice.cells + 1]
    widths = np.diff(lattice.least_values(np.arange(1, lattice.cells + 1)))
    assert np.ptp(widths) <= 4.0 * np.spacing(max(np.abs(ends)))


@pytest.mark.parametrize("ends", [(0.0, 0.0), (5.0, 5.0), (-1e149, 1e149), (1e-300, 1e-299)])
def test_where_doubles_cannot_give_a_rounding_lattice_there_is_none(ends):
    assert rounding_lattice(*ends) is None


@settings(max_examples=80, deadline=None)
@given(points, arrays(np.float64, st.integers(1, 200), elements=st.floats()))
def test_a_tally_counts_every_value_in_its_cell(fitted, values):
    lattice = fit_lattice(np.sort(fitted))
    for block in (values, values[:7], np.concatenate((fitted, values))):  # shorter ones see no trace of longer ones
        cells, counts = tally(lattice, block)
        assert np.array_equal(cells, lattice.place(block))
        assert np.array_equal(counts, np.bincount(cells, minlength=lattice.cells + 2))
