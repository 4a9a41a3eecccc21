"""The estimator judged by the labels that came."""

from __future__ import annotations

import numpy as np
import pytest

from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.estimation import estimator_error


def _windows(guesses, truths, half):
    estimates = [{"mae": Estimate("mae", guess, guess - half, guess + half, 100)} for guess in guesses]
    realised = [{"mae": Estimate("mae", truth, truth, truth, 100)} for truth in truths]
    return estimates, realised


def test_errors_coverage_and_ranks_are_those_of_the_windows():
    found = estimator_error(*_windows([1.0, 2.0, 3.0, 4.0], [1.1, 2.5, 2.9, 4.0], 0.2), {"mae": 2.0})["mae"]
    assert found.mean_error == pytest.approx(0.175)
    assert found.bias == pytest.approx(-0.125)
    assert found.coverage.value == 0.75
    assert found.ranks == pytest.approx(1.0)
    assert found.beats_constant == pytest.approx(0.7 / (0.9 + 0.5 + 0.9 + 2.0))
    assert found.windows == 4


def test_an_honest_band_is_believed_and_a_vain_one_is_not():
    rng = np.random.default_rng(130)
    believed = 0
    for _ in range(200):
        truths = rng.normal(10, 1, 25)
        guesses = truths + rng.normal(0, 1, 25)
        believed += estimator_error(*_windows(guesses, truths, 1.96))["mae"].believed
        assert not estimator_error(*_windows(guesses, truths, 0.3))["mae"].believed
    assert believed >= 185


def test_one_window_far_off_is_enough_to_doubt():
    assert not estimator_error(*_windows([0.95], [0.6], 0.03))["mae"].believed
    assert estimator_error(*_windows([0.95], [0.94], 0.03))["mae"].believed


def test_figures_that_one_side_lacks_are_left_out():
    estimates, realised = _windows([1.0], [1.0], 0.1)
    assert estimator_error(estimates, [{}]) == {}
    assert estimator_error(estimates, realised)["mae"].ranks is None
    assert estimator_error(estimates, realised)["mae"].beats_constant is None
