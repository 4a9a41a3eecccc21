"""Performance estimated from the scores alone, against what the labels then show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.estimation import (
    CbpeCalibration,
    estimate_classification,
    estimator_error,
    expected_confusion,
    fit_cbpe,
)
from aiqu_desktop.drift.estimation.expected import Judged, expected_area
from aiqu_desktop.drift.performance import CostMatrix, classification_metrics, confusion_matrix

NAMES = np.array(["a", "b", "c", "d"])


def _binary(rng, n, shift=0.0, flip=False):
    signal = rng.normal(shift, 1.5, n)
    scores = 1 / (1 + np.exp(-2.5 * signal))
    chance = 1 / (1 + np.exp(signal if flip else -signal))
    labels = NAMES[(rng.random(n) < chance).astype(int)]
    return np.column_stack([1 - scores, scores]), NAMES[(scores > 0.5).astype(int)], labels


@pytest.fixture(scope="module")
def calibration():
    scores, answers, labels = _binary(np.random.default_rng(95), 4_000)
    return fit_cbpe(scores, answers, labels, ["a", "b"])


def _judged(calibration, rng, windows, **how):
    estimates, realised = [], []
    for place in range(windows):
        scores, answers, labels = _binary(rng, 500, **how, shift=np.sin(place))
        estimates.append(estimate_classification(calibration, scores, answers))
        realised.append(classification_metrics(labels, answers, scores, ["a", "b"]))
    return estimator_error(estimates, realised, before={"accuracy": 0.75})


def test_estimates_follow_the_inputs_and_their_bands_hold(calibration):
    found = _judged(calibration, np.random.default_rng(96), 40)
    for name in ("accuracy", "f1", "precision", "recall", "roc_auc", "log_loss", "brier", "balanced_accuracy"):
        assert found[name].coverage.value >= 0.85, name
        assert found[name].believed, name
    assert found["accuracy"].mean_error < 0.02
    assert found["recall"].mean_error < 0.04
    assert found["f1"].ranks > 0.8


def test_scores_that_have_become_wrong_are_found_out_by_the_first_labels(calibration):
    found = _judged(calibration, np.random.default_rng(97), 3, flip=True)["accuracy"]
    assert not found.believed
    assert found.bias > 0.2
    assert found.coverage.value == 0.0


def test_labels_as_probabilities_give_the_realised_figures():
    rng = np.random.default_rng(98)
    scores = rng.dirichlet(np.ones(4), 300).round(2)
    labels, answers = rng.integers(0, 4, 300), rng.integers(0, 5, 300)
    costs = CostMatrix(tuple(NAMES), rng.normal(size=(4, 4)))
    found = Judged(scores, answers, costs).figures(np.eye(4)[labels])
    names = np.array([*NAMES, None], dtype=object)
    realised = classification_metrics(NAMES[labels], names[answers], scores, list(NAMES), costs=costs)
    assert set(found) == set(realised) - {"calibration_error", "total_cost"}
    assert found == pytest.approx({name: realised[name].value for name in found}, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4)), min_size=2, max_size=12))
def test_the_expected_area_is_that_of_all_pairs(rows):
    chance, scores = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=float)
    pairs = chance[:, None] * (1 - chance) * (1 - np.eye(len(rows)))
    wins = (scores[:, None] > scores) + 0.5 * (scores[:, None] == scores)
    if pairs.sum() > 1e-6:
        assert expected_area(chance, scores) == pytest.approx((pairs * wins).sum() / pairs.sum(), abs=1e-6)


def test_the_band_is_the_spread_of_the_realised_figures():
    rng = np.random.default_rng(99)
    scores, answers, _ = _binary(rng, 400)
    chances = np.column_stack([1 - scores[:, 0], scores[:, 0]])
    codes = (answers == "b").astype(int)
    judged = Judged(scores, codes)
    found = judged.deviations(chances)
    drawn = [judged.figures(np.eye(2)[(rng.random(400) < chances[:, 1]).astype(int)]) for _ in range(600)]
    for name in ("accuracy", "f1", "roc_auc", "log_loss", "recall"):
        assert found[name] == pytest.approx(np.std([draw[name] for draw in drawn]), rel=0.12), name


def test_several_classes_and_costs_are_estimated():
    rng = np.random.default_rng(100)

    def rows(n):
        logits = rng.normal(0, 1.2, (n, 4))
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        bold = np.exp(2 * logits) / np.exp(2 * logits).sum(axis=1, keepdims=True)
        labels = NAMES[(rng.random((n, 1)) > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)]
        return bold, NAMES[bold.argmax(axis=1)], labels

    calibration = fit_cbpe(*rows(3_000), list(NAMES))
    scores, answers, labels = rows(2_000)
    costs = CostMatrix.of(NAMES, {("a", "b"): 100.0, ("c", "a"): 30.0})
    found = estimate_classification(calibration, scores, answers, costs=costs)
    shown = classification_metrics(labels, answers, scores, list(NAMES), costs=costs)
    for name in ("accuracy", "macro_f1", "roc_auc", "log_loss", "brier", "cost_per_decision"):
        assert found[name].low <= shown[name].value <= found[name].high, name
    guess, truth = expected_confusion(calibration, scores, answers), confusion_matrix(labels, answers, NAMES)
    assert guess.n == truth.n == 2_000
    assert np.abs(guess.counts - truth.counts).max() < 60


def test_the_calibration_survives_its_arrays_and_stays_small(calibration):
    arrays = calibration.to_arrays()
    assert sum(array.nbytes for array in arrays.values()) < 16_384
    again = CbpeCalibration.from_arrays(arrays, calibration.classes)
    scores, answers, _ = _binary(np.random.default_rng(101), 100)
    assert estimate_classification(again, scores, answers) == estimate_classification(calibration, scores, answers)
    assert (again.log_losses, again.spread) == (calibration.log_losses, calibration.spread)


def test_arrays_that_are_no_calibration_are_refused(calibration):
    for damage in ({"format": np.array(99.0)}, {"numbers": np.zeros(2)}, {"log_losses": np.zeros(1)}):
        with pytest.raises(UserError, match="cannot be read"):
            CbpeCalibration.from_arrays(calibration.to_arrays() | damage, calibration.classes)
    with pytest.raises(UserError, match="cannot be read"):
        CbpeCalibration.from_arrays({}, calibration.classes)


def test_missing_scores_are_left_out_and_missing_answers_are_wrong(calibration):
    scores, answers, _ = _binary(np.random.default_rng(102), 200)
    answers = answers.astype(object)
    scores[:50] = np.nan
    answers[50:100] = None
    found = estimate_classification(calibration, scores, answers)["accuracy"]
    assert found.n == 150
    assert found.value < 0.68
    assert estimate_classification(calibration, scores[:50], answers[:50]) == {}


def test_what_cannot_be_calibrated_is_refused(calibration):
    scores, answers, labels = _binary(np.random.default_rng(103), 60)
    with pytest.raises(UserError, match="Only 20 labelled rows"):
        fit_cbpe(scores[:20], answers[:20], labels[:20], ["a", "b"])
    with pytest.raises(UserError, match="one group"):
        fit_cbpe(scores, answers, labels, ["a", "b"], groups=np.zeros(60))
    with pytest.raises(UserError, match="scores have shape"):
        estimate_classification(calibration, scores[:, :1], answers)
    with pytest.raises(UserError, match="name every class"):
        estimate_classification(calibration, scores, np.full(60, "z"))
    with pytest.raises(UserError, match="labels and"):
        fit_cbpe(scores, answers, labels[:50], ["a", "b"])
    with pytest.raises(UserError, match="other classes"):
        estimate_classification(calibration, scores, answers, costs=CostMatrix.of(NAMES, {}))


def test_rows_that_depend_on_each_other_widen_the_band():
    rng = np.random.default_rng(104)
    scores, answers, _ = _binary(rng, 3_000)
    lucky = np.repeat(rng.random(60) < 0.75, 50)
    labels = np.where(lucky, answers, np.where(answers == "a", "b", "a"))
    calibration = fit_cbpe(scores, answers, labels, ["a", "b"])
    assert calibration.time > 15
    found = estimate_classification(calibration, scores[:500], answers[:500])["accuracy"]
    assert found.high - found.low > 0.15
