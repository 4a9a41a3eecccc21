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
from aiqu_desktop.drift.sequential.bets import RISES, wagers
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.values import Floats, Ints


def errors(seed: int, *parts: tuple[int, float]) -> Floats:
    """0/1 losses: so many rows at each rate."""
    random = np.random.default_rng(seed)
    return np.concatenate([(random.random(rows) < rate).astype(np.float64) for rows, rate in parts])


def paid(level: float, rate: float, loss: float) -> float:
    return 1.0 + (rate - level) / (level * (1.0 - level)) * (loss - level)


def risen(level: float, rise: float) -> float:
    return max(math.sin(min(math.asin(math.sqrt(level)) + rise, 1.5)) ** 2, level)


class Followed:
    """The following bet by its definition: sums over all rows before, each weighted by its age."""

    def __init__(self, memory: float, shrinkage: float) -> None:
        self.keep, self.shrinkage = 1.0 - 1.0 / memory, shrinkage
        self.past: list[tuple[int, float, float]] = []

    def rate(self, group: int, level: float) -> float:
        aged = [(g, x, m, self.keep**age) for age, (g, x, m) in enumerate(reversed(self.past))]
        spread = sum(2.0 * math.sqrt(m * (1.0 - m)) * w for _, _, m, w in aged)
        rise = max(sum((x - m) * w for _, x, m, w in aged) / (spread + 8.0), 0.0)
        shown = sum((x - m) * w for g, x, m, w in aged if g == group)
        shown += self.shrinkage * 2.0 * rise * math.sqrt(level * (1.0 - level))
        excess = max(shown, 0.0) / (sum(w for g, _, _, w in aged if g == group) + self.shrinkage)
        return min(max(level + 1.2 * excess, risen(level, 0.03)), max(level, 0.98))


def by_definition(losses: Floats, members: Ints | None, groups: int) -> list[tuple[float, float]]:
    """Evidence and expected onset after each row, one row and one bet at a time, from Jeffreys' prior."""
    seen, summed = np.zeros(groups + 1), np.zeros(groups + 1)
    fast, slow = Followed(120.0, 10.0), Followed(1_000.0, 30.0)
    shares = [*([0.1 / 8] * 8), *([0.2 / 8] * 8), 0.56, 0.14]
    wealth = np.zeros((2, len(shares)))
    found = []
    for row, loss in enumerate(losses):
        group = 0 if members is None else int(members[row])
        learners = [0] if members is None else [0, group + 1]
        level, own = (float((summed[one] + 0.5) / (seen[one] + 1.0)) for one in (learners[0], learners[-1]))
        rates = [(level, risen(level, rise)) for rise in RISES] + [(own, risen(own, rise)) for rise in RISES]
        rates += [(own, each.rate(group, own)) for each in (fast, slow)]
        factors = np.array([paid(against, rate, float(loss)) for against, rate in rates])
        wealth = (wealth + np.array([[1.0], [float(row)]])) * factors
        value = wealth[0] @ shares
        onset = (wealth[1, :16] @ shares[:16]) / (wealth[0, :16] @ shares[:16])
        for each in (fast, slow):
            each.past.append((group, float(loss), own))
        for learner in learners:
            seen[learner] += 1
            summed[learner] += loss
        found.append((math.log(value), onset))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 150), st.sampled_from([0, 1, 3]), st.booleans())
def test_the_evidence_is_that_of_the_definition(seed: int, rows: int, groups: int, graded: bool) -> None:
    random = np.random.default_rng(seed)
    losses = random.random(rows) ** 2 if graded else (random.random(rows) < 0.3).astype(np.float64)
    members = random.integers(0, groups, rows) if groups else None
    detector = EDetector(Baseline.learned(), 1e9, groups=groups, dependence=1.0)
    detector.update(losses, members)
    expected = by_definition(losses, members, groups)
    assert detector.evidence == pytest.approx(expected[-1][0], abs=1e-9)


