import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.monitoring.performance.losses import bounded_losses


def test_accuracy_loses_one_for_each_wrong_answer() -> None:
    found = bounded_losses("accuracy", 0.9, np.array(["a", "b", "a"], object), np.array(["a", "a", None], object))
    assert found.values.tolist() == [0.0, 1.0, 1.0]
    assert found.tolerated == pytest.approx(0.1)


def test_a_wild_error_counts_as_five_times_the_limit() -> None:
    found = bounded_losses("mae", 2.0, np.array([1.0, 1.0, 1.0, 1.0]), np.array([3.0, 1e9, np.nan, 1.0]))
    assert found.values.tolist() == [0.2, 1.0, 1.0, 0.0]
    assert found.tolerated == 0.2  # an error of exactly the limit


def test_balanced_accuracy_at_its_limit_has_the_tolerated_loss() -> None:
    rng = np.random.default_rng(1)
    labels = np.array(["rare", "often"], object)[(rng.random(40_000) < 0.9).astype(int)]
    wrong = rng.random(labels.size) < np.where(labels == "rare", 0.35, 0.05)  # recalls 0.65 and 0.95: balanced 0.8
    predictions = np.where(wrong, np.where(labels == "rare", "often", "rare"), labels)
    found = bounded_losses("balanced_accuracy", 0.8, labels, predictions, ("rare", "often"))
    assert found.values.mean() == pytest.approx(found.tolerated, rel=0.05)
    assert found.values.max() <= 1


def test_a_class_that_no_one_knew_still_counts() -> None:
    labels = np.array(["a", "new", "a", "b"], object)
    found = bounded_losses("balanced_accuracy", 0.8, labels, np.array(["a"] * 4, object), ("a", "b"))
    assert found.values[1] > 0


@pytest.mark.parametrize(("metric", "limit"), [("accuracy", 0.0), ("accuracy", 1.2), ("mae", 0.0), ("r2", 0.5)])
def test_an_impossible_limit_or_metric_is_refused(metric: str, limit: float) -> None:
    with pytest.raises(UserError):
        bounded_losses(metric, limit, np.array([1.0]), np.array([1.0]))
