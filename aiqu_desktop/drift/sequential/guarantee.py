"""What a limit on the evidence promises: false alarms per model and year."""

from __future__ import annotations

from dataclasses import dataclass

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Years to a false alarm, on average at least, and the sentence that an alarm carries."""

    years: float
    sentence: str


def guarantee(limit: float, rows_per_day: float, *, stated: bool) -> Guarantee:
    """What `limit` means at so many labelled rows a day.

    stated: whether the baseline is stated (the promise then needs no independence) or learned.

    Raises:
        ValueError: if no rows arrive, or the limit is none.
    """
    if rows_per_day <= 0.0 or limit <= 1.0:
        raise ValueError(f"limit {limit} at {rows_per_day} rows a day promises nothing")
    years = limit / (rows_per_day * DAYS_PER_YEAR)
    span = f"{years:.1f} years" if years >= 1.0 else f"{years * DAYS_PER_YEAR:.0f} days"
    condition = (
        "while the expected loss stays at or below the stated one, however the losses depend on each other"
        if stated
        else "while the losses are independent, averaged over baselines"
    )
    return Guarantee(
        years, f"At most one false alarm per model in {span} on average at {rows_per_day:g} labels a day, {condition}."
    )


def limit_for(years: float, rows_per_day: float) -> float:
    """The limit that promises at most one false alarm per model in so many years.

    Raises:
        ValueError: if either is not positive.
    """
    if years <= 0.0 or rows_per_day <= 0.0:
        raise ValueError(f"{years} years at {rows_per_day} rows a day give no limit")
    return max(years * rows_per_day * DAYS_PER_YEAR, 2.0)
