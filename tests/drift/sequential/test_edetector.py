"""The change detector: equal to its definition, resumable anywhere, and heard when and only when losses rise."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.bets import GROUP_RISES, RISES, wagers
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.values import Floats, Ints


def errors(seed: int, *parts: tuple[int, float]) -> Floats:
    """0/1 losses: so many rows at each rate."""
    random = np.random.default_rng(seed)
    return np.concatenate([(random.random(rows) < rate).astype(np.float64) for rows, rate in parts])


def by_definition(losses: Floats, members: Ints | None, groups: int) -> list[tuple[float, float]]:
    """Evidence and expected onset after each row, one row and one bet at a time, from Jeffreys' prior."""
    seen, summed = np.zeros(groups + 1), np.zeros(groups + 1)
    together, every = np.zeros((2, RISES.size)), np.zeros((2, RISES.size))
    one = np.zeros((groups, 2, GROUP_RISES.size))
    found = []
    for row, loss in enumerate(losses):
        entry = np.array([[1.0], [float(row)]])

        def paid(level: float, rises: Floats, loss: float = loss) -> Floats:
            factors = []
            for rise in rises:
                q = math.sin(min(math.asin(math.sqrt(level)) + rise, 1.5)) ** 2
                q = max(q, level)
                factors.append(1.0 + (q - level) / (level * (1.0 - level)) * (loss - level))
            return np.array(factors)

        together = (together + entry) * paid((summed[0] + 0.5) / (seen[0] + 1.0), RISES)
        mixture = together.mean(axis=1)
        learners = [0]
        if members is not None:
            group = int(members[row])
            own = (summed[group + 1] + 0.5) / (seen[group + 1] + 1.0)
            every = (every + entry) * paid(own, RISES)
            one[group] = (one[group] + entry) * paid(own, GROUP_RISES)
            mixture = 0.25 * mixture + 0.25 * every.mean(axis=1) + 0.5 * one.mean(axis=2).sum(axis=0)
            learners.append(group + 1)
        for learner in learners:
            seen[learner] += 1
            summed[learner] += loss
        found.append((math.log(mixture[0]), mixture[1] / mixture[0]))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 150), st.sampled_from([0, 1, 3]), st.booleans())
def test_the_evidence_is_that_of_the_definition(seed: int, rows: int, groups: int, graded: bool) -> None:
    random = np.random.default_rng(seed)
    losses = random.random(rows) ** 2 if graded else (random.random(rows) < 0.3).astype(np.float64)
    members = random.integers(0, groups, rows) if groups else None
    detector = EDetector(Baseline.learned(), 1e9, groups=groups)
    detector.update(losses, members)
    expected = by_definition(losses, members, groups)
    assert detector.evidence == pytest.approx(expected[-1][0], abs=1e-9)


@pytest.mark.parametrize("groups", [0, 3])
def test_the_alarm_is_the_first_row_whose_evidence_reaches_the_limit(groups: int) -> None:
    losses = errors(1, (400, 0.1), (400, 0.5))
    members = np.random.default_rng(2).integers(0, 3, losses.size) if groups else None
    expected = by_definition(losses, members, groups)
    first = next(row for row, (evidence, _) in enumerate(expected) if evidence >= math.log(1e4))
    detector = EDetector(Baseline.learned(), 1e4, groups=groups)
    found = detector.update(losses, members)
    assert found is not None and found is detector.detection
    assert found.row == first
    assert found.onset == round(expected[first][1])
    assert found.evidence == pytest.approx(expected[first][0], abs=1e-9)
    assert found.level == pytest.approx((losses[:first].sum() + 0.5) / (first + 1.0), abs=1e-12)
    assert detector.evidence == pytest.approx(found.evidence, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 1_200), max_size=4), st.sampled_from([0, 4]))
