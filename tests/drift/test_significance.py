"""p-values, categorical tests and multiple testing against SciPy and by their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from aiqu_desktop.drift import benjamini_hochberg, holm
from aiqu_desktop.drift.univariate.significance import (
    chi_squared,
    chi_squared_p,
    g_test,
    kolmogorov_smirnov_p,
    pool_rare,
)

p_lists = arrays(np.float64, st.integers(0, 40), elements=st.floats(0, 1))


@pytest.mark.parametrize("sizes", [(40, 35), (300, 312), (10_000, 1_000)])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.3])
def test_ks_p_values_are_near_scipys(sizes, shift):
    rng = np.random.default_rng(20)
    reference, current = rng.normal(size=sizes[0]), rng.normal(shift, 1.0, sizes[1])
    expected = stats.ks_2samp(reference, current)
    ours = kolmogorov_smirnov_p(np.array([expected.statistic]), np.array([sizes[0]]), np.array([sizes[1]]))
    assert ours[0] == pytest.approx(expected.pvalue, rel=0.25, abs=0.03)


def test_ks_p_values_are_uniform_enough_under_no_change():
    rng = np.random.default_rng(21)
    statistics = np.array([stats.ks_2samp(rng.normal(size=200), rng.normal(size=150)).statistic for _ in range(400)])
    p_values = kolmogorov_smirnov_p(statistics, np.full(400, 200.0), np.full(400, 150.0))
    assert 0.01 <= np.mean(p_values <= 0.05) <= 0.09


@pytest.mark.parametrize("seed", range(5))
def test_chi_squared_and_g_equal_scipys(seed):
    rng = np.random.default_rng(seed)
    reference, current = (rng.integers(0, 90, 8).astype(float) for _ in range(2))
    reference[0], current[0] = 0, 0
    table = np.vstack([reference, current])[:, (reference + current) > 0]
    for ours, kind in ((chi_squared, "pearson"), (g_test, "log-likelihood")):
        expected = stats.chi2_contingency(table, correction=False, lambda_=kind)
        statistic, degrees = ours(reference, current)
        assert (statistic, degrees) == (pytest.approx(expected.statistic, rel=1e-9), expected.dof)
        p_value = chi_squared_p(np.array([statistic]), np.array([float(degrees)]))[0]
        assert p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_a_single_category_gives_no_evidence():
    assert chi_squared(np.array([10.0]), np.array([20.0])) == (0.0, 0)
    assert chi_squared_p(np.array([0.0]), np.array([0.0]))[0] == 1.0


def test_rare_categories_are_pooled_without_losing_a_row():
    reference, current = np.array([500.0, 3, 2, 1]), np.array([100.0, 0, 1, 1])
    pooled_reference, pooled_current = pool_rare(reference, current)
    assert pooled_reference.tolist() == [500, 6] and pooled_current.tolist() == [100, 2]


@given(p_lists)
def test_benjamini_hochberg_equals_scipys_and_holm_is_never_below_it(p_values):
    q_values = benjamini_hochberg(p_values)
    if p_values.size:
        assert q_values == pytest.approx(stats.false_discovery_control(p_values), abs=1e-12)
    adjusted = holm(p_values)
    assert np.all(adjusted >= q_values - 1e-12) and np.all(q_values >= p_values - 1e-12)
    assert np.all(adjusted <= 1)


@given(p_lists)
def test_adjusted_values_keep_the_order_of_the_p_values(p_values):
    order = np.argsort(p_values, kind="stable")
    for adjust in (benjamini_hochberg, holm):
        assert np.all(np.diff(adjust(p_values)[order]) >= 0)


def test_holm_follows_its_definition():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
