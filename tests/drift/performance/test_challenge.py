"""Champion against challenger by the primary metric, and in each part of the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.performance import compare_accuracy, compare_primary, primary_estimate
from aiqu_desktop.drift.segments import compare_segments

CLASSES = np.array(["fine", "fault"], dtype=object)


def _answers(rng: np.random.Generator, labels: np.ndarray, right: float) -> np.ndarray:
    other = np.where(labels == "fine", "fault", "fine").astype(object)
    return np.where(rng.random(labels.size) < right, labels, other)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(40, 300), st.floats(0.02, 0.5))
def test_the_balanced_difference_is_the_difference_of_the_two_balanced_accuracies(
    seed: int, rows: int, rare: float
) -> None:
    rng = np.random.default_rng(seed)
    labels = CLASSES[(rng.random(rows) < rare).astype(int)]
    old, new = _answers(rng, labels, 0.8), _answers(rng, labels, 0.9)
    found = compare_primary("balanced_accuracy", labels, old, new)
    expected = [primary_estimate("balanced_accuracy", labels, answers) for answers in (old, new)]
    assert found is not None and None not in expected
    assert found.champion == pytest.approx(expected[0].value) and found.challenger == pytest.approx(expected[1].value)
    assert found.low <= found.difference <= found.high
    swapped = compare_primary("balanced_accuracy", labels, new, old)
    assert swapped is not None and swapped.difference == pytest.approx(-found.difference)


def test_with_one_class_the_balanced_difference_is_the_plain_one() -> None:
    rng = np.random.default_rng(3)
    labels = np.full(200, "fine", dtype=object)
    old, new = _answers(rng, labels, 0.7), _answers(rng, labels, 0.9)
    balanced, plain = compare_primary("balanced_accuracy", labels, old, new), compare_accuracy(labels, old, new)
    assert balanced is not None and plain is not None
    assert (balanced.low, balanced.high) == pytest.approx((plain.low, plain.high))


def test_the_balanced_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng, held, trials = np.random.default_rng(11), 0, 400
    for _ in range(trials):
        labels = np.array(["fine"] * 160 + ["fault"] * 40, dtype=object)
        found = compare_primary("balanced_accuracy", labels, _answers(rng, labels, 0.8), _answers(rng, labels, 0.88))
        assert found is not None
        held += found.low <= 0.08 <= found.high
    assert 0.92 <= held / trials <= 1.0


def test_a_metric_that_has_no_rows_of_its_own_is_refused() -> None:
    with pytest.raises(UserError, match="cannot be compared"):
        compare_primary("roc_auc", np.array(["a"]), np.array(["a"]), np.array(["a"]))


def test_the_part_that_is_lost_is_first_and_surely_worse_while_the_others_are_not() -> None:
    rng = np.random.default_rng(5)
    labels = CLASSES[rng.integers(0, 2, 600)]
    line = np.array(["A", "B", "C"], dtype=object)[rng.integers(0, 3, 600)]
    old, new = _answers(rng, labels, 0.9), _answers(rng, labels, 0.9)
    new[line == "B"] = "fine"
    parts = compare_segments("accuracy", labels, old, new, {"line": line}, min_rows=30)
    assert (parts[0].segment, parts[0].surely_worse) == ("B", True) and parts[0].worse_by > 0.3
    assert [part.surely_worse for part in parts[1:]] == [False, False]


def test_small_parts_are_not_compared_and_do_not_cost_the_others_evidence() -> None:
    labels = np.full(100, "fine", dtype=object)
    old, new = labels.copy(), labels.copy()
    new[:90:3] = "fault"
    names = ["big"] * 90 + [f"rare-{row}" for row in range(10)]
    parts = compare_segments("accuracy", labels, old, new, {"line": names}, min_rows=30)
    assert [part.segment for part in parts if part.compared is not None] == ["big"]
    alone = compare_segments("accuracy", labels[:90], old[:90], new[:90], {"line": names[:90]}, min_rows=30)
    assert parts[0].p_value == alone[0].p_value and len(parts) == 11


def test_among_many_equal_parts_none_is_called_lost_more_often_than_said() -> None:
    called = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        labels = CLASSES[rng.integers(0, 2, 800)]
        names = rng.integers(0, 12, 800).astype(str).astype(object)
        parts = compare_segments(
            "accuracy", labels, _answers(rng, labels, 0.85), _answers(rng, labels, 0.85), {"x": names}, min_rows=30
        )
        called += any(part.surely_worse for part in parts)
    assert called <= 10
