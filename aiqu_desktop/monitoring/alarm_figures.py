"""How well the alarm system itself does: pure functions over the instants at which alarms were told to the operator.

Sources: ANSI/ISA-18.2-2016, clause 16 (monitoring and assessment) with its table of recommended figures; EEMUA 191,
3rd edition, section 6 and appendix on performance metrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.words import Priority

Floats = npt.NDArray[np.float64]

TEN_MINUTES = 600.0
FLOOD_BEGINS_ABOVE = 10  # alarms in ten minutes
FLOOD_ENDS_BELOW = 5
STALE_AFTER = 86_400.0
CHATTERS_FROM = 3  # times within a minute
# What the standard recommends of annunciated alarms: about 80 % low, 15 % medium, 5 % high and above.
RECOMMENDED = (
    ((Priority.CRITICAL, Priority.HIGH), 0.05),
    ((Priority.MEDIUM,), 0.15),
    ((Priority.LOW,), 0.80),
)
# The standard's recommended limits: alarms in ten minutes, share of the time in flood, stale and chattering alarms.
AT_MOST = {
    "average_per_10_min": 1.0,
    "peak_in_10_min": 10.0,
    "flood_share": 0.01,
    "stale": 5.0,
    "chattering": 0.0,
}


@dataclass(frozen=True, slots=True)
class FloodSpan:
    """start, end: seconds; alarms: told from `start` up to `end`, those of the ten minutes that began it included."""

    start: float
    end: float
    alarms: int


def most_within(times: Floats, span: float) -> int:
    """The most of `times` (seconds, ascending, [events]) that any half-open stretch of `span` seconds holds."""
    if times.size == 0:
        return 0
    return int((np.searchsorted(times, times + span, side="left") - np.arange(times.size)).max())


def floods(times: Floats, end: float) -> tuple[FloodSpan, ...]:
    """The stretches in which alarms came faster than a person can take them in.

    A flood begins when more than ten came within ten minutes and ends when fewer than five did.

    Args:
        times: seconds, ascending, [events].
        end: the last instant that is looked at; a flood that still lasts ends there.
    """
    # How many lie in the ten minutes up to an instant changes when one comes and ten minutes after it came.
    instants = np.concatenate([times + TEN_MINUTES, times])
    change = np.concatenate([np.full(times.size, -1), np.full(times.size, 1)])
    order = np.argsort(instants, kind="stable")  # at one instant, what leaves goes before what comes
    within = np.cumsum(change[order])
    found: list[FloodSpan] = []
    began: float | None = None
    for at, count in zip(instants[order].tolist(), within.tolist(), strict=True):
        if at > end:
            break
        if began is None and count > FLOOD_BEGINS_ABOVE:
            began = at
        elif began is not None and count < FLOOD_ENDS_BELOW:
            found.append(_flood(times, began, at))
            began = None
    if began is not None:
        found.append(_flood(times, began, end))
    return tuple(found)


def _flood(times: Floats, began: float, ended: float) -> FloodSpan:
    first = int(np.searchsorted(times, began - TEN_MINUTES, side="right"))
    return FloodSpan(began, ended, int(np.searchsorted(times, ended, side="right")) - first)


def flood_share(spans: tuple[FloodSpan, ...], start: float, end: float) -> float:
    """The share of the period that was flood; 0 for an empty period."""
    return sum(span.end - span.start for span in spans) / (end - start) if end > start else 0.0
