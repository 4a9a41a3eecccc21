"""Freeze windows: the hours in which nothing is promoted, such as a shift change, in the site's own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiqu_desktop.core.errors import UserError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = re.compile(r"(?:(?P<days>[A-Za-z,-]+) )?(?P<begin>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
EXPECTED = 'a text such as "05:45-06:15", "Mon-Fri 21:30-22:30" or "Sat,Sun 00:00-24:00"'


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """A span of wall-clock time on some weekdays. An end that is not after the begin lies on the next day.

    days: numbers of the weekdays on which it begins, Monday is 0. begin, end: minutes since midnight; end up to 1440.
    """

    days: tuple[int, ...]
    begin: int
    end: int

    @classmethod
    def parse(cls, text: str) -> FreezeWindow:
        """Read what `str` writes.

        Raises:
            UserError: if it is none; the sentence says what was expected.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise UserError(f"{text!r} is no freeze window; expected {EXPECTED}.")
        days = _days(text, found["days"]) if found["days"] else tuple(range(7))
        begin, end = _minutes(text, found["begin"]), _minutes(text, found["end"])
        if begin == end or begin == 1440:
            raise UserError(f"The freeze window {text!r} has no length; expected {EXPECTED}.")
        return cls(days, begin, end)

    def ends(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The local end of the window if `now` lies inside, its end excluded; None outside."""
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        for back in (0, 1):  # begun today, or yesterday over midnight
            day = local.date() - timedelta(days=back)
            end = self.end + (1440 if self.end <= self.begin else 0)
            if day.weekday() in self.days and self.begin <= minute + 1440 * back < end:
                midnight = datetime.combine(day, time(), tzinfo=zone)
                return midnight + timedelta(minutes=end)  # wall-clock arithmetic: the hour that people read
        return None

    def __str__(self) -> str:
        days = "" if len(self.days) == 7 else ",".join(_DAYS[day] for day in self.days) + " "
        return f"{days}{_clock(self.begin)}-{_clock(self.end)}"


def _days(text: str, words: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in words.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise UserError(f"{text!r} names a day that is none of {', '.join(_DAYS)}; expected {EXPECTED}.")
        start = _DAYS.index(first)
        found |= {(start + step) % 7 for step in range((_DAYS.index(last or first) - start) % 7 + 1)}
    return tuple(sorted(found))


def _minutes(text: str, clock: str) -> int:
    hours, minutes = int(clock[:2]), int(clock[3:])
    if minutes > 59 or hours * 60 + minutes > 1440:
        raise UserError(f"{text!r} has no such time of day; expected {EXPECTED}.")
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
