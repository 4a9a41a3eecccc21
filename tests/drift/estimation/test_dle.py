"""A regressor's loss estimated from the features alone, and the trees behind it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.estimation import LossModel, estimate_regression, estimator_error, fit_dle
from aiqu_desktop.drift.estimation.boosting import fit_trees
from aiqu_desktop.drift.performance import regression_metrics


def _rows(rng, n, shift=0.0):
    features = rng.normal(size=(n, 4))
    features[:, 0] += shift
    predictions = 3 * features[:, 1]
    scale = 0.2 + np.maximum(0.0, features[:, 0])
    return features, predictions, predictions + scale * rng.normal(size=n)


@pytest.fixture(scope="module")
def model():
    return fit_dle(*_rows(np.random.default_rng(110), 2_000))


def test_estimates_follow_the_inputs_and_their_bands_hold(model):
    rng = np.random.default_rng(111)
    estimates, realised = [], []
    for place in range(25):
        features, predictions, labels = _rows(rng, 400, shift=np.sin(place))
        estimates.append(estimate_regression(model, features, predictions))
        realised.append(regression_metrics(labels, predictions))
    before = regression_metrics(*_rows(rng, 3_000)[:0:-1])
    found = estimator_error(estimates, realised, {name: before[name].value for name in ("mae", "rmse")})
    for name in ("mae", "rmse"):
        assert found[name].beats_constant < 0.4
        assert found[name].ranks > 0.9
        assert found[name].coverage.value >= 0.8


def test_the_model_survives_its_arrays_and_stays_small(model):
    buffer = io.BytesIO()
    np.savez(buffer, **model.to_arrays())
    assert sum(array.nbytes for array in model.to_arrays().values()) <= 65_536
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as kept:
        again = LossModel.from_arrays(kept)
    features, predictions, _ = _rows(np.random.default_rng(112), 50)
    assert estimate_regression(again, features, predictions) == estimate_regression(model, features, predictions)


def test_fitting_twice_gives_the_same_model():
    rows = _rows(np.random.default_rng(110), 300)
    again = fit_dle(*rows)
    for name, array in fit_dle(*rows).to_arrays().items():
        assert np.array_equal(array, again.to_arrays()[name]), name


@pytest.mark.parametrize("name", ["mae_children", "mae_features", "mae_leaves", "rmse_limits", "shape"])
def test_damaged_arrays_are_refused(model, name):
    arrays = model.to_arrays()
    arrays[name] = np.zeros_like(arrays[name]) if name == "mae_children" else arrays[name][:1]
    if name == "mae_features":
        arrays[name] = np.full_like(model.to_arrays()[name], 99)
    with pytest.raises(UserError, match="cannot be read"):
        LossModel.from_arrays(arrays)


def test_missing_values_are_no_obstacle(model):
    features, predictions, labels = _rows(np.random.default_rng(113), 300)
    features[::7, 2] = np.nan
    features[:, 3] = np.nan
    predictions[:10] = np.nan
    labels[10:20] = np.nan
    found = fit_dle(features, predictions, labels)
    assert found.n == 280
    assert estimate_regression(found, features, predictions)["mae"].n == 290
    assert estimate_regression(model, features[:10], predictions[:10]) == {}


def test_a_perfect_model_has_no_loss_to_estimate():
    features = np.random.default_rng(114).normal(size=(200, 3))
    found = estimate_regression(fit_dle(features, features[:, 0], features[:, 0]), features, features[:, 0])
    assert found["mae"].value == pytest.approx(0.0, abs=1e-12)


def test_what_does_not_fit_is_refused(model):
    features, predictions, labels = _rows(np.random.default_rng(115), 100)
    with pytest.raises(UserError, match="Only 30 labelled rows"):
        fit_dle(features[:30], predictions[:30], labels[:30])
    with pytest.raises(UserError, match="the loss model knows 4"):
        estimate_regression(model, features[:, :2], predictions)
    with pytest.raises(UserError, match="rows by features"):
        estimate_regression(model, features[:50], predictions)
    with pytest.raises(UserError, match="labels and"):
        fit_dle(features, predictions, labels[:50])


def test_trees_learn_steps_products_and_nothing_from_noise():
    rng = np.random.default_rng(116)
    rows = rng.normal(size=(4_000, 6))
    target = 2.0 * (rows[:, 0] > 0.3) + rows[:, 1] * rows[:, 2]
    trees = fit_trees(rows[:3_000], target[:3_000], 64)
    left = target[3_000:] - trees.predict(rows[3_000:])
    assert np.mean(left**2) < 0.2 * np.var(target)
    assert trees.features.shape == (64, 30)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 40))
def test_trees_stay_within_the_targets_and_their_steps_end_at_the_prediction(seed, width):
    rng = np.random.default_rng(seed)
    rows, targets = rng.normal(size=(150, width)).round(1), rng.exponential(size=150)
    trees = fit_trees(rows, targets, 10)
    found = trees.predict(rows)
    assert np.array_equal(trees.steps(rows)[-1], found)
    assert targets.min() - 1e-6 <= found.min() and found.max() <= targets.max() + 1e-6
    trees.check(width)
