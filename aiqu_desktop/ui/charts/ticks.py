"""Sensible instants for a UTC time axis: whole minutes, hours, days, months or years, never odd fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum


class Unit(IntEnum):
    MINUTE = 60
    HOUR = 3_600
    DAY = 86_400
    MONTH = 2_629_746
    YEAR = 31_556_952


@dataclass(frozen=True, slots=True)
class Step:
    """`count` units apart, for example 6 hours or 3 months."""

    unit: Unit
    count: int

    @property
    def seconds(self) -> float:
        return float(self.unit * self.count)


@dataclass(frozen=True, slots=True)
class Tick:
    """`turns`: a coarser unit begins here (a day for hours, a month for days, a year for months)."""

    at: float
    moment: datetime
    turns: bool


STEPS = (
    *(Step(Unit.MINUTE, count) for count in (1, 2, 5, 10, 15, 30)),
    *(Step(Unit.HOUR, count) for count in (1, 2, 3, 6, 12)),
    *(Step(Unit.DAY, count) for count in (1, 2, 5, 10)),
    *(Step(Unit.MONTH, count) for count in (1, 2, 3, 6)),
    *(Step(Unit.YEAR, count) for count in (1, 2, 5, 10, 20, 50, 100)),
)


def choose_step(start: float, end: float, pixels: float, spacing: float = 64.0) -> Step:
    """The finest step whose ticks stand at least `spacing` pixels apart over [start, end]."""
    seconds = max(end - start, 1.0) / max(pixels, 1.0) * spacing
    return next((step for step in STEPS if step.seconds >= seconds), STEPS[-1])


def ticks(start: float, end: float, step: Step) -> tuple[Tick, ...]:
    """Every tick of `step` in [start, end], oldest first."""
    found = []
    for moment in _moments(_instant(start), step):
        at = moment.timestamp()
        if at > end or len(found) > 2_000:
            break
        if at >= start:
            found.append(Tick(at, moment, _turns(moment, step.unit)))
    return tuple(found)


def _instant(seconds: float) -> datetime:
    """Seconds since 1970 as UTC, held inside the years that datetime knows."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(max(seconds, -6.0e10), 2.5e11))


def _moments(start: datetime, step: Step) -> Iterator[datetime]:
    if step.unit is Unit.YEAR:
        year = start.year // step.count * step.count
        while year < 9_999:
            yield datetime(max(year, 1), 1, 1, tzinfo=UTC)
            year += step.count
    elif step.unit is Unit.MONTH:
        month = start.year * 12 + (start.month - 1) // step.count * step.count
        while month < 9_999 * 12:
            yield datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
            month += step.count
    elif step.unit is Unit.DAY:
        yield from _days(start, step.count)
    else:
        moment = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while True:
            yield moment
            moment += timedelta(seconds=step.seconds)


def _days(start: datetime, count: int) -> Iterator[datetime]:
    """Days 1, 1 + count, … of every month, so that labels stay the same from month to month."""
    year, month = start.year, start.month
    while year < 9_999:
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        day = datetime(year, month, 1, tzinfo=UTC)
        # The last tick of a month must not crowd the first of the next.
        while day < following and following - day > timedelta(days=count / 2):
            yield day
            day += timedelta(days=count)
        year, month = following.year, following.month


def _turns(moment: datetime, unit: Unit) -> bool:
    if unit is Unit.YEAR:
        return False
    if unit is Unit.MONTH:
        return moment.month == 1
    if unit is Unit.DAY:
        return moment.day == 1
    return moment.hour == 0 and moment.minute == 0
