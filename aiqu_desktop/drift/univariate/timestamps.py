"""What can be compared of a column of times: hour of day, weekday, and the gap to the row before.

The times themselves move on whatever happens, so a comparison of them says nothing; a shift that is no longer worked, a
sensor that reports half as often or rows that arrive in bursts do. Hours and weekdays are those of UTC.
"""

from __future__ import annotations

import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.values import LARGEST, Column, Floats, as_numbers

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = 86_400.0
_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday


class TimestampColumns:
    """Turns the blocks of one column of times, in row order, into columns that can be compared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._last = np.nan

    @property
    def kinds(self) -> dict[str, ColumnKind]:
        """Names and kinds of the columns that `split` gives."""
        hour, weekday, gap = self._names
        return {hour: ColumnKind.NUMERIC, weekday: ColumnKind.CATEGORICAL, gap: ColumnKind.NUMERIC}

    def split(self, values: Column) -> dict[str, Column]:
        """hour: 0 to 24, numeric. weekday: its English name. gap: seconds since the row before, numeric.

        values: datetime64 or seconds since 1970; missing ones are missing in all three, and the first row has no gap.
        """
        seconds = as_numbers(self.name, values)
        usable = np.abs(seconds) <= LARGEST
        known: Floats = np.where(usable, seconds, 0.0)
        days = np.floor(known / _DAY)
        hours = np.where(usable, (known - days * _DAY) / 3600.0, np.nan)
        weekdays = np.array(WEEKDAYS, dtype=object)[((days + _FIRST_WEEKDAY) % 7).astype(np.intp)]
        weekdays[~usable] = None
        gaps = np.diff(np.where(usable, seconds, np.nan), prepend=self._last)
        if seconds.size:
            self._last = float(seconds[-1]) if usable[-1] else np.nan
        return dict(zip(self._names, (hours, weekdays, gaps), strict=True))

    @property
    def _names(self) -> tuple[str, str, str]:
        return f"{self.name} (hour)", f"{self.name} (weekday)", f"{self.name} (gap)"
