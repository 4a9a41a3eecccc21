import numpy as np
import pytest

from aiqu_desktop.monitoring.shifts import shifts_of

THREE = ("06:00", "14:00", "22:00")


def times(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[us]")


def test_each_shift_lasts_until_the_next_begins_and_the_last_one_over_midnight() -> None:
    found = shifts_of(times("2026-01-05T05:59:59", "2026-01-05T06:00:00", "2026-01-05T13:59:59.999999",
                            "2026-01-05T14:00", "2026-01-05T22:00", "2026-01-06T00:00"), THREE, "UTC")  # fmt: skip
    assert found.tolist() == ["22:00-06:00", "06:00-14:00", "06:00-14:00", "14:00-22:00", "22:00-06:00", "22:00-06:00"]


def test_the_order_in_which_the_starts_are_given_does_not_matter() -> None:
    at = times("2026-01-05T03:00", "2026-01-05T07:00")
    assert shifts_of(at, THREE[::-1], "UTC").tolist() == shifts_of(at, THREE, "UTC").tolist()


def test_shifts_follow_the_clock_on_the_wall_through_summer_time() -> None:
    winter, summer = times("2026-03-28T05:30"), times("2026-03-29T04:30")  # both 06:30 in Stockholm
    for at in (winter, summer):
        assert shifts_of(at, THREE, "Europe/Stockholm").tolist() == ["06:00-14:00"]
        assert shifts_of(at, THREE, "UTC").tolist() == ["22:00-06:00"]


@pytest.mark.parametrize("count", [0, 3])
def test_rows_without_a_time_have_no_shift(count: int) -> None:
    assert shifts_of(times(*["NaT"] * count), THREE, "UTC").tolist() == [None] * count
