"""The level that a change is told from."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.drift.sequential.baseline import Baseline


def test_each_row_is_held_against_the_rows_before_it() -> None:
    levels, after = Baseline.learned().levels(np.array([1.0, 0.0, 0.0, 1.0]))
    np.testing.assert_allclose(levels, [0.5, 0.75, 0.5, 0.375])
    assert (after.rows, after.total, after.learn) == (4, 2.0, 9_996)
    assert after.estimate() == pytest.approx(0.5)


def test_learning_ends_with_the_rows_that_it_was_given() -> None:
    levels, after = Baseline.learned(learn=2).levels(np.array([1.0, 1.0, 0.0, 0.0]))
    np.testing.assert_allclose(levels, [0.5, 0.75, 2.5 / 3, 2.5 / 3])
    assert (after.rows, after.total, after.learn) == (2, 2.0, 0)
    assert after.levels(np.zeros(5))[1] is after


def test_earlier_losses_are_a_head_start() -> None:
    assert Baseline.learned(rows=999, total=99.5, learn=0).estimate() == pytest.approx(0.1)


def test_a_stated_level_is_never_moved() -> None:
    stated = Baseline.stated(0.2)
    levels, after = stated.levels(np.ones(100))
    assert np.all(levels == 0.2) and after is stated


def test_a_tolerance_raises_the_level_but_leaves_room_above_it() -> None:
    assert Baseline.stated(0.1, tolerance=0.05).estimate() == pytest.approx(0.15)
    assert Baseline.stated(0.9, tolerance=0.5).estimate() == pytest.approx(0.95)
    levels, _ = Baseline.learned(tolerance=0.1).levels(np.array([0.0, 0.0]))
    np.testing.assert_allclose(levels, [0.6, 0.35])


@given(st.lists(st.floats(0.0, 1.0), max_size=40), st.integers(0, 40), st.integers(0, 30))
def test_learning_in_two_parts_is_learning_in_one(losses: list[float], cut: int, learn: int) -> None:
    values = np.array(losses)
    start = Baseline.learned(rows=3, total=1.0, learn=learn)
    whole, after = start.levels(values)
    first, between = start.levels(values[:cut])
    second, last = Baseline.from_json(json.loads(json.dumps(between.to_json()))).levels(values[cut:])
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=1e-12)
    assert (last.rows, last.learn) == (after.rows, after.learn)
    assert last.total == pytest.approx(after.total)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5])
def test_a_level_without_room_on_both_sides_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Baseline.stated(level)


def test_a_baseline_from_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rows to learn from"):
        Baseline.learned(learn=0)
    with pytest.raises(ValueError, match="do not add up"):
        Baseline.learned(rows=3, total=4.0)
    with pytest.raises(ValueError, match="tolerance"):
        Baseline.stated(0.5, tolerance=1.0)
