"""The decision of the performance check as a pure function: the check asks it now, a rehearsal at every past instant.

Two things must hold before a model is bad: the whole interval of the window lies beyond the limit, and the evidence
gathered since the version went live says that it has left the level that it was accepted with. The evidence has a
budget: a model that does as well as when it was accepted rings falsely at most once in so many years, however often it
is looked at. Either one alone is a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.sequential.tolerance import evidence_needed, log_evidence
from aiqu_desktop.monitoring.performance.losses import Floats, bounded_losses
from aiqu_desktop.monitoring.settings import PerformanceSettings

_DAY = 86_400.0
_LEAST_RATE = 1.0  # labels a day; a slower stream is held to the budget of one a day


@dataclass(frozen=True)
class LabelledRows:
    """Labelled observations of one version, ordered by the instant at which their labels became known.

    known_at, event_time: seconds since 1970 UTC, [rows]. labels, predictions: [rows].
    """

    known_at: Floats
    event_time: Floats
    labels: npt.NDArray[Any]
    predictions: npt.NDArray[Any]
    classes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return int(self.known_at.size)

    def known_until(self, at: float) -> int:
        """How many labels had become known by `at`."""
        return int(np.searchsorted(self.known_at, at, side="right"))

    def labels_a_day(self, at: float) -> float:
        """Labels that became known per day, from the first one to `at`."""
        rows = self.known_until(at)
        days = (at - self.known_at[0]) / _DAY if rows else 0.0
        return max(_LEAST_RATE, rows / max(days, 1.0))


@dataclass(frozen=True, slots=True)
class Judgement:
    """beyond: the window's value is beyond the limit. surely: so is its whole interval. declined: the evidence against
    the accepted level is as strong as the budget asks. evidence, needed: natural logarithms of the two."""

    beyond: bool
    surely: bool
    declined: bool
    evidence: float
    needed: float

    @property
    def verdict(self) -> Verdict:
        if self.surely and self.declined:
            return Verdict.BAD
        return Verdict.WARNING if self.beyond or self.declined else Verdict.GOOD


class Judge:
    """Holds the evidence of one version's labelled rows under one setting; asked for any instant."""

    def __init__(self, rows: LabelledRows, settings: PerformanceSettings, accepted: float) -> None:
        """`accepted`: the level that counts as healthy, as `healthy_level` gives it."""
        self._rows = rows
        self._settings = settings
        self._accepted = accepted
        losses = bounded_losses(settings.metric, accepted, rows.labels, rows.predictions, rows.classes)
        self._evidence = log_evidence(losses.values, losses.tolerated)

    def judge(self, window: Estimate, at: float) -> Judgement:
        """What holds at an instant, in seconds, for the metric of the window that ends there."""
        known = self._rows.known_until(at)
        evidence = float(self._evidence[known - 1]) if known else -np.inf
        needed = evidence_needed(self._settings.false_alarm_years, self._rows.labels_a_day(at))
        better_end = window.high if higher_is_better(self._settings.metric) else window.low
        return Judgement(
            beyond=is_beyond(self._settings, window.value),
            surely=is_beyond(self._settings, better_end),
            # Old evidence fades slowly: a model that is back at its accepted level has recovered.
            declined=evidence >= needed and is_worse(self._settings.metric, window.value, self._accepted),
            evidence=evidence,
            needed=needed,
        )


def is_beyond(settings: PerformanceSettings, value: float) -> bool:
    """Whether a value of the metric is worse than its limit."""
    return is_worse(settings.metric, value, settings.limit)


def is_worse(metric: str, value: float, level: float) -> bool:
    """Whether a value of the metric is worse than a level."""
    return value < level if higher_is_better(metric) else value > level


def healthy_level(settings: PerformanceSettings, accepted: Mapping[str, Mapping[str, float]]) -> float:
    """The worse end of the interval that the version was accepted with; the limit where that is worse or unknown."""
    card = accepted.get(settings.metric)
    if card is None:
        return settings.limit
    if higher_is_better(settings.metric):
        return max(settings.limit, float(card["low"]))
    return min(settings.limit, float(card["high"]))