@pytest.mark.parametrize("groups", [0, 3])
def test_the_alarm_is_the_first_row_whose_evidence_reaches_the_limit(groups: int) -> None:
    losses = errors(1, (200, 0.1), (150, 0.5))
    members = np.random.default_rng(2).integers(0, 3, losses.size) if groups else None
    expected = by_definition(losses, members, groups)
    first = next(row for row, (evidence, _) in enumerate(expected) if evidence >= math.log(1e4))
    detector = EDetector(Baseline.learned(), 1e4, groups=groups, dependence=1.0)
    found = detector.update(losses, members)
    assert found is not None and found is detector.detection
    assert found.row == first
    assert found.onset == round(expected[first][1])
    assert found.evidence == pytest.approx(expected[first][0], abs=1e-9)
    assert found.level == pytest.approx((losses[:first].sum() + 0.5) / (first + 1.0), abs=1e-12)
    assert detector.evidence == pytest.approx(found.evidence, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 1_200), max_size=4),
    st.sampled_from([0, 4]),
    st.sampled_from([1, 6]),
)
def test_stopping_anywhere_and_going_on_from_the_stored_state_changes_nothing(
    seed: int, cuts: list[int], groups: int, run: int
) -> None:
    losses = np.repeat(errors(seed, (700 // run, 0.15), (500 // run, 0.3)), run)  # in runs: dependence is measured
    members = np.random.default_rng(seed).integers(0, groups, losses.size) if groups else None
    whole = EDetector(Baseline.learned(learn=900), 1e3, groups=groups)
    whole.update(losses, members)
    parts = EDetector(Baseline.learned(learn=900), 1e3, groups=groups)
    edges = [0, *sorted(min(cut, losses.size) for cut in cuts), losses.size]
    for start, stop in itertools.pairwise(edges):
        parts.update(losses[start:stop], None if members is None else members[start:stop])
        parts = EDetector.from_state(json.loads(json.dumps(parts.state())))
    assert parts.rows == whole.rows == losses.size
    assert parts.evidence == pytest.approx(whole.evidence, abs=1e-9)
    assert parts.level == pytest.approx(whole.level, abs=1e-12)
    assert parts.dependence == pytest.approx(whole.dependence, rel=1e-9)
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
    assert np.max(np.abs(np.array(onsets) - 3_000)) <= 250  # the alarm comes some 35 rows after the rise


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


def test_rises_that_differ_from_group_to_group_are_found_sooner_by_following_them() -> None:
    """Three of six groups rise, each by as much as it likes: no fixed bet has that profile."""
    before = np.array([0.02, 0.1, 0.4, 0.4, 0.4, 0.4])
    after = np.array([0.2, 0.3, 0.4, 0.4, 0.4, 0.5])
    delays, plain = [], []
    for seed in range(10):
        random = np.random.default_rng(seed)
        members = random.integers(0, 6, 4_000)
        rates = np.where(np.arange(4_000) < 3_000, before[members], after[members])
        losses = (random.random(4_000) < rates).astype(np.float64)
        found = EDetector(Baseline.learned(), 1e5, groups=6).update(losses, members)
        without = EDetector(Baseline.learned(), 1e5).update(losses)
        assert found is not None and found.row >= 3_000 and without is not None
        delays.append(found.row - 3_000)
        plain.append(without.row - 3_000)
    assert np.median(delays) < 0.8 * np.median(plain)


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


def test_no_bet_is_laid_before_the_dependence_is_known() -> None:
    losses = errors(14, (400, 0.05), (111, 0.9))
    unknown, told = EDetector(Baseline.learned(), 1e4), EDetector(Baseline.learned(), 1e4, dependence=1.0)
    assert unknown.update(losses) is None and unknown.evidence == -math.inf
    assert told.update(losses) is not None
    assert unknown.level == pytest.approx((losses.sum() + 0.5) / 512.0)  # it learned all along
    unknown.update(np.zeros(2))
    assert math.isfinite(unknown.evidence)


def test_no_rows_are_no_evidence() -> None:
    detector = EDetector(Baseline.learned(), 1e4, groups=2)
    assert detector.update(np.array([]), np.array([], dtype=np.int64)) is None
    assert (detector.rows, detector.evidence, detector.groups) == (0, -math.inf, 2)


def test_a_restart_with_a_baseline_learns_the_level_anew_and_keeps_the_dependence() -> None:
    detector = EDetector(Baseline.learned(), 1e9, groups=2)
    losses = np.repeat(errors(12, (300, 0.2)), 5)
    detector.update(losses, np.zeros(losses.size, dtype=np.int64))
    time = detector.dependence
    assert 4.0 < time < 12.0  # runs of five, and caution while losses are few
    detector.restart(Baseline.learned())
    assert (detector.level, detector.dependence, detector.rows) == (0.5, time, losses.size)
    detector.update(np.ones(50), np.ones(50, dtype=np.int64))
    assert detector.level > 0.9


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
    with pytest.raises(ValueError, match="format 1 or 2"):
        EDetector.from_state(stored)


def test_a_state_with_a_bet_too_few_is_refused() -> None:
    stored = EDetector(Baseline.learned()).state()
    stored["wealth"] = [each[:-1] for each in stored["wealth"]]
    with pytest.raises(ValueError, match="each of its bets"):
        EDetector.from_state(stored)


@pytest.mark.parametrize("groups", [0, 2])
def test_a_state_of_the_first_format_goes_on_with_its_baseline_and_its_fixed_bets(groups: int) -> None:
    """As the first format was written: evidence of all groups, of every group and of single ones."""
    members = np.arange(500) % 2 if groups else None
    losses = errors(13, (500, 0.2))
    now = EDetector(Baseline.learned(), 1e4, groups=groups, dependence=1.0)
    now.update(losses, members)
    written = now.state()
    fixed = np.array(written["wealth"])
    old = {
        "format": 1, "limit": 1e4, "dependence": 1.0, "rows": 500, "baseline": written["baseline"],
        "of_group": written["of_group"], "together": fixed[:, :8].tolist(),
        "every": fixed[:, 8:16].tolist() if groups else np.zeros((2, 8)).tolist(),
        "one": np.ones((groups, 2, 8)).tolist(), "detection": None,
    }  # fmt: skip
    found = EDetector.from_state(json.loads(json.dumps(old)))
    assert (found.rows, found.groups, found.level, found.dependence) == (500, groups, now.level, 1.0)
    kept = np.concatenate([np.full(8, 0.1 / 8), np.full(8, 0.2 / 8)]) if groups else np.full(8, 0.3 / 8)
    assert math.exp(found.evidence) == pytest.approx(float(fixed[0, : kept.size] @ kept))
    detection = found.update(np.ones(60), np.zeros(60, dtype=np.int64) if groups else None)
    assert detection is not None and detection.row >= 500


def test_an_alarm_of_the_first_format_still_stands() -> None:
    old = {
        "format": 1, "limit": 1e4, "dependence": 2.0, "rows": 90, "of_group": [], "one": [],
        "baseline": Baseline.learned(rows=80, total=8.0).to_json(), "together": np.ones((2, 8)).tolist(),
        "every": np.zeros((2, 8)).tolist(), "detection": [80, 70, 9.5, 0.1],
    }  # fmt: skip
    found = EDetector.from_state(old)
    assert found.detection is not None and (found.detection.row, found.detection.onset) == (80, 70)
    assert found.update(np.ones(20)) == found.detection
    assert (found.rows, found.dependence) == (110, 2.0)
