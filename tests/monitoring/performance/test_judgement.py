import math

import numpy as np
import pytest

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.drift import Estimate
from aiqu_desktop.monitoring.performance.judgement import Judge, LabelledRows, healthy_level
from aiqu_desktop.monitoring.settings import PerformanceSettings

DAY = 86_400.0
SETTINGS = PerformanceSettings(metric="accuracy", limit=0.8)


def stream(rights: np.ndarray, a_day: float = 20.0) -> LabelledRows:
    times = np.arange(rights.size) * DAY / a_day
    predictions = np.where(rights, "good", "worn").astype(object)
    return LabelledRows(times, times, np.full(rights.size, "good", object), predictions)


def window(value: float, half: float = 0.05) -> Estimate:
    return Estimate("accuracy", value, value - half, value + half, 100)


def test_it_is_bad_only_beyond_the_limit_and_with_evidence_of_a_decline() -> None:
    rng = np.random.default_rng(2)
    rows = stream(np.concatenate([rng.random(400) < 0.95, rng.random(200) < 0.5]))
    judge = Judge(rows, SETTINGS, 0.93)
    few, many = rows.known_at[401], rows.known_at[-1]
    assert judge.judge(window(0.7), few).verdict is Verdict.WARNING  # no evidence yet
    assert judge.judge(window(0.5), many).verdict is Verdict.BAD
    assert judge.judge(window(0.78), many).verdict is Verdict.WARNING  # its interval reaches into the limit
    assert judge.judge(window(0.9), many).verdict is Verdict.WARNING  # within the limit, but declined
    assert judge.judge(window(0.95), many).verdict is Verdict.GOOD  # it has recovered
    assert judge.judge(window(0.9), few).verdict is Verdict.GOOD


def test_labels_that_come_later_are_no_evidence_yet() -> None:
    rows = stream(np.zeros(300, bool))
    judge = Judge(rows, SETTINGS, 0.9)
    assert judge.judge(window(0.0), rows.known_at[0]).evidence < judge.judge(window(0.0), rows.known_at[250]).evidence
    assert judge.judge(window(0.0), -1.0).evidence == -math.inf


def test_a_longer_budget_asks_for_more_evidence() -> None:
    rows = stream(np.ones(300, bool))
    one_year = PerformanceSettings(metric="accuracy", limit=0.8, false_alarm_years=1.0)
    short = Judge(rows, one_year, 0.9).judge(window(0.9), DAY * 15)
    assert short.needed == pytest.approx(Judge(rows, SETTINGS, 0.9).judge(window(0.9), DAY * 15).needed - math.log(10))


def test_the_healthy_level_is_what_was_accepted_but_never_beyond_the_limit() -> None:
    card = {"accuracy": {"value": 0.97, "low": 0.95, "high": 0.99}, "mae": {"value": 1.0, "low": 0.9, "high": 1.1}}
    assert healthy_level(SETTINGS, card) == 0.95
    assert healthy_level(PerformanceSettings(metric="accuracy", limit=0.96), card) == 0.96
    assert healthy_level(PerformanceSettings(metric="mae", limit=2.0), card) == 1.1
    assert healthy_level(SETTINGS, {}) == 0.8


@pytest.mark.campaign
def test_a_year_at_the_accepted_level_keeps_the_budget() -> None:
    rng = np.random.default_rng(3)
    settings = PerformanceSettings(metric="accuracy", limit=0.9, false_alarm_years=2.0)
    declined = 0
    for _ in range(150):
        rows = stream(rng.random(7300) < 0.9)
        judge = Judge(rows, settings, 0.9)
        days = np.arange(28, 365, 0.25) * DAY
        declined += any(judge.judge(window(0.89), float(at)).declined for at in days)
    assert declined / 150 <= 0.5  # one in two years
