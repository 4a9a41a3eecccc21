"""A primary metric's value alone, without its interval: what a rehearsal asks for thousands of times."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError


def point_value(metric: str, labels: npt.NDArray[Any], predictions: npt.NDArray[Any]) -> float:
    """The value that `classification_metrics` or `regression_metrics` gives; NaN for no row.

    labels, predictions: [rows], class names or float64.
    Raises:
        UserError: for a metric that is not a primary one.
    """
    if labels.size == 0:
        return float("nan")
    if metric == "accuracy":
        return float(np.mean(labels == predictions))
    if metric == "balanced_accuracy":
        right = labels == predictions
        return float(np.mean([np.mean(right[labels == name]) for name in set(labels.tolist())]))
    if metric == "mae":
        errors = np.abs(labels - predictions)
        errors = errors[np.isfinite(errors)]
        return float(errors.mean()) if errors.size else float("nan")
    raise UserError(f"The metric {metric!r} cannot be rehearsed; choose accuracy, balanced_accuracy or mae.")
