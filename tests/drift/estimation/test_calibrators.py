"""Scores brought to probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.drift.estimation.calibrators import KINDS, Calibrator, centred_isotonic, fit_calibrator


def _rows(rng, n, classes, sharpness=2.0):
    logits = rng.normal(0, 1.2, (n, classes))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    scores = np.exp(sharpness * logits) / np.exp(sharpness * logits).sum(axis=1, keepdims=True)
    labels = (rng.random((n, 1)) > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    return scores, labels, chances


@pytest.mark.parametrize("kind", ["scaling", "isotonic", "blend"])
@pytest.mark.parametrize("classes", [2, 4])
def test_bold_scores_are_brought_back_to_the_truth(kind, classes):
    scores, labels, _ = _rows(np.random.default_rng(90), 8_000, classes)
    fresh, _, chances = _rows(np.random.default_rng(91), 2_000, classes)
    found = fit_calibrator(kind, scores, labels).apply(fresh)
    assert np.abs(found - chances).mean() < (0.035 if kind == "isotonic" else 0.02)
    assert np.abs(fresh - chances).mean() > 0.08


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(2, 5), st.sampled_from(KINDS))
def test_probabilities_are_probabilities_and_survive_their_arrays(seed, classes, kind):
    scores, labels, _ = _rows(np.random.default_rng(seed), 60, classes)
    scores[:5] = np.eye(classes)[labels[:5]]
    calibrator = fit_calibrator(kind, scores, labels)
    found = calibrator.apply(scores)
    assert np.all((found >= 0) & (found <= 1))
    assert found.sum(axis=1) == pytest.approx(np.ones(60))
    again = Calibrator.from_arrays(calibrator.to_arrays(), classes)
    assert np.array_equal(again.apply(scores), found)


def test_the_isotonic_map_never_falls_and_keeps_the_mean():
    rng = np.random.default_rng(92)
    scores = rng.random(500)
    happened = rng.random(500) < scores**2
    at, values = centred_isotonic(scores, happened)
    assert np.all(np.diff(at) > 0) and np.all(np.diff(values) >= 0)
    assert np.interp(scores, at, values).mean() == pytest.approx(happened.mean(), abs=0.01)


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [("knots_0", np.ones((1, 3)), "do not pair"), ("slopes", np.ones(3), "not of 2 classes")],
)
def test_damaged_state_is_refused(name, damage, said):
    good = fit_calibrator("blend", *_rows(np.random.default_rng(93), 60, 2)[:2]).to_arrays()
    with pytest.raises(ValueError, match=said):
        Calibrator.from_arrays(good | {name: damage}, 2)


@pytest.mark.parametrize("damage", [{"kind": np.array(-1.0)}, {"kind": np.array(9.0)}])
def test_a_kind_that_does_not_exist_is_refused(damage):
    good = fit_calibrator("blend", *_rows(np.random.default_rng(93), 60, 2)[:2]).to_arrays()
    with pytest.raises(KeyError):
        Calibrator.from_arrays(good | damage, 2)
