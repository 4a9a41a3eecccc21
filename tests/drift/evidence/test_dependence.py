"""Dependent rows: p-values that hold, budgets that are kept, permutations by blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import DriftLimits, build_profile, compare
from aiqu_desktop.drift.evidence import AlarmBudget, block_permutation_p, cauchy_combination
from aiqu_desktop.drift.evidence.autocorrelation import cautious_times, dependence_of_categories, integrated_times
from aiqu_desktop.drift.evidence.dependence import fisher_tail, reconcile, student, student_tail
from tests.drift.samples import autoregressive, table_profile


def _columns(matrix):
    return {f"f{i}": matrix[:, i] for i in range(matrix.shape[1])}


def test_evidence_alone_keeps_its_level_where_the_reference_was_shuffled():
    rng = np.random.default_rng(60)
    series = autoregressive(rng, 10_000 + 60 * 1_000, 20, 0.9)
    profile = table_profile(_columns(rng.permutation(series[:10_000])))
    limits = DriftLimits(numeric_limit=0.0)  # the evidence alone must hold
    starts = range(10_000, series.shape[0], 1_000)
    assert not any(compare(profile, _columns(series[s : s + 1_000]), limits=limits).drifted for s in starts)


def test_p_values_of_single_columns_are_no_smaller_than_they_should_be():
    rng = np.random.default_rng(61)
    for factor in (0.0, 0.9):
        p_values = []
        for _ in range(4):
            rows = autoregressive(rng, 5_500, 20, factor)
            result = compare(table_profile(_columns(rows[:5_000])), _columns(rows[5_000:]))
            p_values += [column.p_value for column in result.columns]
        assert np.mean(np.array(p_values) <= 0.05) <= 0.08


@pytest.mark.parametrize("shuffled", [False, True])
def test_dependent_categories_without_a_change_are_hardly_ever_flagged(shuffled):
    rng = np.random.default_rng(66)
    rows = np.floor(stats.norm.cdf(autoregressive(rng, 16_000, 12, 0.9)) * 8).clip(0, 7)
    names = rows.astype(int).astype(str).astype(object)
    known = rng.permutation(names[:6_000]) if shuffled else names[:6_000]
    columns = _columns(known)
    profile = build_profile(columns, dict.fromkeys(columns, ColumnKind.CATEGORICAL))
    limits = DriftLimits(categorical_limit=0.0)
    starts = range(6_000, 16_000, 500)
    assert sum(compare(profile, _columns(names[s : s + 500]), limits=limits).drifted for s in starts) <= 1


def test_uneven_dependence_of_categories_is_seen():
    rng = np.random.default_rng(67)
    slow = np.floor(stats.norm.cdf(autoregressive(rng, 3_000, 1, 0.9)[:, 0]) * 6).astype(int)
    time, unevenness = dependence_of_categories(slow.astype(str).tolist())
    assert time > 4 and unevenness > 0.2
    time, unevenness = dependence_of_categories(rng.choice(list("ABCDEF"), 3_000).tolist())
    assert time < 1.3 and unevenness < 0.05
    assert dependence_of_categories(["A"] * 50) == (1.0, 0.0) == dependence_of_categories(["A", None])


@pytest.mark.parametrize("share", [0.35, 0.5, 0.8])
def test_a_change_halfway_through_a_window_does_not_hide_itself(share):
    rng = np.random.default_rng(68)
    profile = table_profile({"x": rng.normal(size=5_000), "y": rng.normal(size=5_000)})
    window = {"x": rng.normal(size=800), "y": rng.normal(size=800)}
    window["x"][-int(800 * share) :] += 2.0
    assert compare(profile, window).drifted_columns == ("x",)
    names = {"x": np.where(rng.random(5_000) < 0.5, "A", "B").astype(object)}
    late = np.where(rng.random(800) < np.where(np.arange(800) > 800 * (1 - share), 0.95, 0.5), "A", "B").astype(object)
    assert compare(build_profile(names, {"x": ColumnKind.CATEGORICAL}), {"x": late}).drifted


def test_a_change_of_spread_is_found_in_few_rows():
    rng = np.random.default_rng(62)
    profile = table_profile({"x": rng.normal(size=10_000)})
    for _ in range(10):
        (column,) = compare(profile, {"x": rng.normal(0, 1.5, 300)}).columns
        assert column.drifted


def test_a_windows_time_is_at_least_its_first_order_time():
    rows = autoregressive(np.random.default_rng(63), 2_000, 10, 0.8).T
    cautious = cautious_times(rows - rows.mean(axis=1, keepdims=True))
    assert np.all(cautious > 6) and np.mean(cautious) >= np.mean(integrated_times(rows)) - 0.5
    alternating = np.tile([1.0, -1.0], 500)[np.newaxis, :]
    assert cautious_times(alternating)[0] == 1.0
    assert cautious_times(np.zeros((2, 100))).tolist() == [1.0, 1.0]


def test_the_larger_time_holds_and_an_odd_one_stands_alone():
    ten, thousand = np.array([10_000.0]), np.array([1_000.0])
    alike = reconcile(np.array([19.0]), ten, np.array([15.0]), thousand)
    odd = reconcile(np.array([1.0]), ten, np.array([19.0]), thousand)
    assert alike.times[0] == odd.times[0] == 19.0
    assert alike.freedom[0] > 50 and odd.freedom[0] < 6


def test_tails_are_students_and_fishers():
    z, freedom = np.array([0.5, 3.0]), np.array([4.0, 40.0])
    assert student_tail(z, freedom) == pytest.approx(2 * stats.t.sf(z, freedom))
    assert student(2 * stats.norm.sf(z), freedom) == pytest.approx(2 * stats.t.sf(z, freedom))
    assert fisher_tail(np.array([9.0, 1.0]), np.array([3.0, 0.0]), freedom) == pytest.approx(
        [stats.f.sf(3.0, 3, 4), 1.0]
    )


def test_a_budget_becomes_the_level_of_a_check():
    assert AlarmBudget(per_year=2, checks_per_year=8_760).level == pytest.approx(2 / 8_760)
    assert AlarmBudget(per_year=10, checks_per_year=52).level == 0.01
    assert AlarmBudget(per_year=10, checks_per_year=52).expected == pytest.approx(0.52)
    with pytest.raises(ValueError, match="budget"):
        AlarmBudget(per_year=0)


def test_cauchys_combination_of_equal_p_values_is_that_value():
    for p in (1e-200, 1e-12, 1e-5, 0.3, 0.9):
        assert cauchy_combination(np.array([p, p, p])) == pytest.approx(p, rel=1e-6)
    assert cauchy_combination(np.empty(0)) == 1.0
    assert cauchy_combination(np.array([1e-20, 0.9])) == pytest.approx(2e-20, rel=1e-3)


def _gap(window, reference):
    return np.abs(window - reference).max(axis=1)


def test_block_permutation_holds_under_dependence_and_finds_a_shift():
    rng = np.random.default_rng(64)
    p_values = []
    for _ in range(60):
        rows = autoregressive(rng, 3_000, 2, 0.8)
        p_values.append(block_permutation_p(rows[:2_000], rows[2_000:], _gap, time=9.0, permutations=199))
    assert np.mean(np.array(p_values) <= 0.05) <= 0.15
    rows = rng.normal(size=(3_000, 2))
    rows[2_000:, 1] += 0.3
    assert block_permutation_p(rows[:2_000], rows[2_000:], _gap) == pytest.approx(0.001)


def test_a_permutation_of_few_blocks_says_nothing():
    rows = np.random.default_rng(65).normal(size=(60, 1))
    assert block_permutation_p(rows, rows + 9.0, _gap, time=20.0) == 1.0
    with pytest.raises(ValueError, match="columns differ"):
        block_permutation_p(rows, np.zeros((60, 2)), _gap)


def test_a_time_that_is_multiplied_out_is_that_of_the_whole_spectrum():
    rng = np.random.default_rng(71)
    for factor in (-0.4, 0.0, 0.2, 0.5, 0.9):
        series = autoregressive(rng, 20_000, 3, factor).T
        ranks = stats.rankdata(series, axis=1) - 10_000.5
        spectrum = np.abs(np.fft.rfft(ranks, n=40_000, axis=1)) ** 2
        covariance = np.fft.irfft(spectrum, axis=1)[:, :10_001]
        times = 1.0 + 2.0 * np.cumsum(covariance[:, 1:] / covariance[:, :1], axis=1)
        last = np.argmax(np.arange(1, 10_001) >= 5.0 * times, axis=1)
        whole = times[np.arange(3), last] * (1.0 + (2.0 * last + 3.0) / 20_000)
        assert integrated_times(series) == pytest.approx(np.maximum(whole, 1.0), rel=1e-9)
