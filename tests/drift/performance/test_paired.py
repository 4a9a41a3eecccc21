"""Champion against challenger: published answers, power, and honesty under dependence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.performance import compare_accuracy, compare_losses, mcnemar_mid_p


def _pairs(both, gained, lost, neither):
    old = np.repeat(["y", "n", "y", "n"], [both, gained, lost, neither])
    new = np.repeat(["y", "y", "n", "n"], [both, gained, lost, neither])
    return np.full(old.size, "y"), old, new


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_mid_p_is_the_exact_one_less_half_the_point(gained, lost):
    n, fewer = gained + lost, min(gained, lost)
    binomial = stats.binom(n, 0.5)
    expected = 1.0 if gained == lost else 2 * binomial.cdf(fewer) - binomial.pmf(fewer)
    assert mcnemar_mid_p(gained, lost) == pytest.approx(expected, abs=1e-9)


def test_the_published_example_of_airway_responsiveness_comes_out():
    """Fagerland, Lydersen and Laake, 2013, table 1: 1, 1, 7 and 12 children; mid-p 0.039."""
    found = compare_accuracy(*_pairs(1, 1, 7, 12), dependent=False)
    assert found.difference == pytest.approx(-6 / 21)
    assert found.p_value == pytest.approx(0.0390625)
    assert (found.low, found.high) == pytest.approx((-0.507, -0.026), abs=0.001)
    assert found.challenger_is_worse and not found.challenger_is_better


def test_equal_answers_show_no_difference():
    found = compare_accuracy(*_pairs(50, 0, 0, 5))
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert found.low <= 0.0 <= found.high


def test_the_interval_covers_and_the_test_keeps_its_level_when_nothing_differs():
    rng = np.random.default_rng(71)
    covered = rejected = 0
    for _ in range(300):
        old = np.where(rng.random(200) < 0.8, "y", "n")
        new = np.where(rng.random(200) < 0.5, old, np.where(rng.random(200) < 0.8, "y", "n"))
        found = compare_accuracy(np.full(200, "y"), old, new, dependent=False)
        covered += found.low <= 0.0 <= found.high
        rejected += found.p_value < 0.05
    assert covered >= 275
    assert rejected <= 25


def test_dependent_rows_do_not_make_a_difference_out_of_nothing():
    rng = np.random.default_rng(72)
    rejected = {True: 0, False: 0}
    for _ in range(100):
        slow = np.repeat(rng.random(40), 25)
        old, new = np.where(slow < 0.5, "y", "n"), np.where(slow < 0.5, "n", "y")
        for dependent in rejected:
            rejected[dependent] += compare_accuracy(np.full(1000, "y"), old, new, dependent=dependent).p_value < 0.05
    assert rejected[True] <= 12
    assert rejected[False] >= 40


def test_losses_are_compared_by_the_paired_t_test():
    rng = np.random.default_rng(73)
    old = rng.exponential(1.0, 300)
    new = old * 0.9 + rng.normal(0, 0.1, 300)
    expected = stats.ttest_rel(new, old)
    found = compare_losses("mae", old, new, dependent=False)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-9)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert found.challenger_is_better


def test_missing_losses_go_and_unpaired_ones_are_refused():
    found = compare_losses("mae", np.array([1.0, np.nan, 2.0]), np.array([1.0, 1.0, 2.0]))
    assert (found.n, found.difference, found.p_value) == (2, 0.0, 1.0)
    assert compare_losses("mae", np.ones(1), np.ones(1)) is None
    assert compare_accuracy(np.array([None]), np.array(["a"]), np.array(["b"])) is None
    with pytest.raises(UserError, match="pair the rows"):
        compare_losses("mae", np.ones(2), np.ones(3))
