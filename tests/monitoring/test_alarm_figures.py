"""The alarm system's own figures against their definitions, spelled out the slow way."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import PlantState, Priority, ShelfTime
from aiqu_desktop.monitoring.alarm_figures import flood_share, floods, most_within
from aiqu_desktop.monitoring.suppression import return_expired
from aiqu_desktop.services import alarm_holding, plant
from aiqu_desktop.services.alarm_figures import alarm_figures
from tests.monitoring.alarm_desk import DAY, HOUR, MINUTE, START, AlarmDesk

TIMES = st.lists(st.integers(0, 3000), max_size=60).map(lambda t: np.array(sorted(t), dtype=np.float64))
SECOND = timedelta(seconds=1)


@given(TIMES, st.integers(1, 900))
def test_the_busiest_stretch_is_found_wherever_it_lies(times: np.ndarray, span: int) -> None:
    slow = max((sum(t <= other < t + span for other in times) for t in times), default=0)
    assert most_within(times, float(span)) == slow


@given(TIMES)
def test_floods_begin_above_ten_and_end_below_five_in_ten_minutes(times: np.ndarray) -> None:
    def within(at: int) -> int:
        return int(sum(at - 600 < t <= at for t in times))

    end, flooded, expected = 3200, False, []
    for at in range(end + 1):  # second by second
        if not flooded and within(at) > 10:
            flooded = True
        elif flooded and within(at) < 5:
            flooded = False
        expected.append(flooded)
    spans = floods(times, float(end))
    found = [any(span.start <= at < span.end for span in spans) for at in range(end)]
    assert found == expected[:end]
    assert flood_share(spans, 0.0, float(end)) == pytest.approx(sum(expected[:end]) / end)
    assert all(span.alarms > 10 for span in spans)


def _ring(desk: AlarmDesk, times: int, every: timedelta, key: str = "target", **more: object) -> None:
    for _ in range(times):
        desk.answer(True, key=key, **more)
        desk.answer(False, key=key, **more)
        desk.wait(every)


def test_a_burst_is_a_flood_a_peak_and_chatter(desk: AlarmDesk) -> None:
    desk.wait(HOUR)
    _ring(desk, 12, 10 * SECOND, priority=Priority.HIGH)
    _ring(desk, 4, HOUR, key="drift", priority=Priority.LOW)
    figures = alarm_figures(desk.registry)
    assert figures.annunciated == 16
    assert figures.peak_in_10_min == 13, "the twelve, and the first of the slow ones"
    (flood,) = figures.floods
    assert flood.start == START + HOUR + 100 * SECOND
    assert [(c.key, c.most_in_a_minute) for c in figures.chattering] == [("target", 6)]
    assert [(f.key, f.count) for f in figures.most_frequent] == [("target", 12), ("drift", 4)]
    assert [(s.priorities, s.count, s.share, s.recommended) for s in figures.priorities] == [
        ((Priority.CRITICAL, Priority.HIGH), 12, 0.75, 0.05),
        ((Priority.MEDIUM,), 0, 0.0, 0.15),
        ((Priority.LOW,), 4, 0.25, 0.80),
    ]
    hours = (desk.clock.now() - START) / HOUR
    assert figures.average_per_10_min == pytest.approx(16 / (6 * hours))
    assert sum(count for _, count in figures.per_day) == 16


def test_what_lasts_for_more_than_a_day_is_stale_until_it_returns_or_is_held_back(desk: AlarmDesk) -> None:
    desk.answer(True)
    desk.wait(DAY)
    assert alarm_figures(desk.registry).stale == ()
    desk.wait(MINUTE)
    assert [alarm.title for alarm in alarm_figures(desk.registry).stale] == ["Faulty values"]
    alarm_holding.shelve(desk.registry, [1], ShelfTime.ONE_HOUR, by="Elin", reason="known")
    figures = alarm_figures(desk.registry)
    assert (figures.stale, figures.shelved_now) == ((), 1)


def test_what_is_held_back_is_not_counted_as_told_until_it_comes_back(desk: AlarmDesk) -> None:
    plant.set_plant_state(desk.registry, PlantState.CLEANING, model=None, by="Elin", reason="wash")
    desk.wait(MINUTE)
    desk.answer(True)
    assert alarm_figures(desk.registry).annunciated == 0
    plant.set_plant_state(desk.registry, PlantState.RUNNING, model=None, by="Elin", reason="washed")
    assert alarm_figures(desk.registry).annunciated == 1
    alarm_holding.shelve(desk.registry, [1], ShelfTime.TEN_MINUTES, by="Elin", reason="known")
    desk.wait(HOUR)
    with desk.registry.write() as session:
        return_expired(session, desk.clock.now())
    assert alarm_figures(desk.registry).annunciated == 2, "an alarm from the shelf rings anew"


def test_a_quiet_site_has_figures_too_and_a_period_upside_down_has_none(desk: AlarmDesk) -> None:
    desk.wait(HOUR)
    figures = alarm_figures(desk.registry)
    assert (figures.annunciated, figures.average_per_10_min, figures.flood_share) == (0, 0.0, 0.0)
    assert [share.share for share in figures.priorities] == [None, None, None]
    with pytest.raises(UserError, match="ends before it begins"):
        alarm_figures(desk.registry, START + HOUR, START + MINUTE)
