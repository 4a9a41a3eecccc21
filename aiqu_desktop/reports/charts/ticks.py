"""Where an axis has its ticks: round numbers, and round moments of the calendar."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from aiqu_desktop.core.clock import as_utc

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def nice_step(span: float, at_most: int) -> float:
    """The smallest step of 1, 2 or 5 times a power of ten that parts `span` into no more than `at_most` pieces."""
    rough = span / at_most
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def number_ticks(low: float, high: float, at_most: int = 5) -> list[float]:
    """Round numbers within [low, high], in order. An empty span has the one tick `low`."""
    if not high > low:
        return [low]
    step = nice_step(high - low, at_most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def tick_labels(ticks: list[float], scale: float = 1.0) -> list[str]:
    """The ticks times `scale`, with the decimals that their distance needs; millions with an exponent."""
    values = [tick * scale for tick in ticks]
    if max(map(abs, values), default=0.0) >= 1e6:
        return [f"{value:.4g}".replace("e+0", "e").replace("e+", "e").replace("-", "−") for value in values]
    step = min((b - a for a, b in pairwise(values)), default=abs(values[0]) if values else 1.0)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return [f"{value:.{min(decimals, 9)}f}".replace("-", "−") for value in values]


def date_ticks(start: datetime, end: datetime, at_most: int = 8) -> list[tuple[datetime, str, str]]:
    """Round moments in [start, end]: (moment, label, second line that says the year or day where it changes).

    The step is the finest of hours, days, weeks, months or years that gives no more than `at_most` ticks.
    """
    start, end = as_utc(start), as_utc(end)
    for kind, count in _STEPS:
        moments = _moments(kind, count, start, end, at_most)
        if moments is not None:
            return _labelled(kind, moments)
    return []


_STEPS = (
    [("hour", n) for n in (1, 2, 3, 6, 12)]
    + [("day", n) for n in (1, 2)]
    + [("week", n) for n in (1, 2)]
    + [("month", n) for n in (1, 2, 3, 6)]
    + [("year", n) for n in (1, 2, 5, 10, 20, 50, 100)]
)


def _moments(kind: str, count: int, start: datetime, end: datetime, at_most: int) -> list[datetime] | None:
    """The round moments, or None when there are more than `at_most`."""
    found: list[datetime] = []
    moment = _floor(kind, count, start)
    while moment <= end:
        if moment >= start:
            found.append(moment)
            if len(found) > at_most:
                return None
        following = _next(kind, count, moment)
        if following is None:
            break
        moment = following
    return found


def _floor(kind: str, count: int, moment: datetime) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "hour":
        return day.replace(hour=moment.hour // count * count)
    if kind == "day":
        return day - timedelta(days=(day.toordinal() % count))
    if kind == "week":  # weeks begin on Monday, ISO 8601
        monday = day - timedelta(days=day.weekday())
        return monday - timedelta(weeks=(monday.toordinal() // 7) % count)
    if kind == "month":
        return day.replace(day=1, month=(day.month - 1) // count * count + 1)
    return datetime(max(1, day.year // count * count), 1, 1, tzinfo=UTC)


def _next(kind: str, count: int, moment: datetime) -> datetime | None:
    """The following round moment, or None at the end of the calendar."""
    try:
        if kind in ("hour", "day", "week"):
            return moment + timedelta(**{f"{kind}s": count})
        if kind == "month":
            years, month = divmod(moment.month - 1 + count, 12)
            return moment.replace(year=moment.year + years, month=month + 1)
        return moment.replace(year=moment.year + count)
    except (OverflowError, ValueError):
        return None


def _labelled(kind: str, moments: list[datetime]) -> list[tuple[datetime, str, str]]:
    labelled = []
    context = ""
    for moment in moments:
        if kind == "year":
            labelled.append((moment, f"{moment.year}", ""))
            continue
        if kind == "hour":
            label, around = f"{moment:%H:%M}", f"{moment:%Y-%m-%d}"
        elif kind == "month":
            label, around = _MONTHS[moment.month - 1], f"{moment.year}"
        else:
            label, around = f"{moment.day} {_MONTHS[moment.month - 1]}", f"{moment.year}"
        labelled.append((moment, label, around if around != context else ""))
        context = around
    return labelled
