"""The metrics on a version's card: measured by its author on held-out data, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Task

# Which way is better, for every metric that has a better way; bias has none.
_HIGHER_IS_BETTER: Mapping[str, bool] = {
    "accuracy": True,
    "balanced_accuracy": True,
    "f1": True,
    "macro_f1": True,
    "macro_precision": True,
    "macro_recall": True,
    "precision": True,
    "r2": True,
    "recall": True,
    "roc_auc": True,
    "brier": False,
    "calibration_error": False,
    "cost_per_decision": False,
    "cost_per_thousand": False,
    "log_loss": False,
    "mae": False,
    "mape": False,
    "rmse": False,
    "total_cost": False,
}
# What can be followed row by row, as the sequential evidence of the performance check needs it.
_PRIMARY_OF: Mapping[Task, tuple[str, ...]] = {
    Task.CLASSIFICATION: ("accuracy", "balanced_accuracy"),
    Task.REGRESSION: ("mae",),
}


@dataclass(frozen=True, slots=True)
class CardMetric:
    """One figure with its 95 % interval and the number of rows that it was measured on."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}

    @classmethod
    def from_json(cls, name: str, data: Any) -> CardMetric:
        """Read what `to_json` wrote.

        Raises:
            UserError: if a number is missing or not finite, or the value lies outside its own interval.
        """
        try:
            metric = cls(float(data["value"]), float(data["low"]), float(data["high"]), int(data["n"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(
                f"The metric {name!r} on the card cannot be read ({error!r}); it needs value, low, high and n."
            ) from error
        if not all(math.isfinite(number) for number in (metric.value, metric.low, metric.high)) or metric.n < 1:
            raise UserError(f"The metric {name!r} on the card has no finite figures or no rows; measure it again.")
        if not metric.low <= metric.value <= metric.high:
            raise UserError(
                f"The metric {name!r} on the card is {metric.value:g}, outside its own interval "
                f"{metric.low:g} to {metric.high:g}; measure it again."
            )
        return metric


def higher_is_better(metric: str) -> bool:
    """Which way a metric improves.

    Raises:
        UserError: for a metric whose direction the product does not know.
    """
    try:
        return _HIGHER_IS_BETTER[metric]
    except KeyError:
        known = ", ".join(sorted(_HIGHER_IS_BETTER))
        raise UserError(f"The metric {metric!r} cannot be compared; choose one of {known}.") from None


def primary_metrics(task: Task) -> tuple[str, ...]:
    """Which metrics may be the primary one of a model with this task."""
    return _PRIMARY_OF[task]
