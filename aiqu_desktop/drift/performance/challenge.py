"""Champion against challenger by the primary metric of their model, on the same labelled rows in time order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.performance.paired import PairedComparison, compare_accuracy, compare_losses
from aiqu_desktop.drift.values import Floats


def compare_primary(
    metric: str, labels: NDArray[Any], champion: NDArray[Any], challenger: NDArray[Any]
) -> PairedComparison | None:
    """Challenger minus champion in the metric's own unit, [rows] each; None where too few rows can be used.

    accuracy and mae as in `paired`. balanced_accuracy: the mean over the classes of the paired differences of their
    recalls, the intervals combined by MOVER (G. Zou and A. Donner, Statistics in Medicine 27, 2008), the p-value that
    of the paired t on the rows weighed by 1 / (classes x share of the class).
    Raises:
        UserError: for a metric that is not a primary one.
    """
    if metric == "accuracy":
        return compare_accuracy(labels, champion, challenger)
    if metric == "mae":
        return compare_losses(metric, absolute_errors(labels, champion), absolute_errors(labels, challenger))
    if metric == "balanced_accuracy":
        return _balanced(labels, champion, challenger)
    raise UserError(f"The metric {metric!r} cannot be compared; choose accuracy, balanced_accuracy or mae.")


def absolute_errors(labels: NDArray[Any], predictions: NDArray[Any]) -> Floats:
    """|prediction - label|, [rows]; NaN where one is missing."""
    errors: Floats = np.abs(labels.astype(np.float64) - predictions.astype(np.float64))
    return errors


def _balanced(labels: NDArray[Any], champion: NDArray[Any], challenger: NDArray[Any]) -> PairedComparison | None:
    classes = sorted(set(labels.tolist()))
    parts = []
    weights = np.zeros(labels.size)
    for name in classes:
        own = labels == name
        weights[own] = labels.size / (len(classes) * own.sum())
        part = compare_accuracy(labels[own], champion[own], challenger[own])
        if part is not None:
            parts.append(part)
    weighed = compare_losses("balanced_accuracy", weights * (champion != labels), weights * (challenger != labels))
    if weighed is None or not parts:
        return None
    count = len(parts)
    old, new = (sum(values) / count for values in zip(*((p.champion, p.challenger) for p in parts), strict=True))
    below = math.sqrt(sum((part.difference - part.low) ** 2 for part in parts)) / count
    above = math.sqrt(sum((part.high - part.difference) ** 2 for part in parts)) / count
    return PairedComparison(
        "balanced_accuracy",
        old,
        new,
        new - old,
        max(-1.0, new - old - below),
        min(1.0, new - old + above),
        weighed.p_value,
        labels.size,
        weighed.effective_n,
        True,
    )
