"""Whole windows: verdicts, evidence, and what is said when there is not enough data."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import DriftLimits, build_profile, compare, compare_samples
from tests.drift.samples import autoregressive, table_profile

CATEGORICAL = ColumnKind.CATEGORICAL


def _columns(matrix):
    return {f"f{i}": matrix[:, i] for i in range(matrix.shape[1])}


def _category_profile(counts, kind=CATEGORICAL):
    values = np.random.default_rng(30).permutation(np.repeat(list(counts), list(counts.values())))
    return build_profile({"x": values.astype(object)}, {"x": kind})


def test_independent_windows_without_a_change_are_hardly_ever_flagged():
    rng = np.random.default_rng(31)
    profile = table_profile(_columns(rng.normal(size=(10_000, 20))))
    flagged = sum(compare(profile, _columns(rng.normal(size=(1_000, 20)))).drifted for _ in range(100))
    assert flagged <= 1


@pytest.mark.parametrize("factor", [0.5, 0.9])
def test_autocorrelated_windows_without_a_change_are_hardly_ever_flagged(factor):
    rng = np.random.default_rng(32)
    series = autoregressive(rng, 10_000 + 100 * 1_000, 20, factor)
    profile = table_profile(_columns(series[:10_000]))
    starts = range(10_000, series.shape[0], 1_000)
    flagged = sum(compare(profile, _columns(series[start : start + 1_000])).drifted for start in starts)
    assert flagged <= 2


def test_dependence_in_the_window_is_seen_even_when_the_reference_was_shuffled():
    rng = np.random.default_rng(33)
    series = autoregressive(rng, 10_000 + 60 * 1_000, 20, 0.9)
    profile = table_profile(_columns(rng.permutation(series[:10_000])))
    starts = range(10_000, series.shape[0], 1_000)
    flagged = sum(compare(profile, _columns(series[start : start + 1_000])).drifted for start in starts)
    assert flagged <= 2


def test_a_quarter_of_a_standard_deviation_in_one_of_twenty_is_found():
    rng = np.random.default_rng(34)
    profile = table_profile(_columns(rng.normal(size=(10_000, 20))))
    for _ in range(25):
        window = rng.normal(size=(1_000, 20))
        window[:, 7] += 0.25
        assert compare(profile, _columns(window)).drifted_columns == ("f7",)


def test_a_large_sample_does_not_turn_a_trifle_into_drift():
    rng = np.random.default_rng(35)
    profile = table_profile({"x": rng.normal(size=100_000)})
    (column,) = compare(profile, {"x": rng.normal(0.05, 1.0, 100_000)}).columns
    assert column.q_value is not None and column.q_value < 1e-6
    assert not column.drifted


def test_threads_and_one_thread_give_the_same_answer():
    rng = np.random.default_rng(36)
    profile = table_profile(_columns(rng.normal(size=(3_000, 7))))
    window = _columns(rng.normal(0.1, 1.1, size=(1_500, 7)))
    assert compare(profile, window, jobs=2).to_json() == compare(profile, window).to_json()


def test_the_exact_mode_gives_the_same_verdict_and_nearly_the_same_effects():
    rng = np.random.default_rng(37)
    reference, window = _columns(rng.normal(size=(5_000, 4))), _columns(rng.normal(0.3, 1.0, size=(2_000, 4)))
    kinds = dict.fromkeys(reference, ColumnKind.NUMERIC)
    exact, grid = compare_samples(reference, window, kinds), compare(build_profile(reference, kinds), window)
    assert exact.drifted_columns == grid.drifted_columns == tuple(reference)
    for left, right in zip(exact.columns, grid.columns, strict=True):
        assert left.effects["wasserstein"] == pytest.approx(right.effects["wasserstein"], abs=1e-3)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (np.empty(0), "empty"),
        (np.zeros(29), "29 usable values of 29 rows"),
        (np.full(500, np.nan), "500 missing"),
        (np.full(500, np.inf), "500 infinite"),
    ],
)
def test_too_little_data_is_said_and_is_not_good_news(window, said):
    result = compare(table_profile({"x": np.random.default_rng(38).normal(size=400)}), {"x": window})
    (column,) = result.columns
    assert column.method == "not enough data" and said in column.note
    assert column.effect is None and column.p_value is None and not column.drifted
    assert not result.enough_data and result.compared == 0
    assert "NaN" not in json.dumps(result.to_json())


def test_a_reference_without_values_is_not_compared():
    result = compare(table_profile({"x": np.full(400, np.nan)}), {"x": np.zeros(400)})
    assert "the reference has 0 usable values" in result.columns[0].note


def test_a_constant_column_that_leaves_its_value_drifts():
    profile = table_profile({"x": np.full(500, 100.0)})
    window = np.full(300, 100.0)
    assert not compare(profile, {"x": window}).drifted
    window[::5] = 100.001
    (column,) = compare(profile, {"x": window}).columns
    assert column.drifted and column.effect_name == "ks" and column.effect == pytest.approx(0.2)


def test_missing_rows_are_left_out_and_their_rate_is_reported():
    rng = np.random.default_rng(39)
    values, window = rng.normal(size=4_000), rng.normal(size=1_000)
    values[::10] = np.nan
    window[::2] = np.nan
    (column,) = compare(table_profile({"x": values}), {"x": window}).columns
    assert (column.n_reference, column.n_current) == (3_600, 500)
    assert column.effects["missing_rate_change"] == pytest.approx(0.4)
    assert not column.drifted


def test_unseen_and_vanished_categories_are_listed_and_count_as_drift():
    profile = _category_profile({"A": 500, "B": 300, "C": 200})
    window = np.array((["A"] * 5 + ["B"] * 2 + ["D"] * 3) * 40, dtype=object)
    (column,) = compare(profile, {"x": np.random.default_rng(40).permutation(window)}).columns
    assert column.drifted and column.method == "chi-squared"
    assert column.unseen == ("D",) and column.vanished == ("C",)


def test_categories_in_the_same_proportions_do_not_drift():
    profile = _category_profile({"A": 500, "B": 300, "C": 200})
    rng = np.random.default_rng(41)
    windows = [rng.choice(["A", "B", "C"], 400, p=[0.5, 0.3, 0.2]) for _ in range(50)]
    assert not any(compare(profile, {"x": window}).drifted for window in windows)


def test_booleans_of_any_spelling_mean_the_same():
    profile = _category_profile({True: 300, False: 700}, ColumnKind.BOOLEAN)
    for yes, no in ((True, False), (1.0, 0.0), ("True", "False"), (1, 0)):
        (column,) = compare(profile, {"x": np.array([yes] * 30 + [no] * 70, dtype=object)}).columns
        assert column.effects["total_variation"] == pytest.approx(0.0) and column.unseen == ()


def test_missing_booleans_and_categories_are_missing_and_no_category():
    profile = _category_profile({True: 300, False: 700}, ColumnKind.BOOLEAN)
    window = np.array([1.0] * 30 + [0.0] * 70 + [np.nan] * 100)
    (column,) = compare(profile, {"x": window}).columns
    assert column.n_current == 100 and column.missing_current == pytest.approx(0.5)
    assert column.effects["total_variation"] == pytest.approx(0.0) and column.unseen == ()


def test_importance_decides_where_it_is_known():
    rng = np.random.default_rng(42)
    profile = table_profile(_columns(rng.normal(size=(2_000, 4))))
    window = rng.normal(size=(1_000, 4))
    window[:, 3] += 1.0
    trifle = compare(profile, _columns(window), importance={"f0": 0.9, "f1": 0.09, "f3": 0.01})
    weighty = compare(profile, _columns(window), importance={"f0": 0.5, "f3": 0.5})
    assert trifle.drifted_columns == weighty.drifted_columns == ("f3",)
    assert (trifle.drifted, trifle.weighted_share) == (False, pytest.approx(0.01))
    assert (weighty.drifted, weighty.weighted_share) == (True, pytest.approx(0.5))
    assert compare(profile, _columns(window), limits=DriftLimits(min_share=0.25)).drifted is False


def test_a_limit_of_its_own_holds_for_its_column_only():
    rng = np.random.default_rng(43)
    profile = table_profile(_columns(rng.normal(size=(5_000, 2))))
    window = _columns(rng.normal(0.5, 1.0, size=(1_000, 2)))
    result = compare(profile, window, limits=DriftLimits(column_limits={"f0": 2.0}))
    assert result.drifted_columns == ("f1",) and result.columns[0].limit == 2.0


def test_sample_sizes_are_divided_by_the_larger_autocorrelation_time():
    rng = np.random.default_rng(44)
    profile = table_profile({"x": rng.normal(size=5_000)})
    (column,) = compare(profile, {"x": autoregressive(rng, 2_000, 1, 0.9)[:, 0]}).columns
    assert column.autocorrelation > 8
    assert column.effective_current == pytest.approx(2_000 / column.autocorrelation)


def test_a_window_that_lacks_a_column_is_an_error_that_names_it():
    profile = table_profile({"x": np.arange(50.0), "y": np.arange(50.0)})
    with pytest.raises(UserError, match="no column 'y'"):
        compare(profile, {"x": np.arange(40.0)})
    with pytest.raises(UserError, match="different lengths"):
        compare(profile, {"x": np.arange(40.0), "y": np.arange(41.0)})


def test_a_result_is_plain_json_without_a_nan():
    rng = np.random.default_rng(45)
    profile = table_profile(_columns(rng.normal(size=(500, 3))))
    data = json.loads(json.dumps(compare(profile, _columns(rng.normal(size=(100, 3)))).to_json(), allow_nan=False))
    assert [column["name"] for column in data["columns"]] == ["f0", "f1", "f2"]
    assert all(math.isfinite(column["p_value"]) for column in data["columns"])
