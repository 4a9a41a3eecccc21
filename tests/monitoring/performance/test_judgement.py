import math

import numpy as np
import pytest

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.monitoring.performance.judgement import Judge, LabelledRows
from aiqu_desktop.monitoring.settings import PerformanceSettings

DAY = 86_400.0
SETTINGS = PerformanceSettings(metric="accuracy", limit=0.8)


def stream(rights: np.ndarray, a_day: float = 20.0) -> LabelledRows:
    times = np.arange(rights.size) * DAY / a_day
    predictions = np.where(rights, "good", "worn").astype(object)
    return LabelledRows(times, times, np.full(rights.size, "good", object), predictions)


def test_a_value_beyond_the_limit_rings_only_with_evidence() -> None:
    rng = np.random.default_rng(2)
    rows = stream(np.concatenate([rng.random(400) < 0.95, rng.random(200) < 0.5]))
    judge = Judge(rows, SETTINGS)
    few, many = rows.known_at[403], rows.known_at[-1]
    assert judge.judge(0.7, few).verdict is Verdict.WARNING
    assert judge.judge(0.5, many).verdict is Verdict.BAD
    assert judge.judge(0.9, many).verdict is Verdict.GOOD  # back within the limit, whatever was before


def test_labels_that_come_later_are_no_evidence_yet() -> None:
    rows = stream(np.zeros(300, bool))
    judge = Judge(rows, SETTINGS)
    assert judge.judge(0.0, rows.known_at[0]).evidence < judge.judge(0.0, rows.known_at[250]).evidence
    assert judge.judge(0.0, -1.0).evidence == -math.inf


def test_a_longer_budget_asks_for_more_evidence() -> None:
    rows = stream(np.ones(300, bool))
    short = Judge(rows, PerformanceSettings(metric="accuracy", limit=0.8, false_alarm_years=1.0)).judge(0.9, DAY * 15)
    assert short.needed == pytest.approx(Judge(rows, SETTINGS).judge(0.9, DAY * 15).needed - math.log(10))


@pytest.mark.campaign
def test_a_year_at_the_limit_rings_less_often_than_the_budget_says() -> None:
    rng = np.random.default_rng(3)
    settings = PerformanceSettings(metric="accuracy", limit=0.8, false_alarm_years=2.0)
    rang = 0
    for _ in range(150):
        rows = stream(rng.random(7300) < 0.8)
        judge = Judge(rows, settings)
        rights = (rows.predictions == "good").astype(float)
        total = np.concatenate(([0.0], np.cumsum(rights)))
        for day in np.arange(28, 365, 0.25):
            end, begin = rows.known_until(day * DAY), rows.known_until((day - 28) * DAY)
            if judge.judge((total[end] - total[begin]) / (end - begin), day * DAY).verdict is Verdict.BAD:
                rang += 1
                break
    assert rang / 150 <= 0.5  # one in two years; the worst case is a model that sits exactly on its limit
