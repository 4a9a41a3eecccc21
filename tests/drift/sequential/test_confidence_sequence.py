"""Bands that hold at every look: coverage by simulation, known limits, resuming, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.sequential.confidence_sequence import (
    MeanSequence,
    confidence_sequence,
    running_intersection,
    windowed_band,
)
from aiqu_desktop.drift.values import Floats

ALPHA = 0.05


def missed(band: Floats, truth: Floats) -> bool:
    return bool(np.any((band[:, 0] > truth) | (band[:, 1] < truth)))


def running(truth: Floats) -> Floats:
    return np.cumsum(truth) / np.arange(1.0, truth.size + 1.0)


def losses_of(kind: str, rows: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Losses and the mean expected of each."""
    if kind == "constant errors":
        truth = np.full(rows, 0.1)
        return (rng.random(rows) < truth).astype(float), truth
    if kind == "rare errors":
        truth = np.full(rows, 0.004)
        return (rng.random(rows) < truth).astype(float), truth
    if kind == "changing errors":
        truth = np.where(np.arange(rows) // 250 % 2 == 0, 0.05, 0.3)
        return (rng.random(rows) < truth).astype(float), truth
    truth = 0.4 + 0.2 * np.sin(np.arange(rows) / 150.0)
    return rng.beta(20.0 * truth, 20.0 * (1.0 - truth)), truth


def miscoverage(kind: str, rounds: int, rows: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    wrong = 0
    for _ in range(rounds):
        losses, truth = losses_of(kind, rows, rng)
        wrong += missed(confidence_sequence(losses, alpha=ALPHA), running(truth))
    return wrong / rounds


def windowed_miscoverage(kind: str, rounds: int, rows: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    starts = np.repeat(np.arange(0, rows - 100, 10), 3)
    ends = np.minimum(starts + np.tile([30, 100, 400], starts.size // 3), rows)
    wrong = 0
    for _ in range(rounds):
        losses, truth = losses_of(kind, rows, rng)
        before = np.concatenate(([0.0], np.cumsum(truth)))
        low, high = windowed_band(losses, starts=starts, ends=ends, alpha=ALPHA, every=10)
        mean = (before[ends] - before[starts]) / (ends - starts)
        wrong += bool(np.any((low > mean) | (high < mean)))
    return wrong / rounds


KINDS = ["constant errors", "rare errors", "changing errors", "bounded losses"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_band_misses_the_running_mean_at_any_look_no_more_often_than_stated(kind: str) -> None:
    assert miscoverage(kind, rounds=60, rows=600, seed=3) <= ALPHA + 0.04


@pytest.mark.parametrize("kind", KINDS)
def test_all_windows_together_miss_no_more_often_than_stated(kind: str) -> None:
    assert windowed_miscoverage(kind, rounds=25, rows=1000, seed=4) <= ALPHA + 0.04


@pytest.mark.campaign
@pytest.mark.parametrize("kind", KINDS)
def test_over_a_thousand_long_streams_the_stated_share_holds(kind: str) -> None:
    assert miscoverage(kind, rounds=1000, rows=3000, seed=5) <= ALPHA + 0.01
    assert windowed_miscoverage(kind, rounds=300, rows=2000, seed=6) <= ALPHA + 0.01


def unbounded_miscoverage(rounds: int, rows: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    wrong = 0
    for _ in range(rounds):
        wrong += missed(confidence_sequence(rng.exponential(2.0, rows), alpha=ALPHA, bounds=None), np.full(rows, 2.0))
    return wrong / rounds


def test_the_asymptotic_band_of_absolute_errors_holds_for_exponential_ones() -> None:
    assert unbounded_miscoverage(rounds=150, rows=1500, seed=7) <= ALPHA + 0.03


@pytest.mark.campaign
def test_the_asymptotic_band_stays_near_its_stated_share_over_a_thousand_streams() -> None:
    assert unbounded_miscoverage(rounds=1000, rows=5000, seed=8) <= ALPHA + 0.01


def test_the_band_narrows_to_the_mean_and_stays_within_the_bounds() -> None:
    losses = (np.random.default_rng(0).random(20_000) < 0.1).astype(float)
    band = confidence_sequence(losses)
    assert np.all((band[:, 0] >= 0.0) & (band[:, 1] <= 1.0) & (band[:, 0] < band[:, 1]))
    widths = band[:, 1] - band[:, 0]
    fixed = 2 * 1.96 * np.sqrt(0.09 / np.arange(1.0, losses.size + 1.0))
    assert widths[-1] < 2.1 * fixed[-1]
    assert widths[299] < 2.1 * fixed[299]


def test_losses_that_hardly_vary_get_a_narrower_band_than_errors_of_the_same_mean() -> None:
    rng = np.random.default_rng(0)
    steady = confidence_sequence(np.clip(rng.normal(0.3, 0.02, 2000), 0.0, 1.0))[-1]
    errors = confidence_sequence((rng.random(2000) < 0.3).astype(float))[-1]
    assert steady[1] - steady[0] < 0.25 * (errors[1] - errors[0])


def test_scaling_the_losses_and_their_bounds_scales_the_band() -> None:
    losses = np.random.default_rng(2).random(500)
    band = confidence_sequence(losses)
    scaled = confidence_sequence(5.0 - 20.0 * losses, bounds=(-15.0, 5.0))
    np.testing.assert_allclose(scaled, 5.0 - 20.0 * band[:, ::-1], atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=4), bounded=st.booleans(), seed=st.integers(0, 100))
def test_any_split_into_batches_gives_the_band_of_one_pass(cuts: list[int], bounded: bool, seed: int) -> None:
    losses = np.random.default_rng(seed).random(300)
    bounds = (0.0, 1.0) if bounded else None
    sequence = MeanSequence(ALPHA, bounds)
    parts = []
    for batch in np.split(losses, sorted(cuts)):
        sequence = MeanSequence.from_state(json.loads(json.dumps(sequence.state())))
        parts.append(sequence.update(batch))
    np.testing.assert_array_equal(np.concatenate(parts), confidence_sequence(losses, alpha=ALPHA, bounds=bounds))


def test_a_window_from_the_start_costs_more_than_the_sequence_itself_but_covers_every_start() -> None:
    losses = (np.random.default_rng(0).random(3000) < 0.1).astype(float)
    low, high = windowed_band(losses, starts=np.array([0, 2700, 2700]), ends=np.array([3000, 3000, 2900]))
    own = confidence_sequence(losses)[-1]
    assert low[0] < own[0] < own[1] < high[0]
    assert high[1] - low[1] > high[0] - low[0]
    narrower = windowed_band(losses, starts=np.array([2700]), ends=np.array([3000]), every=300)
    assert narrower[1][0] - narrower[0][0] < high[1] - low[1]


def test_the_band_of_a_window_shows_a_level_that_changed() -> None:
    rng = np.random.default_rng(0)
    losses = (rng.random(6000) < np.where(np.arange(6000) < 5000, 0.05, 0.25)).astype(float)
    low, high = windowed_band(losses, starts=np.array([4000, 5000]), ends=np.array([5000, 6000]), every=1000)
    assert high[0] < low[1]


def test_the_intersection_never_widens() -> None:
    band = running_intersection(confidence_sequence(np.random.default_rng(0).random(400)))
    assert np.all(np.diff(band[:, 0]) >= 0) and np.all(np.diff(band[:, 1]) <= 0)


def test_a_band_of_nothing_is_empty() -> None:
    assert confidence_sequence(np.array([])).shape == (0, 2)
    low, high = windowed_band(np.array([]), starts=np.array([], int), ends=np.array([], int))
    assert low.size == high.size == 0


@pytest.mark.parametrize("wrong", [np.array([0.2, np.nan]), np.array([0.2, 1.2]), np.array([-0.1])])
def test_losses_missing_or_out_of_bounds_are_refused(wrong: Floats) -> None:
    with pytest.raises(UserError, match="loss"):
        confidence_sequence(wrong)


def test_windows_that_are_none_are_refused() -> None:
    losses = np.zeros(10)
    for start, end in [(5, 5), (-1, 4), (2, 11)]:
        with pytest.raises(ValueError, match="window"):
            windowed_band(losses, starts=np.array([start]), ends=np.array([end]))
    with pytest.raises(ValueError, match="multiple"):
        windowed_band(losses, starts=np.array([3]), ends=np.array([8]), every=2)


def test_the_state_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="state"):
        MeanSequence.from_state({"format": "other"})
    with pytest.raises(ValueError, match="alpha"):
        MeanSequence(alpha=1.5)
