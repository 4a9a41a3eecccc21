"""Clocks: replayed time stands still or goes forward, and every instant is aware and in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.clock import ReplayClock, SystemClock, as_utc, iso, wait_until

_START = datetime(2008, 1, 1, tzinfo=UTC)
_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_instants = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=_zones)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_the_replay_clock_stands_still_until_it_is_moved() -> None:
    clock = ReplayClock(_START)
    assert clock.now() == clock.now() == _START
    clock.move_to(_START + timedelta(days=30))
    assert clock.now() == _START + timedelta(days=30)


def test_the_replay_clock_may_be_moved_to_where_it_is() -> None:
    clock = ReplayClock(_START)
    clock.move_to(_START)
    assert clock.now() == _START


def test_the_replay_clock_never_runs_backwards() -> None:
    clock = ReplayClock(_START)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(_START - timedelta(microseconds=1))
    assert clock.now() == _START


def test_the_replay_clock_compares_instants_and_not_the_hands_of_two_zones() -> None:
    clock = ReplayClock(_START)
    clock.move_to(datetime(2008, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=-1))))
    assert clock.now() == datetime(2008, 1, 1, 1, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(datetime(2008, 1, 1, 2, 0, tzinfo=timezone(timedelta(hours=1))))


def test_a_naive_instant_is_taken_as_utc() -> None:
    assert as_utc(datetime(2010, 6, 1, 12)) == datetime(2010, 6, 1, 12, tzinfo=UTC)
    assert ReplayClock(datetime(2010, 6, 1)).now().tzinfo is UTC


@given(_instants)
def test_an_instant_survives_its_iso_form(instant: datetime) -> None:
    text = iso(instant)
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == instant


@given(_instants, _zones)
def test_one_instant_has_one_iso_form_whatever_its_zone(instant: datetime, zone: timezone) -> None:
    assert iso(instant) == iso(instant.astimezone(zone))


def test_iso_shows_parts_of_a_second_only_where_there_are_any() -> None:
    assert iso(_START) == "2008-01-01T00:00:00Z"
    assert iso(_START.replace(microsecond=5)) == "2008-01-01T00:00:00.000005Z"


def test_waiting_ends_as_soon_as_the_condition_holds() -> None:
    answers = iter([False, False, True])
    begun = time.monotonic()
    assert wait_until(lambda: next(answers), timeout=60, poll=0.001)
    assert time.monotonic() - begun < 30
    assert next(answers, "asked no more") == "asked no more"


def test_waiting_for_what_never_comes_ends_at_the_timeout() -> None:
    begun = time.monotonic()
    assert not wait_until(lambda: False, timeout=0.05, poll=0.01)
    assert time.monotonic() - begun >= 0.05


def test_waiting_asks_once_even_without_time() -> None:
    assert wait_until(lambda: True, timeout=0)
