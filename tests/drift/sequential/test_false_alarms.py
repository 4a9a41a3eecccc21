"""What the detector promises: the chance of a false alarm within n rows, and the mean number of rows to one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.sequential.guarantee import guarantee, limit_for
from aiqu_desktop.drift.values import Floats


def share_of_alarms(make: object, streams: list[Floats], limit: float) -> float:
    assert callable(make)
    return float(np.mean([EDetector(make(), limit).update(stream) is not None for stream in streams]))


def feedback_errors(random: np.random.Generator, rows: int, ceiling: float) -> Floats:
    """Errors that depend heavily on the ones before, at an expected loss that never passes `ceiling`."""
    losses = np.zeros(rows)
    rate = ceiling
    for row in range(rows):
        losses[row] = random.random() < rate
        rate = ceiling if losses[row] else max(0.2 * ceiling, 0.7 * rate)
    return losses


def test_a_stated_baseline_keeps_its_promise_for_errors_that_depend_on_each_other() -> None:
    random = np.random.default_rng(0)
    streams = [feedback_errors(random, 300, 0.2) for _ in range(300)]
    assert share_of_alarms(lambda: Baseline.stated(0.2), streams, 1_500.0) <= 0.2


def test_a_stated_baseline_at_the_very_level_alarms_in_n_by_limit_of_cases_at_most() -> None:
    random = np.random.default_rng(1)
    streams = [(random.random(400) < 0.1).astype(np.float64) for _ in range(500)]
    alarms = share_of_alarms(lambda: Baseline.stated(0.1), streams, 2_000.0)
    assert 0.02 < alarms <= 0.2  # the bound is not so loose that the test could not fail


def test_a_learned_baseline_keeps_its_promise_on_average_over_baselines() -> None:
    random = np.random.default_rng(2)
    rates = random.beta(0.5, 0.5, 500)
    streams = [(random.random(500) < rate).astype(np.float64) for rate in rates]
    assert share_of_alarms(Baseline.learned, streams, 2_500.0) <= 0.2


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_a_learned_baseline_keeps_its_promise_at_each_rate(rate: float) -> None:
    random = np.random.default_rng(3)
    streams = [(random.random(1_000) < rate).astype(np.float64) for _ in range(300)]
    assert share_of_alarms(Baseline.learned, streams, 5_000.0) <= 0.2


def errors_in_runs(random: np.random.Generator, rows: int, rate: float, persistence: float) -> Floats:
    """Each loss is the one before it with a chance of p = `persistence`: a time of (1 + p) / (1 - p)."""
    drawn = (random.random(rows) < rate).astype(np.float64)
    started = np.where(random.random(rows) < persistence, -1, np.arange(rows))
    started[0] = 0
    return drawn[np.maximum.accumulate(started)]


def test_errors_in_runs_raise_few_alarms_once_their_dependence_is_told_or_measured() -> None:
    random = np.random.default_rng(9)
    alarms = {"measured": 0, "told": 0, "ignored": 0}
    for _ in range(60):
        losses = errors_in_runs(random, 4_000, 0.1, 0.5)
        for name, dependence in (("measured", None), ("told", 3.0), ("ignored", 1.0)):
            alarms[name] += EDetector(Baseline.learned(), 4e4, dependence=dependence).update(losses) is not None
    assert alarms["told"] <= 6 * 2
    assert alarms["measured"] <= 6 * 2
    assert alarms["ignored"] >= 40


def test_groups_share_one_budget() -> None:
    random = np.random.default_rng(4)
    rates = np.array([0.02, 0.1, 0.25, 0.4])
    alarms = 0
    for _ in range(300):
        members = random.choice(4, 600, p=[0.6, 0.2, 0.15, 0.05])
        losses = (random.random(600) < rates[members]).astype(np.float64)
        alarms += EDetector(Baseline.learned(), 3_000.0, groups=4).update(losses, members) is not None
    assert alarms / 300 <= 0.2


def test_the_mean_evidence_without_change_is_at_most_the_number_of_rows() -> None:
    random = np.random.default_rng(5)
    reached = []
    for _ in range(2_000):
        detector = EDetector(Baseline.stated(0.3), 1e12)
        detector.update((random.random(40) < 0.3).astype(np.float64))
        reached.append(math.exp(detector.evidence))
    # Fair bets: the mean is the number of rows itself; the rest is the simulation's own error.
    assert np.mean(reached) == pytest.approx(40.0, rel=0.25)


def test_years_and_limits_are_each_others_inverse() -> None:
    limit = limit_for(2.0, 300.0)
    assert limit == pytest.approx(219_150.0)
    found = guarantee(limit, 300.0, stated=True)
    assert found.years == pytest.approx(2.0)
    assert found.sentence.startswith("At most one false alarm per model in 2.0 years on average at 300 labels a day,")
    assert "depend" in found.sentence


def test_a_learned_baselines_promise_says_that_it_takes_losses_for_independent() -> None:
    found = EDetector(Baseline.learned(), 1e4).guarantee(1_000.0)
    assert found.years == pytest.approx(10.0 / 365.25)
    assert "in 10 days" in found.sentence and "independent" in found.sentence
    assert "however" in EDetector(Baseline.stated(0.1), 1e4).guarantee(1_000.0).sentence


@pytest.mark.parametrize(("limit", "rows"), [(1.0, 10.0), (1e4, 0.0), (1e4, -1.0)])
def test_nothing_is_promised_for_nothing(limit: float, rows: float) -> None:
    with pytest.raises(ValueError, match="promises nothing"):
        guarantee(limit, rows, stated=False)
    with pytest.raises(ValueError, match="give no limit"):
        limit_for(0.0, 10.0)


@pytest.mark.campaign
@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2, 0.4])
@pytest.mark.parametrize("groups", [0, 8])
def test_the_mean_number_of_rows_to_a_false_alarm_is_at_least_the_limit(rate: float, groups: int) -> None:
    random = np.random.default_rng(6)
    limit, longest = 3_000.0, 30_000
    waited = []
    for _ in range(150):
        members = random.integers(0, groups, longest) if groups else None
        losses = (random.random(longest) < rate).astype(np.float64)
        found = EDetector(Baseline.learned(learn=10_000), limit, groups=groups).update(losses, members)
        waited.append(longest if found is None else found.row + 1)
    assert np.mean(waited) >= limit


@pytest.mark.campaign
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_a_baseline_that_has_stopped_learning_alarms_no_more_often_than_the_limit_says(rate: float) -> None:
    """Restarted after each alarm, over a million rows that no baseline learned from."""
    random = np.random.default_rng(7)
    limit = 2e4
    alarms = 0
    for _ in range(20):
        detector = EDetector(Baseline.learned(learn=10_000), limit)
        for _ in range(60):
            if detector.update((random.random(1_000) < rate).astype(np.float64)):
                alarms += 1
                detector.restart()
    assert alarms <= 1.5 * 20 * 60_000 / limit