def test_stopping_anywhere_and_going_on_from_the_stored_state_changes_nothing(
    seed: int, cuts: list[int], groups: int
) -> None:
    losses = errors(seed, (700, 0.15), (500, 0.3))
    members = np.random.default_rng(seed).integers(0, groups, losses.size) if groups else None
    whole = EDetector(Baseline.learned(learn=900), 1e3, groups=groups)
    whole.update(losses, members)
    parts = EDetector(Baseline.learned(learn=900), 1e3, groups=groups)
    edges = [0, *sorted(cuts), losses.size]
    for start, stop in itertools.pairwise(edges):
        parts.update(losses[start:stop], None if members is None else members[start:stop])
        parts = EDetector.from_state(json.loads(json.dumps(parts.state())))
    assert parts.rows == whole.rows == losses.size
    assert parts.evidence == pytest.approx(whole.evidence, abs=1e-9)
    assert parts.level == pytest.approx(whole.level, abs=1e-12)
    if whole.detection is None:
        assert parts.detection is None
    else:
        assert parts.detection is not None
        assert (parts.detection.row, parts.detection.onset) == (whole.detection.row, whole.detection.onset)


def test_blocks_within_one_update_are_no_different_from_rows_one_by_one() -> None:
    losses = errors(3, (9_000, 0.2))
    whole, single = EDetector(Baseline.learned(), 1e8), EDetector(Baseline.learned(), 1e8)
    whole.update(losses)
    for part in np.split(losses, [1, 2, 8_191, 8_192, 8_193]):
        single.update(part)
    assert whole.evidence == pytest.approx(single.evidence, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-4, 0.9999), st.floats(0.01, 1.2))
def test_a_wager_is_fair_at_its_level_and_pays_more_the_higher_the_loss(level: float, rise: float) -> None:
    none, half, full = wagers(np.array([0.0, 0.5, 1.0]), np.full(3, level), np.array([rise]))[:, 0]
    assert (1.0 - level) * none + level * full == pytest.approx(1.0, rel=1e-9)
    assert 0.0 <= none <= full
    assert half == pytest.approx((none + full) / 2)


def test_wagers_on_levels_that_differ_are_those_on_each_alone() -> None:
    losses, levels = np.array([0.0, 1.0, 0.3]), np.array([0.1, 0.4, 0.995])
    together = wagers(losses, levels, RISES)
    alone = np.vstack([wagers(losses[i : i + 1], levels[i : i + 1], RISES) for i in range(3)])
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_a_clear_rise_is_found_soon_and_its_onset_named() -> None:
    onsets = []
    for seed in range(20):
        found = EDetector(Baseline.learned(), 1e5).update(errors(seed, (3_000, 0.1), (1_000, 0.4)))
        assert found is not None
        assert 3_000 <= found.row < 3_120
        assert found.level == pytest.approx(0.1, abs=0.03)
        onsets.append(found.onset)
    assert abs(np.median(onsets) - 3_000) <= 20
    assert np.max(np.abs(np.array(onsets) - 3_000)) <= 150


def test_a_fall_of_the_losses_is_no_alarm() -> None:
    assert EDetector(Baseline.learned(), 1e6).update(errors(0, (3_000, 0.4), (3_000, 0.05))) is None


def test_graded_losses_are_watched_as_well_as_errors() -> None:
    random = np.random.default_rng(4)
    losses = np.concatenate([random.beta(2, 18, 2_000), random.beta(4, 16, 1_000)])
    found = EDetector(Baseline.learned(), 1e5).update(losses)
    assert found is not None and 2_000 <= found.row < 2_600


def test_losses_that_rise_because_harder_groups_come_more_often_are_found_with_groups_too() -> None:
    random = np.random.default_rng(5)
    members = np.concatenate([random.integers(0, 10, 4_000) < 2, random.integers(0, 10, 2_000) < 8]).astype(np.int64)
    losses = (random.random(members.size) < np.where(members == 1, 0.4, 0.05)).astype(np.float64)
    found = EDetector(Baseline.learned(), 1e5, groups=2).update(losses, members)
    assert found is not None and 4_000 <= found.row < 4_100


def test_a_rise_in_one_group_is_found_sooner_by_knowing_the_groups() -> None:
    known, unknown = [], []
    for seed in range(10):
        random = np.random.default_rng(seed)
        members = random.integers(0, 5, 8_000)
        rates = np.where((np.arange(8_000) >= 4_000) & (members == 3), 0.4, 0.15)
        losses = (random.random(8_000) < rates).astype(np.float64)
        with_groups = EDetector(Baseline.learned(), 1e5, groups=5).update(losses, members)
        without = EDetector(Baseline.learned(), 1e5).update(losses)
        assert with_groups is not None and with_groups.row >= 4_000
        known.append(with_groups.row)
        unknown.append(8_000 if without is None else without.row)
    assert np.median(known) - 4_000 < 0.6 * (np.median(unknown) - 4_000)


