"""Numbers and times as the screens write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.ui import formatting
from aiqu_desktop.ui.widgets.facts import breakable

NOW = datetime(2026, 3, 12, 14, 32, tzinfo=UTC)


def test_an_estimate_carries_its_interval_its_unit_and_its_sample_size():
    assert formatting.estimate(0.9123, 0.8704, 0.9418, n=312) == "0.912 [0.870–0.942], n\u00a0=\u00a0312"
    assert formatting.estimate(18.42, 16.31, 20.53, "ppmv") == "18.4\u00a0ppmv [16.3–20.5]"


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    assert formatting.number(None) == formatting.number(math.nan) == formatting.percent(None) == "–"
    assert formatting.estimate_parts(None, None, None, "mm") == ("–", "")
    assert formatting.instant(None) == "–"
    assert formatting.ago(None, NOW) == "never"


def test_places_follow_the_width_of_the_interval():
    assert formatting.estimate_parts(0.99642, 0.99531, 0.99753) == ("0.9964", "[0.9953–0.9975]")
    assert formatting.estimate_parts(1834.2, 1650.0, 2020.0) == ("1\u202f834", "[1\u202f650–2\u202f020]")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0.4 s"), (45, "45 s"), (720, "12 min"), (3600, "1 h"), (11400, "3 h 10 min"), (187200, "2 d 4 h"),
     (3599, "1 h"), (86399, "24 h")],
)  # fmt: skip
def test_a_duration_shows_the_units_that_matter(seconds, text):
    assert formatting.duration(seconds).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("delta", "text"),
    [(timedelta(0), "now"), (timedelta(seconds=2), "2 s ago"), (timedelta(hours=3, minutes=50), "3 h ago"),
     (timedelta(minutes=-12), "in 12 min"), (timedelta(days=9), "9 d ago"), (timedelta(hours=26), "26 h ago")],
)  # fmt: skip
def test_an_age_is_said_in_one_unit(delta, text):
    assert formatting.ago(NOW - delta, NOW).replace("\u00a0", " ") == text


def test_a_full_instant_leaves_no_doubt_about_the_zone():
    assert formatting.instant_full(NOW, UTC) == "2026-03-12 14:32:00 UTC"
    assert formatting.instant(NOW, UTC) == "12 Mar 2026 14:32"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_any_number_can_be_written_and_read_back_within_its_shown_places(value):
    text = formatting.number(value).replace("\u202f", "").replace("\u2212", "-")
    assert float(text) == pytest.approx(value, rel=6e-3, abs=6e-7)


@given(st.floats(min_value=0, max_value=1e9))
def test_a_duration_is_never_empty_and_never_says_sixty_minutes(seconds):
    text = formatting.duration(seconds)
    assert text
    assert "60" not in text.split("\u00a0")[0] or "min" not in text


def test_a_limit_is_written_without_made_up_places():
    assert formatting.limit(0.9) == "0.9"
    assert formatting.limit(0.873034) == "0.873"
    assert formatting.limit(22.0, "ppmv") == "22\u00a0ppmv"
    assert formatting.limit(1200.0) == "1\u202f200"


def test_a_long_digest_may_be_broken_and_loses_no_digit():
    assert breakable("head " + "ab" * 32).replace("\u200b", "") == "head " + "ab" * 32
    assert "\u200b" in breakable("ab" * 32)
    assert breakable("short words only") == "short words only"
