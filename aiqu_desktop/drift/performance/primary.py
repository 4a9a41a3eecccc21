"""The primary metric of labelled rows with the interval that decisions use; quick: rehearsals ask thousands of times.

accuracy: Wilson's interval. balanced accuracy: the recalls' Wilson intervals combined (MOVER: G. Zou and A. Donner,
Statistics in Medicine 27, 2008). mae: the skewness-corrected t interval.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import Estimate, mean_interval, wilson


def primary_estimate(metric: str, labels: npt.NDArray[Any], predictions: npt.NDArray[Any]) -> Estimate | None:
    """The metric of labelled rows, [rows]; None where no row can be used.

    Raises:
        UserError: for a metric that is not a primary one.
    """
    if metric == "mae":
        errors = np.abs(labels.astype(np.float64) - predictions.astype(np.float64))
        errors = errors[np.isfinite(errors)]
        if not errors.size:
            return None
        low, high = mean_interval(errors)
        return Estimate(metric, float(errors.mean()), max(0.0, low), high, int(errors.size))
    if metric not in ("accuracy", "balanced_accuracy"):
        raise UserError(f"The metric {metric!r} cannot be followed; choose accuracy, balanced_accuracy or mae.")
    if not labels.size:
        return None
    right = labels == predictions
    if metric == "accuracy":
        hits = int(right.sum())
        return Estimate(metric, hits / right.size, *wilson(hits, right.size), int(right.size))
    return _balanced(labels, right)


def _balanced(labels: npt.NDArray[Any], right: npt.NDArray[np.bool_]) -> Estimate:
    recalls = []
    for name in set(labels.tolist()):
        own = right[labels == name]
        hits = int(own.sum())
        recalls.append((hits / own.size, *wilson(hits, own.size)))
    classes = len(recalls)
    value = sum(recall for recall, _, _ in recalls) / classes
    below = math.sqrt(sum((recall - low) ** 2 for recall, low, _ in recalls)) / classes
    above = math.sqrt(sum((high - recall) ** 2 for recall, _, high in recalls)) / classes
    return Estimate("balanced_accuracy", value, max(0.0, value - below), min(1.0, value + above), int(labels.size))
