"""Numbers, times and durations as every screen writes them. Pure functions; None becomes a dash, never a zero."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo

NOTHING = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def number(value: float | None, decimals: int | None = None) -> str:
    """`value` with `decimals` places, or with three significant figures; a true minus sign, thin-spaced thousands."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if decimals is None:
        decimals = 0 if value == 0 else max(0, min(6, 2 - math.floor(math.log10(abs(value)))))
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace("-", "\u2212")


def estimate_parts(value: float | None, low: float | None, high: float | None, unit: str = "") -> tuple[str, str]:
    """("0.912", "[0.870–0.940]"), with as many places as the interval is wide enough to deserve; unit on the value."""
    decimals = None
    if low is not None and high is not None and math.isfinite(high - low) and high > low:
        decimals = max(0, min(6, 1 - math.floor(math.log10(high - low))))
    shown = number(value, decimals)
    if unit and shown != NOTHING:
        shown = f"{shown}\u00a0{unit}"
    if low is None or high is None or not math.isfinite(high - low):
        return shown, ""
    return shown, f"[{number(low, decimals)}–{number(high, decimals)}]"


def estimate(value: float | None, low: float | None, high: float | None, unit: str = "", n: int | None = None) -> str:
    """One line: "0.912 [0.870–0.940], n = 312"."""
    text = " ".join(part for part in estimate_parts(value, low, high, unit) if part)
    return text if n is None else f"{text}, {sample(n)}"


def sample(n: int) -> str:
    """ "n = 12 400"."""
    return f"n\u00a0=\u00a0{number(n, 0)}"


def percent(share: float | None, decimals: int = 0) -> str:
    return NOTHING if share is None or not math.isfinite(share) else f"{number(share * 100, decimals)}\u00a0%"


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 alarm", "3 alarms", "no alarms"."""
    word = one if count == 1 else (many or f"{one}s")
    return f"{number(count, 0) if count else 'no'} {word}"


def duration(seconds: float | None) -> str:
    """The two largest units that matter: "0.4 s", "45 s", "12 min", "3 h 10 min", "2 d 4 h"."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    seconds = abs(seconds)
    if seconds < 10 and seconds != round(seconds):
        return f"{number(max(seconds, 0.1), 1)}\u00a0s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}\u00a0s"
    if whole < _HOUR:
        return f"{round(whole / _MINUTE)}\u00a0min" if whole < _HOUR - 30 else "1\u00a0h"
    if whole < _DAY:
        hours, rest = divmod(round(whole / _MINUTE), 60)
        return f"{hours}\u00a0h {rest}\u00a0min" if rest and hours < 10 else f"{round(whole / _HOUR)}\u00a0h"
    days, rest = divmod(round(whole / _HOUR), 24)
    return f"{days}\u00a0d {rest}\u00a0h" if rest and days < 3 else f"{round(whole / _DAY)}\u00a0d"


def every(seconds: int) -> str:
    """A schedule's interval in its own words: "every 15 min", "every day"."""
    return {_MINUTE: "every minute", _HOUR: "every hour", _DAY: "every day", 7 * _DAY: "every week"}.get(
        seconds, f"every {duration(seconds)}"
    )


def ago(then: datetime | None, now: datetime) -> str:
    """ "3 h ago", "in 12 min", "now"; "never" when there is no instant."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{_coarse(seconds)} ago" if seconds > 0 else f"in {_coarse(-seconds)}"


def age(then: datetime | None, now: datetime) -> str:
    """How old something is: "3 h"; "never" when it never was, "now" below a second."""
    return ago(then, now).removesuffix(" ago")


def _coarse(seconds: float) -> str:
    """One unit is enough for an age."""
    for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= (2 if unit == "d" else 1) * size:
            return f"{math.floor(seconds / size)}\u00a0{unit}"
    return f"{math.floor(seconds)}\u00a0s"


def instant(at: datetime | None, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
    """ "14 Mar 2009 06:00" in `zone` (None: the machine's own); the zone is said once, near the clock."""
    if at is None:
        return NOTHING
    return f"{day(at, zone)} {at.astimezone(zone).strftime('%H:%M:%S' if seconds else '%H:%M')}"


def day(at: datetime | None, zone: tzinfo | None = None) -> str:
    """ "14 Mar 2009"."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    return f"{local.day} {local.strftime('%b %Y')}"


def instant_full(at: datetime | None, zone: tzinfo | None = None) -> str:
    """For tooltips and details: local time with its offset, and UTC: no reader has to guess."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    utc = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return utc if not offset else f"{local.strftime('%Y-%m-%d %H:%M:%S %z')} ({utc})"


def zone_name(at: datetime, zone: tzinfo | None = None) -> str:
    """ "UTC", "CET": the zone that the screens write in."""
    return at.astimezone(zone).tzname() or "UTC"


def digest(value: str) -> str:
    """The first twelve digits of a SHA-256, enough to compare by eye."""
    return value[:12]


def limit(value: float, unit: str = "") -> str:
    """A limit with three significant figures and no made-up places: "0.9", "38.8 ppmv"."""
    shown = number(value)
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return f"{shown}\u00a0{unit}" if unit else shown
