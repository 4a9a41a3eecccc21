"""The decision of the performance check as a pure function: the check asks it now, a rehearsal at every past instant.

A model is bad when its metric is beyond the limit in the window *and* the evidence gathered since the version went
live says that this is no chance. The evidence has a budget: at most one false alarm in so many years, however often
it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.words import Verdict
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
    """evidence, needed: natural logarithms of the e-detector and of what the budget asks for."""

    verdict: Verdict
    evidence: float
    needed: float


class Judge:
    """Holds the evidence of one version's labelled rows under one setting; asked for any instant."""

    def __init__(self, rows: LabelledRows, settings: PerformanceSettings) -> None:
        self._rows = rows
        self._settings = settings
        losses = bounded_losses(settings.metric, settings.limit, rows.labels, rows.predictions, rows.classes)
        self._evidence = log_evidence(losses.values, losses.tolerated)

    def judge(self, value: float, at: float) -> Judgement:
        """The verdict at an instant, in seconds, when the window's metric is `value`."""
        known = self._rows.known_until(at)
        evidence = float(self._evidence[known - 1]) if known else -np.inf
        needed = evidence_needed(self._settings.false_alarm_years, self._rows.labels_a_day(at))
        if not is_beyond(self._settings, value):
            return Judgement(Verdict.GOOD, evidence, needed)
        return Judgement(Verdict.BAD if evidence >= needed else Verdict.WARNING, evidence, needed)


def is_beyond(settings: PerformanceSettings, value: float) -> bool:
    """Whether a value of the metric is worse than its limit."""
    return value < settings.limit if higher_is_better(settings.metric) else value > settings.limit
