import numpy as np
import pytest

from aiqu_desktop.drift import wilson
from aiqu_desktop.monitoring.performance.anytime import anytime_band
from aiqu_desktop.monitoring.performance.judgement import LabelledRows

DAY = 86_400.0


def stream(rights: np.ndarray) -> LabelledRows:
    times = np.arange(rights.size) * DAY / 20
    predictions = np.where(rights, "good", "worn").astype(object)
    return LabelledRows(times, times, np.full(rights.size, "good", object), predictions)


def test_the_band_holds_the_truth_at_every_look_of_a_year() -> None:
    rng, missed = np.random.default_rng(11), 0
    for _ in range(40):
        rights = rng.random(2_000) < 0.9
        for end in range(100, 2_000, 50):
            rows = stream(rights[:end])
            found = anytime_band("accuracy", rows, rows.known_at[-1] - 14 * DAY)
            assert found is not None
            if not found.low <= 0.9 <= found.high:
                missed += 1
                break
    assert missed <= 4  # 5 % of 40, and chance


def test_it_is_wider_than_the_interval_of_one_look_but_not_useless() -> None:
    rows = stream(np.random.default_rng(12).random(1_000) < 0.9)
    found = anytime_band("accuracy", rows, rows.known_at[-1] - 28 * DAY)
    assert found is not None
    low, high = wilson(round(found.value * found.n), found.n)
    assert found.low < low and found.high > high
    assert found.high - found.low < 4 * (high - low)


def test_errors_have_a_band_in_their_own_unit() -> None:
    rng = np.random.default_rng(13)
    times = np.arange(800) * DAY / 20
    rows = LabelledRows(times, times, np.zeros(800), rng.exponential(3.0, 800))
    found = anytime_band("mae", rows, times[400])
    assert found is not None and found.low < 3.0 < found.high
    assert found.n == pytest.approx(400, abs=20)


def test_a_metric_that_is_no_mean_of_losses_and_a_short_history_have_none() -> None:
    rows = stream(np.ones(500, bool))
    assert anytime_band("balanced_accuracy", rows, 0.0) is None
    assert anytime_band("accuracy", stream(np.ones(5, bool)), 0.0) is None
    assert anytime_band("accuracy", stream(np.ones(0, bool)), 0.0) is None
