import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift import classification_metrics, regression_metrics
from aiqu_desktop.drift.performance.primary import primary_estimate

RNG = np.random.default_rng(7)
LABELS = np.array(["a", "b", "c"], object)[RNG.integers(0, 3, 300)]
ANSWERS = np.where(RNG.random(300) < 0.8, LABELS, "a").astype(object)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy"])
def test_it_is_the_value_that_the_full_metrics_give(metric: str) -> None:
    found = primary_estimate(metric, LABELS, ANSWERS)
    full = classification_metrics(LABELS, ANSWERS, classes=("a", "b", "c"))[metric]
    assert found is not None and found.value == pytest.approx(full.value, abs=1e-12)
    assert found.low == pytest.approx(full.low, abs=0.02) and found.high == pytest.approx(full.high, abs=0.02)


def test_an_error_without_a_prediction_is_left_out() -> None:
    labels = RNG.normal(size=50)
    answers = labels + RNG.normal(size=50)
    answers[3] = np.nan
    found = primary_estimate("mae", labels, answers)
    full = regression_metrics(labels, answers)["mae"]
    assert found is not None and (found.value, found.n) == (pytest.approx(full.value), 49)


def test_the_interval_of_balanced_accuracy_holds_the_truth_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(8), 0
    for _ in range(400):
        labels = np.array(["rare"] * 12 + ["often"] * 188, object)
        right = rng.random(200) < np.where(labels == "rare", 0.7, 0.95)
        found = primary_estimate("balanced_accuracy", labels, np.where(right, labels, None))
        held += found is not None and found.low <= 0.825 <= found.high
    assert 0.92 <= held / 400 <= 0.99


def test_no_row_is_no_answer_and_another_metric_is_refused() -> None:
    assert primary_estimate("accuracy", LABELS[:0], ANSWERS[:0]) is None
    with pytest.raises(UserError, match="cannot be followed"):
        primary_estimate("r2", LABELS, ANSWERS)