def test_a_group_not_seen_for_long_neither_gains_nor_loses_evidence() -> None:
    detector = EDetector(Baseline.learned(), 1e6, groups=2)
    detector.update(errors(6, (500, 0.2)), np.zeros(500, dtype=np.int64))
    stored = detector.state()["one"]
    assert np.all(np.array(stored[1]) == 0.0)
    assert np.all(np.array(stored[0][0]) > 0.0)


def test_an_alarm_stands_until_the_restart_which_keeps_the_baseline() -> None:
    detector = EDetector(Baseline.learned(), 1e4)
    found = detector.update(errors(7, (2_000, 0.1), (200, 0.9)))
    assert found is not None
    level = detector.level
    assert detector.update(np.zeros(300)) == found
    assert (detector.rows, detector.level) == (2_500, level)
    assert detector.evidence == found.evidence
    detector.restart()
    assert detector.detection is None and detector.evidence == -math.inf
    assert detector.level == level
    again = detector.update(np.ones(20))
    assert again is not None and 2_500 <= again.row < 2_520
    assert again.onset >= 2_500


def test_no_rows_are_no_evidence() -> None:
    detector = EDetector(Baseline.learned(), 1e4, groups=2)
    assert detector.update(np.array([]), np.array([], dtype=np.int64)) is None
    assert (detector.rows, detector.evidence, detector.groups) == (0, -math.inf, 2)


@pytest.mark.parametrize("bad", [[np.nan], [1.01], [-0.01], [np.inf], [[0.1]]])
def test_losses_that_are_missing_or_out_of_range_are_refused_and_leave_no_trace(bad: list[float]) -> None:
    detector = EDetector(Baseline.learned(), 1e4)
    with pytest.raises(ValueError, match="losses are numbers"):
        detector.update(np.array(bad))
    assert detector.rows == 0


@pytest.mark.parametrize("groups", [None, [0, 1], [0, 1, 2], [-1, 0, 1]])
def test_groups_that_do_not_fit_are_refused(groups: list[int] | None) -> None:
    detector = EDetector(Baseline.learned(), 1e4, groups=2)
    with pytest.raises(ValueError, match="each row needs its group"):
        detector.update(np.zeros(3), None if groups is None else np.array(groups))


def test_dependence_counts_so_many_rows_as_one() -> None:
    losses = errors(8, (200, 0.2))
    once, tempered = EDetector(Baseline.stated(0.2), 1e9), EDetector(Baseline.stated(0.2), 1e9, dependence=3.0)
    once.update(losses)
    tempered.update(np.repeat(losses, 3))
    # Each row thrice at a third of the stake: the same wealth of a bet that began at the first of the three; the bets
    # that began at the second and third make the rest.
    assert once.evidence < tempered.evidence < once.evidence + math.log(3.0) + 1.0
    stored = json.loads(json.dumps(tempered.state()))
    assert EDetector.from_state(stored).dependence == 3.0


@pytest.mark.parametrize("dependence", [0.99, math.nan, math.inf])
def test_a_dependence_below_none_is_refused(dependence: float) -> None:
    with pytest.raises(ValueError, match="autocorrelation time"):
        EDetector(Baseline.learned(), dependence=dependence)


@pytest.mark.parametrize("limit", [1.0, -5.0, math.nan, math.inf])
def test_a_limit_that_promises_nothing_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="limit"):
        EDetector(Baseline.learned(), limit)


def test_a_stated_baseline_holds_for_all_rows_together() -> None:
    with pytest.raises(ValueError, match="groups need a learned baseline"):
        EDetector(Baseline.stated(0.1), groups=3)


def test_a_state_of_another_format_is_refused() -> None:
    stored = EDetector(Baseline.learned()).state() | {"format": 99}
    with pytest.raises(ValueError, match="format 1"):
        EDetector.from_state(stored)
