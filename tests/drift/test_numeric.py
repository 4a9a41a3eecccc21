"""Effects of numeric columns against SciPy: exact ones to 1e-9, those of the grid within their stated bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.grid import CELL_SHARE
from aiqu_desktop.drift.profiles.profile import spread_of
from aiqu_desktop.drift.univariate.numeric import effects_of, exact_distances, grid_distances, wasserstein_bound
from tests.drift.samples import SHAPES, numeric_profile

_SIZES = [(312, 300), (10_000, 1_000), (1_000, 30), (20_000, 20_000)]
samples = arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32))


def _both(reference, current, kind=ColumnKind.NUMERIC):
    profile = numeric_profile(reference, kind)
    return effects_of([grid_distances(profile, current), exact_distances(reference, current)])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", _SIZES, ids=str)
@pytest.mark.parametrize("shift", [0.0, 0.25, 3.0])
def test_exact_effects_equal_scipys(shape, sizes, shift):
    rng = np.random.default_rng(1)
    reference, current = SHAPES[shape](rng, sizes[0], 0.0), SHAPES[shape](rng, sizes[1], shift)
    exact = exact_distances(reference, current)
    (effects,) = effects_of([exact])
    spread = spread_of(np.sort(reference))
    assert effects["ks"] == pytest.approx(stats.ks_2samp(reference, current).statistic, abs=1e-9)
    assert effects["wasserstein"] * spread == pytest.approx(
        stats.wasserstein_distance(reference, current), abs=1e-9 * max(1.0, spread)
    )
    assert effects["jensen_shannon"] == pytest.approx(
        jensenshannon(exact.reference_bins, exact.current_bins, base=2), abs=1e-9
    )


@pytest.mark.parametrize("kind", [ColumnKind.NUMERIC, ColumnKind.INTEGER])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", _SIZES, ids=str)
@pytest.mark.parametrize("shift", [0.0, 0.25, 3.0])
def test_the_grid_keeps_its_stated_bounds(shape, sizes, shift, kind):
    rng = np.random.default_rng(2)
    reference, current = SHAPES[shape](rng, sizes[0], 0.0), SHAPES[shape](rng, sizes[1], shift)
    grid, exact = _both(reference, current, kind)
    bound = wasserstein_bound(numeric_profile(reference, kind), current)
    assert exact["ks"] - CELL_SHARE - 1e-12 <= grid["ks"] <= exact["ks"] + 1e-12
    assert abs(grid["wasserstein"] - exact["wasserstein"]) <= bound + 1e-9
    for name in ("psi", "jensen_shannon", "hellinger", "total_variation"):
        assert grid[name] == pytest.approx(exact[name], abs=1e-12), name


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "two far modes"])
def test_the_scaled_wasserstein_of_the_grid_is_within_a_thousandth_of_the_spread(shape):
    rng = np.random.default_rng(3)
    reference, current = SHAPES[shape](rng, 10_000, 0.0), SHAPES[shape](rng, 1_000, 0.25)
    grid, exact = _both(reference, current)
    assert grid["wasserstein"] == pytest.approx(exact["wasserstein"], abs=1e-3)


def test_ks_is_exact_for_a_small_reference():
    rng = np.random.default_rng(4)
    grid, exact = _both(rng.normal(size=1_000), rng.normal(0.1, 1.0, 700))
    assert grid["ks"] == pytest.approx(exact["ks"], abs=1e-12)


def test_one_wild_value_in_the_reference_does_not_blind_the_column():
    rng = np.random.default_rng(5)
    reference = rng.normal(size=10_000)
    reference[17] = 1e9
    (effects,) = effects_of([grid_distances(numeric_profile(reference), rng.normal(0.5, 1.0, 1_000))])
    assert effects["wasserstein"] > 0.4


def test_psi_follows_the_textbook_formula_over_reference_deciles():
    reference = np.arange(1_000, dtype=float)
    current = np.repeat(np.arange(10) * 100.0 + 50.0, [10, 10, 10, 10, 10, 10, 10, 10, 10, 110])
    (effects,) = effects_of([grid_distances(numeric_profile(reference), current)])
    shares = np.array([0.05] * 9 + [0.55])
    assert effects["psi"] == pytest.approx(np.sum((shares - 0.1) * np.log(shares / 0.1)))


@pytest.mark.parametrize("shape", SHAPES)
def test_counting_agrees_with_sorting_for_values_on_and_around_every_edge(shape):
    rng = np.random.default_rng(6)
    grid = numeric_profile(SHAPES[shape](rng, 5_000, 0.0)).grid
    near = [grid.edges, np.nextafter(grid.edges, np.inf), np.nextafter(grid.edges, -np.inf)]
    window = np.concatenate([*near, SHAPES[shape](rng, 5_000, 0.1)])
    below, _ = grid.count(window)
    assert window.size > 4096 and np.array_equal(below, np.searchsorted(np.sort(window), grid.edges))


@pytest.mark.parametrize(
    "values", [[5.0] * 50, [0.0] * 50, [-1e150, 1e150] * 30, [1e-300, 2e-300] * 30, [0.0, 5e-324] * 30]
)
def test_degenerate_references_give_finite_effects(values):
    reference = np.array(values)
    for current in (reference, reference + 1.0, np.linspace(-1e150, 1e150, 40)):
        (effects,) = effects_of([grid_distances(numeric_profile(reference), current)])
        assert all(np.isfinite(value) and value >= 0 for value in effects.values())


@settings(max_examples=60, deadline=None)
@given(samples, samples)
def test_effects_stay_within_their_bounds_and_never_are_nan(reference, current):
    for effects in _both(reference, current):
        assert effects["psi"] >= 0 and effects["wasserstein"] >= 0
        assert all(0 <= effects[name] <= 1 for name in ("ks", "jensen_shannon", "hellinger", "total_variation"))


@settings(max_examples=60, deadline=None)
@given(samples)
def test_a_sample_has_no_distance_from_itself(reference):
    for effects in _both(reference, reference[::-1].copy()):
        assert all(value <= 1e-12 for value in effects.values())


@settings(max_examples=40, deadline=None)
@given(samples, samples, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_any_effect(reference, current, random):
    shuffled = current.tolist()
    random.shuffle(shuffled)
    profile = numeric_profile(reference)
    first, second = effects_of([grid_distances(profile, current), grid_distances(profile, np.array(shuffled))])
    assert first == pytest.approx(second, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1000.0), st.floats(-1000.0, 1000.0))
def test_the_scaled_wasserstein_does_not_depend_on_the_unit(seed, factor, offset):
    rng = np.random.default_rng(seed)
    reference, current = rng.normal(size=200), rng.normal(0.3, 1.2, 100)
    grid, exact = _both(reference, current)
    other_grid, other_exact = _both(reference * factor + offset, current * factor + offset)
    assert other_exact["wasserstein"] == pytest.approx(exact["wasserstein"], rel=1e-6)
    assert other_grid["wasserstein"] == pytest.approx(grid["wasserstein"], abs=2e-3)
