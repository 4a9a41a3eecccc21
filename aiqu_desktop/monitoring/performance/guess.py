"""The label-free estimate of a window, held against the truth where labels have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.performance.primary import primary_estimate
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import Condition, MetricValue
from aiqu_desktop.monitoring.performance.judgement import is_beyond
from aiqu_desktop.monitoring.performance.unlabelled import Estimator, estimator_of
from aiqu_desktop.monitoring.settings import PerformanceSettings

_LEAST_LABELS = 20  # fewer do not tell whether the estimator can be believed


@dataclass(frozen=True, slots=True)
class Guess:
    """What is to be expected of a window's rows, labelled or not.

    expected: the primary metric with its band; None where there is no estimator or no row. checked, truth: estimate
    and realised value on the window's labelled rows alone, None for too few. beyond: the whole band is beyond the
    limit.
    """

    expected: Estimate | None
    checked: Estimate | None = None
    truth: Estimate | None = None
    beyond: bool = False

    @property
    def refuted(self) -> bool:
        """The labels that came lie outside the band: the estimator does not hold for these data."""
        if self.checked is None or self.truth is None:
            return False
        return self.truth.high < self.checked.low or self.truth.low > self.checked.high

    @property
    def worrying(self) -> bool:
        return self.beyond and not self.refuted

    @property
    def metrics(self) -> tuple[MetricValue, ...]:
        """The estimate, and by how much it missed the truth (estimate minus truth) where that is known."""
        if self.expected is None:
            return ()
        own = self.expected
        found = [MetricValue(f"estimated.{own.name}", own.value, own.n, low=own.low, high=own.high)]
        if self.checked is not None and self.truth is not None:
            found.append(MetricValue("estimated.error", self.checked.value - self.truth.value, self.truth.n))
        return tuple(found)

    def condition(self, settings: PerformanceSettings, *, labels_tell: bool) -> Condition:
        """Rings only while labels are out: where they tell, the truth does."""
        return Condition(
            key="estimate",
            bad=False if labels_tell else self.worrying if self.expected is not None else None,
            priority=RECORDS["estimate"].priority,
            message=self.sentence(settings),
            response=RECORDS["estimate"].response,
            on_delay=2,
            off_delay=1,
            of_version=True,
        )

    def sentence(self, settings: PerformanceSettings) -> str:
        """The estimate in words, and whether to believe it; empty without one."""
        if self.expected is None:
            return ""
        name = settings.metric.replace("_", " ")
        said = (
            f"Without labels its {name} is estimated at {self.expected.value:.3g} "
            f"[{self.expected.low:.3g} to {self.expected.high:.3g}] on {self.expected.n} observations"
        )
        if self.refuted:
            assert self.checked is not None and self.truth is not None
            told, truth = self.checked.value, self.truth.value
            return f"{said}, but where labels came it said {told:.3g} and the truth was {truth:.3g}: do not trust it."
        return f"{said}, all of it beyond the limit {settings.limit:.3g}." if self.beyond else f"{said}."

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        parts = {"expected": self.expected, "checked": self.checked, "truth": self.truth}
        return {name: None if part is None else part.to_json() for name, part in parts.items()} | {
            "refuted": self.refuted
        }


def estimate_window(settings: PerformanceSettings, context: CheckContext, start: datetime) -> Guess:
    """The serving version's estimate for all its rows since `start`."""
    estimator = None
    if context.version_id is not None:
        estimator = estimator_of(context.registry, context.version_id, context.schema)
    if estimator is None:
        return Guess(None)
    window = context.store.window(
        context.model,
        start,
        context.now,
        columns=("prediction", "label", *estimator.columns),
        served_digest=context.digest,
    )
    expected = estimator.estimate(settings.metric, window.columns) if window.rows else None
    if expected is None:
        return Guess(None)
    beyond = is_beyond(settings, expected.low) and is_beyond(settings, expected.high)
    return _checked(settings, estimator, window.columns, expected, beyond)


def _checked(
    settings: PerformanceSettings, estimator: Estimator, columns: dict[str, Any], expected: Estimate, beyond: bool
) -> Guess:
    labels = columns["label"]
    has = ~np.isnan(labels) if labels.dtype == np.float64 else np.array([one is not None for one in labels], dtype=bool)
    if has.sum() < _LEAST_LABELS:
        return Guess(expected, beyond=beyond)
    own = {name: values[has] for name, values in columns.items()}
    checked = expected if has.all() else estimator.estimate(settings.metric, own)
    return Guess(expected, checked, primary_estimate(settings.metric, own["label"], own["prediction"]), beyond)
