"""Intervals, performance figures and the onset of a rise."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift import classification_metrics, mean_interval, onset, regression_metrics, summary, wilson


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (3, 7), (480, 500), (0, 1)])
def test_wilson_equals_scipys(successes, n):
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_no_trial_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert classification_metrics(np.empty(0), np.empty(0)) == {}
    assert regression_metrics(np.full(3, np.nan), np.zeros(3)) == {}


def test_the_mean_interval_covers_a_skewed_mean_as_often_as_it_says():
    rng = np.random.default_rng(50)
    intervals = [mean_interval(rng.lognormal(0.0, 1.0, 60)) for _ in range(500)]
    covered = np.mean([low <= math.exp(0.5) <= high for low, high in intervals])
    assert 0.90 <= covered <= 0.99


def test_classification_figures_are_right_by_hand():
    labels = np.array(["a", "a", "a", "b", "b", None], dtype=object)
    answers = np.array(["a", "a", "b", "b", None, "a"], dtype=object)
    scores = np.array([[0.9, 0.1], [0.5, 0.5], [0.4, 0.6], [0.2, 0.8], [np.nan, np.nan], [1.0, 0.0]])
    found = classification_metrics(labels, answers, scores, ["a", "b"])
    assert {found[name].n for name in ("accuracy", "balanced_accuracy", "macro_f1")} == {5}
    assert found["accuracy"].value == pytest.approx(3 / 5)
    assert found["balanced_accuracy"].value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found["macro_f1"].value == pytest.approx((2 * 2 / 5 + 2 * 1 / 4) / 2)
    assert found["log_loss"].value == pytest.approx(-np.mean(np.log([0.9, 0.5, 0.4, 0.8])))
    assert found["log_loss"].n == 4


def test_regression_figures_are_right_by_hand():
    labels, answers = np.array([1.0, 2.0, 3.0, 4.0, np.nan]), np.array([1.5, 2.0, 2.0, 5.0, 9.0])
    found = regression_metrics(labels, answers)
    errors = np.array([0.5, 0.0, -1.0, 1.0])
    assert found["mae"].value == pytest.approx(np.abs(errors).mean())
    assert found["rmse"].value == pytest.approx(np.sqrt((errors**2).mean()))
    assert found["bias"].value == pytest.approx(errors.mean())
    assert found["r2"].value == pytest.approx(1 - (errors**2).sum() / 5.0)
    assert found["mae"].n == 4


def test_equal_labels_have_no_r2():
    assert "r2" not in regression_metrics(np.full(10, 3.0), np.arange(10.0))


def test_every_interval_holds_its_value_and_is_the_same_each_time():
    rng = np.random.default_rng(51)
    labels = rng.choice(["a", "b", "c"], 400)
    answers = np.where(rng.random(400) < 0.8, labels, "a")
    truth = rng.normal(10, 3, 400)
    for find in (lambda: classification_metrics(labels, answers), lambda: regression_metrics(truth, truth * 1.1)):
        first, again = find(), find()
        assert summary(first) == summary(again)
        assert all(estimate.low <= estimate.value <= estimate.high for estimate in first.values())


@pytest.mark.parametrize("rows", [300, 5_000])
def test_bootstrap_intervals_cover_as_often_as_they_say(rows):
    rng = np.random.default_rng(52)
    covered = {"rmse": 0, "r2": 0}
    for _ in range(40):
        truth = rng.normal(0.0, 2.0, rows)
        found = regression_metrics(truth, truth + rng.normal(0.0, 1.0, rows))
        for name, value in (("rmse", 1.0), ("r2", 0.75)):
            covered[name] += found[name].low <= value <= found[name].high
    assert all(33 <= count <= 40 for count in covered.values())


def test_a_hundred_thousand_rows_take_less_than_a_second():
    rng = np.random.default_rng(53)
    labels = rng.choice(["a", "b", "c", "d"], 100_000)
    started = time.process_time()
    regression_metrics(rng.normal(size=100_000), rng.normal(size=100_000))
    classification_metrics(labels, labels, rng.random((100_000, 4)), ["a", "b", "c", "d"])
    assert time.process_time() - started < 2.0


def test_unequal_lengths_and_scores_that_do_not_fit_are_refused():
    with pytest.raises(UserError, match="3 labels and 2 predictions"):
        regression_metrics(np.zeros(3), np.zeros(2))
    with pytest.raises(UserError, match="scores have shape"):
        classification_metrics(np.array(["a"]), np.array(["a"]), np.zeros((1, 3)), ["a", "b"])


def _errors(rng, level):
    return (rng.random(1_000) < np.where(np.arange(1_000) < 600, 0.03, level)).astype(float)


def test_the_onset_of_more_errors_is_found():
    rng = np.random.default_rng(54)
    found = [onset(_errors(rng, 0.3), expected=0.03) for _ in range(40)]
    assert abs(np.median(found) - 600) <= 5
    assert np.quantile(np.abs(np.array(found) - 600), 0.9) <= 25


def test_the_onset_of_larger_errors_is_found_in_spite_of_single_wild_ones():
    rng = np.random.default_rng(55)
    found = []
    for _ in range(40):
        losses = np.abs(rng.normal(0.0, np.where(np.arange(1_000) < 600, 1.0, 2.0)))
        losses[[50, 300, 990]] = 200.0
        found.append(onset(losses, expected=0.8))
    assert np.quantile(np.abs(np.array(found) - 600), 0.9) <= 40


def test_losses_that_did_not_rise_have_no_onset():
    rng = np.random.default_rng(56)
    quiet = [onset((rng.random(500) < 0.02).astype(float), expected=0.05) == 500 for _ in range(50)]
    assert sum(quiet) >= 45
    assert onset(np.zeros(500), expected=0.0) == 500
    assert onset(np.empty(0), expected=0.1) == 0


def test_missing_losses_are_passed_over():
    losses = np.array([0.0] * 50 + [np.nan] * 10 + [1.0] * 20)
    assert onset(losses, expected=0.02) == 60
