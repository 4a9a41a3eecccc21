"""Ticks fall on round numbers and round moments, never too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.reports.charts.ticks import date_ticks, number_ticks, tick_labels
from tests.reports.samples import at


def test_ticks_are_round_and_labelled_with_the_decimals_they_need() -> None:
    assert number_ticks(0.62, 1.0) == [0.7, 0.8, 0.9, 1.0]
    assert tick_labels([0.7, 0.8], 100) == ["70", "80"]
    assert tick_labels([0.0, 2e6]) == ["0", "2e6"]
    assert tick_labels(number_ticks(-0.02, 0.02)) == ["−0.02", "−0.01", "0.00", "0.01", "0.02"]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 9))
def test_number_ticks_stay_inside_and_few(low: float, span: float, most: int) -> None:
    ticks = number_ticks(low, low + span, most)
    tolerance = 1e-6 * max(abs(low), span)
    assert len(ticks) <= most + 1
    assert all(low - tolerance <= tick <= low + span + tolerance for tick in ticks)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.floats(3_600, 3e9), st.integers(3, 12))
def test_date_ticks_stay_inside_in_order_and_few(start: datetime, seconds: float, most: int) -> None:
    begin = start.replace(tzinfo=UTC)
    end = begin + timedelta(seconds=seconds)
    moments = [moment for moment, _, _ in date_ticks(begin, end, most)]
    assert len(moments) <= most and moments == sorted(set(moments))
    assert all(begin <= moment <= end for moment in moments)


def test_two_years_have_quarters_and_name_each_year_once() -> None:
    ticks = date_ticks(at(2008, 1, 1), at(2009, 7, 1), 8)
    assert [label for _, label, _ in ticks] == ["Jan", "Apr", "Jul", "Oct", "Jan", "Apr", "Jul"]
    assert [around for _, _, around in ticks if around] == ["2008", "2009"]


def test_a_month_has_mondays_and_a_day_has_hours() -> None:
    weeks = date_ticks(at(2008, 2, 1), at(2008, 3, 1), 8)
    assert [label for _, label, _ in weeks] == ["4 Feb", "11 Feb", "18 Feb", "25 Feb"]
    hours = date_ticks(at(2008, 3, 4), at(2008, 3, 5), 8)
    assert [label for _, label, _ in hours] == ["00:00", "06:00", "12:00", "18:00", "00:00"]
    assert hours[0][2] == "2008-03-04" and hours[-1][2] == "2008-03-05"
