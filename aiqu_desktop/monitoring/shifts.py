"""The shift of the day that a row belongs to, from its event time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError

SHIFT = "shift of the day"  # the name of the column that it becomes
_QUARTER = 900  # seconds; offsets from UTC change on such borders only
_DAY_MINUTES = 1440


def check_shifts(starts: Sequence[str], zone: str) -> None:
    """Raises UserError if the times at which shifts begin, or their zone, cannot be used."""
    if len(set(starts)) != len(starts):
        raise UserError("Shifts need two or more different times at which they begin, such as 06:00 and 18:00.")
    for start in starts:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", start):
            raise UserError(f"A shift cannot begin at {start!r}; give hour and minute as 06:00.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"There is no time zone {zone!r} on this machine; give one such as Europe/Stockholm or UTC."
        ) from None


def shifts_of(event_time: npt.NDArray[Any], starts: Sequence[str], zone: str) -> npt.NDArray[Any]:
    """Names such as "06:00-14:00", [rows]; None where the time is missing.

    event_time: datetime64, UTC, [rows]. starts: when each shift begins, "HH:MM" of the zone's own clock, which goes
    through summer time as the shifts do; the last one lasts until the first of the next day.
    """
    times = event_time.astype("datetime64[s]")
    there = ~np.isnat(times)
    seconds = times[there].astype(np.int64)
    quarters, places = np.unique(seconds // _QUARTER, return_inverse=True)
    minutes = (seconds + _offsets(quarters, zone)[places]) // 60 % _DAY_MINUTES
    ordered = sorted(starts)
    begins = np.array([60 * int(start[:2]) + int(start[3:]) for start in ordered])
    names = np.array([f"{a}-{b}" for a, b in zip(ordered, (*ordered[1:], ordered[0]), strict=True)], dtype=object)
    found = np.full(times.shape, None, dtype=object)
    # Before the first shift of a day the last one of the day before still lasts: its place is -1, which is the last.
    found[there] = names[np.searchsorted(begins, minutes, side="right") - 1]
    return found


def _offsets(quarters: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Seconds that the zone's clock is ahead of UTC in each quarter of an hour since 1970, [quarters]."""
    clock = ZoneInfo(zone)
    local = (datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(clock) for quarter in quarters.tolist())
    ahead = [one.utcoffset() for one in local]
    return np.array([0 if offset is None else int(offset.total_seconds()) for offset in ahead], dtype=np.int64)
