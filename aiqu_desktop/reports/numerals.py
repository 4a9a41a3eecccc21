"""Numbers, durations and instants as a report prints them: C locale, UTC, unit and sample size beside the value.

A narrow no-break space (U+202F) groups thousands and parts a number from its unit, as ISO 80000-1 clause 7.3 has it.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.reports.series import Quantity

THIN = "\u202f"
NONE = "–"


def whole(count: int) -> str:
    """12480 → "12 480"."""
    return f"{count:,}".replace(",", THIN).replace("-", "−")


def number(value: float | None, digits: int = 3) -> str:
    """`value` to `digits` significant digits without an exponent between 1e-4 and 1e6; a dash for none."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    decimals = max(0, digits - 1 - (math.floor(math.log10(abs(value))) if value else 0))
    return f"{value:,.{decimals}f}".replace(",", THIN).replace("-", "−")


def percent(share: float | None, decimals: int = 1) -> str:
    """0.914 → "91.4 %"."""
    if share is None or not math.isfinite(share):
        return NONE
    return f"{share * 100:.{decimals}f}{THIN}%".replace("-", "−")


def amount(value: float | None, quantity: Quantity) -> str:
    """A value with its unit."""
    if quantity.is_share:
        return percent(value)
    text = number(value)
    return f"{text}{THIN}{quantity.unit}" if quantity.unit and text != NONE else text


def interval(low: float | None, high: float | None, quantity: Quantity) -> str:
    """ "89.7 to 92.9 %"; empty when either end is missing."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first = amount(low, quantity).rsplit(THIN, 1)[0] if quantity.is_share or quantity.unit else number(low)
    return f"{first} to {amount(high, quantity)}"


def probability(p: float | None) -> str:
    """A p- or q-value: "< 0.0001", "0.0032", "0.41"."""
    if p is None or math.isnan(p):
        return NONE
    if p < 1e-4:
        return f"<{THIN}0.0001"
    return f"{p:.4f}" if p < 0.01 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def instant(moment: datetime | None) -> str:
    """ "2008-03-04 14:05 UTC"."""
    return f"{as_utc(moment):%Y-%m-%d %H:%M} UTC" if moment else NONE


def day(moment: datetime) -> str:
    """ "2008-03-04"."""
    return f"{as_utc(moment):%Y-%m-%d}"


def period(start: datetime, end: datetime) -> str:
    """Days only when both ends are midnights, otherwise to the minute. The end is exclusive and printed as it is."""
    start, end = as_utc(start), as_utc(end)
    if all((moment.hour, moment.minute, moment.second) == (0, 0, 0) for moment in (start, end)):
        return f"{day(start)} to {day(end)}"
    return f"{instant(start)} to {instant(end)}"


def duration(span: timedelta | None) -> str:
    """The two largest parts that matter: "3 d 4 h", "2 h 05 min", "41 s", "1.8 s"."""
    if span is None:
        return NONE
    seconds = span.total_seconds()
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if 0 < seconds < 1:
        return f"{sign}{1000 * seconds:.0f}{THIN}ms"
    if seconds < 10:
        return f"{sign}{seconds:.1f}{THIN}s"
    if seconds < 60:
        return f"{sign}{seconds:.0f}{THIN}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{sign}{minutes}{THIN}min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours}{THIN}h" + (f" {minutes:02d}{THIN}min" if minutes else "")
    days, hours = divmod(round(seconds / 3600), 24)
    if days >= 14 or not hours:
        return f"{sign}{round(seconds / 86400)}{THIN}d"
    return f"{sign}{days}{THIN}d {hours}{THIN}h"


def short_hash(digest: str) -> str:
    """The first twelve digits of a digest, enough to compare by eye."""
    return digest[:12] if digest else NONE
