"""The bet that follows the losses: laid before they are seen, never below the level, after the groups that rose."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.drift.sequential.following import Following
from aiqu_desktop.drift.values import Floats, Ints


def rows_of(seed: int, rows: int, groups: int) -> tuple[Floats, Floats, Ints]:
    random = np.random.default_rng(seed)
    members = random.integers(0, groups, rows)
    levels = random.uniform(0.01, 0.99, groups)[members]
    return random.random(rows), levels, members


def fresh(groups: int) -> Following:
    return Following.of(groups, memory=50.0, shrinkage=5.0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 5))
def test_a_rate_is_at_least_the_level_below_one_and_blind_to_its_own_loss_and_later_ones(
    seed: int, rows: int, groups: int
) -> None:
    losses, levels, members = rows_of(seed, rows, groups)
    rates, _ = fresh(groups).rates(losses, levels, members)
    assert np.all((rates >= levels) & (rates < 1.0))
    row = seed % rows
    other = losses.copy()
    other[row:] = 1.0 - other[row:]
    changed, _ = fresh(groups).rates(other, levels, members)
    np.testing.assert_array_equal(rates[: row + 1], changed[: row + 1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 59))
def test_stopping_anywhere_and_going_on_from_what_was_stored_changes_nothing(seed: int, cut: int) -> None:
    losses, levels, members = rows_of(seed, 60, 3)
    whole, known = fresh(3).rates(losses, levels, members)
    first, kept = fresh(3).rates(losses[:cut], levels[:cut], members[:cut])
    kept = Following.from_json(json.loads(json.dumps(kept.to_json())))
    second, last = kept.rates(losses[cut:], levels[cut:], members[cut:])
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=1e-12)
    np.testing.assert_allclose(last.sums, known.sums, rtol=1e-12)


def test_the_bet_goes_after_the_group_that_rose_and_spares_the_others() -> None:
    random = np.random.default_rng(0)
    members = random.integers(0, 4, 600)
    losses = (random.random(600) < np.where(members == 2, 0.7, 0.1)).astype(np.float64)
    rates, _ = fresh(4).rates(losses, np.full(600, 0.1), members)
    late = np.arange(600) >= 300
    assert np.mean(rates[late & (members == 2)]) == pytest.approx(0.65, abs=0.1)
    # 0.1 + 1.2 * 0.6 less what the shrinkage takes from the twelve rows of a group that it remembers
    assert np.mean(rates[late & (members != 2)]) < 0.25


def test_a_group_that_was_not_seen_of_late_takes_part_in_the_rise_of_the_others() -> None:
    members = np.concatenate([np.zeros(100, dtype=np.int64), [1]])
    losses = np.ones(101)
    rates, _ = fresh(2).rates(losses, np.full(101, 0.1), members)
    assert rates[-1] > 0.4


def test_a_fall_is_not_betted_on() -> None:
    levels = np.full(300, 0.5)
    rates, _ = fresh(1).rates(np.zeros(300), levels, np.zeros(300, dtype=np.int64))
    assert np.all((rates > 0.5) & (rates < 0.54))
