"""The figures against scikit-learn's, and their intervals against what they promise.

GOLDEN_* were made once with scikit-learn 1.9.1 (accuracy_score, balanced_accuracy_score, f1_score, precision_score,
recall_score, log_loss, brier_score_loss, roc_auc_score with multi_class="ovr", mean_absolute_error, r2_score, ...) from
the rows that `drawn` and `measured` give; scikit-learn is not needed to run this.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.performance import (
    CostMatrix,
    ErrorCosts,
    classification_metrics,
    confusion_matrix,
    regression_metrics,
)
from aiqu_desktop.drift.performance.ranking import auc_components

GOLDEN_TWO = {
    "accuracy": 0.8375,
    "balanced_accuracy": 0.8374584364609116,
    "macro_f1": 0.8374746054070948,
    "macro_precision": 0.8375850340136055,
    "macro_recall": 0.8374584364609116,
    "log_loss": 0.30102493211260045,
    "f1": 0.8395061728395061,
    "precision": 0.8333333333333334,
    "recall": 0.845771144278607,
    "roc_auc": 0.9527988199704993,
    "brier": 0.09577924249999999,
}
GOLDEN_THREE = {
    "accuracy": 0.765,
    "balanced_accuracy": 0.7650469457225153,
    "macro_f1": 0.764883414193319,
    "macro_precision": 0.7651198280276413,
    "macro_recall": 0.7650469457225153,
    "log_loss": 0.5262380730914046,
    "roc_auc": 0.9320002939317661,
    "brier": 0.3116414689276486,
}
GOLDEN_REGRESSION = {
    "mae": 0.6480096608045358,
    "rmse": 0.7157607986206536,
    "r2": 0.9605100731824535,
    "mape": 0.6299607355866259,
    "bias": 0.10280092908990691,
}


def drawn(classes, n=400):
    place = np.arange(n)
    labels = ((place * 0.6180339887498949) % 1 * classes).astype(int)
    waves = [np.sin((place + 1) * (k + 1) * 1.7) + 1.001 + 1.2 * (labels == k) for k in range(classes)]
    raw = np.stack(waves, axis=1) ** 2
    rounded = np.round(raw / raw.sum(axis=1, keepdims=True), 3)
    return labels, rounded / rounded.sum(axis=1, keepdims=True), rounded.argmax(axis=1)


def named(codes):
    return np.array(list("abcdef"))[codes]


@pytest.mark.parametrize(("classes", "golden"), [(2, GOLDEN_TWO), (3, GOLDEN_THREE)])
def test_classification_figures_equal_scikit_learns(classes, golden):
    labels, scores, answers = drawn(classes)
    found = classification_metrics(named(labels), named(answers), scores, list("abcdef")[:classes])
    assert set(found) == set(golden) | {"calibration_error"}
    assert {name: found[name].value for name in golden} == pytest.approx(golden, abs=1e-9)


def test_regression_figures_equal_scikit_learns():
    place = np.arange(300)
    truth = 5 * np.sin(place * 1.3) + place * 0.01
    truth[::50] = 0.0
    found = regression_metrics(truth, truth + np.cos(place * 2.1) + 0.1)
    assert {name: estimate.value for name, estimate in found.items()} == pytest.approx(GOLDEN_REGRESSION, abs=1e-9)
    assert (found["mae"].n, found["mape"].n) == (300, 294)


def test_a_regressors_errors_cost_by_their_side():
    truth = np.linspace(0.0, 9.0, 200)
    errors = np.where(np.arange(200) % 2, 3.0, -1.0)
    found = regression_metrics(truth, truth + errors, costs=ErrorCosts(over=2.0, under=10.0))
    assert found["cost_per_decision"].value == pytest.approx((2 * 3 + 10 * 1) / 2)
    assert found["total_cost"].value == pytest.approx(200 * 8.0)
    assert found["cost_per_decision"].low < 8.0 < found["cost_per_decision"].high and found["total_cost"].n == 200


def test_labels_that_are_all_zero_have_no_relative_error():
    assert "mape" not in regression_metrics(np.zeros(5), np.ones(5))


def test_a_figure_without_rows_behind_it_is_left_out():
    found = classification_metrics(np.array(["ok"] * 4), np.array(["ok"] * 4), np.full((4, 2), 0.5), ["ok", "bad"])
    assert not {"precision", "recall", "f1", "roc_auc"} & set(found)


def test_the_positive_class_may_be_named_and_must_exist():
    labels, scores, answers = drawn(2)
    found = classification_metrics(named(labels), named(answers), scores, ["a", "b"], positive="a")
    assert found["recall"].value == pytest.approx(165 / 199)
    with pytest.raises(UserError, match="positive class"):
        classification_metrics(named(labels), named(answers), scores, ["a", "b"], positive="z")


def test_the_confusion_matrix_counts_missing_answers_apart():
    labels = np.array(["a", "a", "b", "b", None], dtype=object)
    matrix = confusion_matrix(labels, np.array(["a", "b", "b", None, "a"], dtype=object), ["a", "b"])
    assert matrix.counts.tolist() == [[1, 1, 0], [0, 1, 1]]
    assert matrix.n == 4
    assert matrix.of_class("b")["recall"].value == 0.5
    assert matrix.to_json() == {"classes": ["a", "b"], "counts": [[1, 1, 0], [0, 1, 1]]}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40))
def test_the_area_is_the_share_of_pairs_in_the_right_order_and_its_error_is_delongs(rows):
    own = np.array([row[0] for row in rows])
    scores = np.array([row[1] / 6 for row in rows])
    if own.all() or not own.any():
        return
    wins = (scores[own][:, None] > scores[~own]) + 0.5 * (scores[own][:, None] == scores[~own])
    area, parts = auc_components(own, scores)
    assert area == pytest.approx(wins.mean(), abs=1e-9)
    if own.sum() > 1 and (~own).sum() > 1:
        delong = wins.mean(axis=1).var(ddof=1) / own.sum() + wins.mean(axis=0).var(ddof=1) / (~own).sum()
        assert np.sum(parts**2) == pytest.approx(delong, abs=1e-9)


def test_the_interval_of_a_perfect_order_is_not_empty():
    scores = np.linspace(0, 1, 20)
    labels = np.where(scores > 0.5, "b", "a")
    found = classification_metrics(labels, labels, np.column_stack([1 - scores, scores]), ["a", "b"])["roc_auc"]
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.7 < found.low < 0.95


def test_the_area_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(61)
    truth = 0.5 * (1 + math.erf(1.0 / 2))  # two normals one standard deviation apart
    covered = 0
    for _ in range(200):
        own = rng.random(120) < 0.3
        raw = rng.normal(own * 1.0)
        scores = 1 / (1 + np.exp(-raw))
        names = np.where(own, "b", "a")
        found = classification_metrics(names, names, np.column_stack([1 - scores, scores]), ["a", "b"])["roc_auc"]
        covered += found.low <= truth <= found.high
    assert 180 <= covered <= 199


def test_calibrated_scores_have_no_calibration_error_and_bold_ones_have_theirs():
    rng = np.random.default_rng(62)
    share = rng.uniform(0.5, 1.0, 20_000)
    right = rng.random(share.size) < share
    labels = np.where(right, "a", "b")
    answers = np.full(share.size, "a")

    def error(confidence):
        scores = np.column_stack([confidence, 1 - confidence])
        return classification_metrics(labels, answers, scores, ["a", "b"])["calibration_error"]

    assert error(share).low == 0.0 and error(share).value < 0.006
    bold = error(np.minimum(1.0, share + 0.1))
    assert bold.low <= np.mean(np.minimum(1.0, share + 0.1) - share) <= bold.high


def test_costs_are_those_of_the_matrix():
    costs = CostMatrix.of(["ok", "bad"], {("ok", "bad"): 10.0, ("bad", "ok"): 500.0, ("bad", "bad"): -20.0}, "EUR")
    labels = np.array(["ok", "ok", "bad", "bad", "bad"], dtype=object)
    answers = np.array(["ok", "bad", "ok", "bad", None], dtype=object)
    found = classification_metrics(labels, answers, costs=costs)
    assert found["cost_per_decision"].value == pytest.approx((0 + 10 + 500 - 20 + 500) / 5)
    assert found["total_cost"].value == pytest.approx(990)
    assert found["total_cost"].high == pytest.approx(5 * found["cost_per_decision"].high)
    again = CostMatrix.from_json(costs.to_json())
    assert (again.classes, again.amounts.tolist(), again.currency) == (costs.classes, costs.amounts.tolist(), "EUR")


def test_costs_that_do_not_fit_are_refused():
    with pytest.raises(UserError, match="names no class"):
        CostMatrix.of(["a"], {("a", "z"): 1.0})
    with pytest.raises(UserError, match="2 by 2"):
        CostMatrix(("a", "b"), np.zeros((2, 3)))
    with pytest.raises(UserError, match="has no costs"):
        classification_metrics(np.array(["z"]), np.array(["a"]), costs=CostMatrix(("a",), np.zeros((1, 1))))


def _ar(rng, n, rho):
    noise = rng.normal(size=n) * math.sqrt(1 - rho**2)
    values = np.empty(n)
    values[0] = rng.normal()
    for place in range(1, n):
        values[place] = rho * values[place - 1] + noise[place]
    return values


def test_intervals_of_dependent_rows_cover_where_those_of_independent_ones_do_not():
    rng = np.random.default_rng(63)
    covered = {True: np.zeros(3), False: np.zeros(3)}
    for _ in range(60):
        hidden = _ar(rng, 1500, 0.9)
        labels = np.where(hidden < 1.0, "a", "b")
        truth = np.zeros(1500)
        for dependent in (True, False):
            share = classification_metrics(labels, np.full(1500, "a"), dependent=dependent)["accuracy"]
            losses = regression_metrics(truth, hidden, dependent=dependent)
            covered[dependent] += (
                share.low <= 0.8413447 <= share.high,
                losses["mae"].low <= math.sqrt(2 / math.pi) <= losses["mae"].high,
                losses["rmse"].low <= 1.0 <= losses["rmse"].high,
            )
    assert (covered[True] >= 52).all()
    assert (covered[False] <= 46).all()


@settings(max_examples=50)
@given(st.integers(0, 2**31), st.booleans())
def test_every_interval_holds_its_value_and_shares_stay_shares(seed, dependent):
    rng = np.random.default_rng(seed)
    n, classes = int(rng.integers(1, 60)), int(rng.integers(1, 5))
    scores = rng.dirichlet(np.ones(classes), n)
    labels, answers = named(rng.integers(0, classes, n)), named(scores.argmax(axis=1))
    found = classification_metrics(labels, answers, scores, list("abcdef")[:classes], dependent=dependent)
    for name, figure in found.items():
        assert figure.low <= figure.value <= figure.high, name
        assert math.isfinite(figure.low) and math.isfinite(figure.high)
        if name not in ("log_loss", "brier"):
            assert 0.0 <= figure.low <= figure.high <= 1.0
    truth = rng.normal(size=n)
    for name, figure in regression_metrics(truth, truth + rng.normal(size=n), dependent=dependent).items():
        assert figure.low <= figure.value <= figure.high, name
