"""The autocorrelation time that is measured while losses come in."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.drift.sequential.blocking import Blocking
from aiqu_desktop.drift.values import Floats


def fed(losses: Floats, known: Blocking | None = None) -> Blocking:
    """All losses, as many at a time as it takes."""
    known = known or Blocking.nothing()
    start = 0
    while start < losses.size:
        stop = start + (known.until_check or losses.size)
        known = known.after(losses[start:stop])
        start = stop
    return known


def in_runs(seed: int, rows: int, length: int, rate: float = 0.2) -> Floats:
    drawn = np.random.default_rng(seed).random(-(-rows // length)) < rate
    return np.repeat(drawn, length)[:rows].astype(np.float64)


def test_independent_losses_count_as_one_each() -> None:
    times = [fed(in_runs(seed, 8_192, 1)).time for seed in range(40)]
    assert np.median(times) == 1.0
    assert np.mean(np.array(times) > 1.0) <= 0.1
    assert max(times) < 1.4


@pytest.mark.parametrize("length", [3, 10])
def test_losses_in_runs_count_as_one_a_run(length: int) -> None:
    times = [fed(in_runs(seed, 8_192, length)).time for seed in range(20)]
    assert np.median(times) == pytest.approx(length, rel=0.3)


def test_the_time_of_a_persistent_process_is_found() -> None:
    found = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        started = np.where(random.random(8_192) < 0.75, -1, np.arange(8_192))
        started[0] = 0
        losses = (random.random(8_192) < 0.2).astype(np.float64)[np.maximum.accumulate(started)]
        found.append(fed(losses).time)
    assert np.median(found) == pytest.approx(7.0, rel=0.3)  # (1 + 0.75) / (1 - 0.75)


def test_it_is_known_from_row_512_on_and_settled_at_row_8192() -> None:
    early = fed(in_runs(0, 511, 10))
    assert (early.known, early.until_check) == (False, 1)
    checked = fed(in_runs(0, 512, 10))
    assert checked.known and checked.time > 5.0 and checked.until_check == 512
    settled = fed(in_runs(0, 8_192, 10))
    assert settled.until_check is None
    assert fed(in_runs(1, 10_000, 1), settled) == settled


def test_too_long_a_time_is_rather_believed_than_too_short_a_one_while_losses_are_few() -> None:
    times = np.array([fed(in_runs(seed, 1_024, 10)).time for seed in range(40)])
    assert np.mean(times < 8.0) <= 0.1


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 1_200), max_size=5))
def test_stopping_anywhere_and_going_on_from_what_was_stored_changes_nothing(seed: int, cuts: list[int]) -> None:
    losses = in_runs(seed, 1_200, 4)
    whole, known = fed(losses), Blocking.nothing()
    for part in np.split(losses, sorted(cuts)):
        known = Blocking.from_json(json.loads(json.dumps(fed(part, known).to_json())))
    assert known.time == pytest.approx(whole.time)
    np.testing.assert_allclose(known.squares, whole.squares)
    np.testing.assert_allclose(known.under_way, whole.under_way)


def test_the_sums_of_blocks_are_those_of_the_definition() -> None:
    losses = np.random.default_rng(3).random(300)
    known = fed(losses)
    for i, size in enumerate(2 ** np.arange(11)):
        blocks = losses[: 300 // size * size].reshape(-1, size).sum(axis=1)
        assert known.total[i] == pytest.approx(blocks.sum())
        assert known.squares[i] == pytest.approx(np.sum(blocks**2))
        assert known.under_way[i] == pytest.approx(losses[300 // size * size :].sum())


def test_losses_that_never_differ_have_no_time() -> None:
    assert fed(np.zeros(1_000)).time == 1.0
