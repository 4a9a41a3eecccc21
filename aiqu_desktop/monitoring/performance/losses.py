"""One bounded loss a row for each primary metric: what the sequential evidence is gathered on.

| metric | loss of a row | tolerated mean at the limit L |
|---|---|---|
| accuracy | 1 where the prediction is wrong | 1 - L |
| balanced_accuracy | the same, weighed by 1 / (classes x share of its class so far) and scaled | (1 - L) / scale |
| mae | error / (5 L), at most 1: a single wild error counts as five times the limit | 1 / 5 |

The share of a class is taken from the labels known before the row, so that a weight never depends on its own row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError

Floats = npt.NDArray[np.float64]

_LARGEST_ERROR = 5.0  # in limits
_LEAST_SHARE = 0.01  # a rarer class weighs as if it were this frequent
_PSEUDO_LABELS = 2.0  # of each class, before any label: the first labels do not swing the weights


@dataclass(frozen=True, slots=True)
class Losses:
    """values: [rows] in [0, 1], in the order of the labels. tolerated: their mean where the metric is at its limit."""

    values: Floats
    tolerated: float


def bounded_losses(
    metric: str, limit: float, labels: npt.NDArray[Any], predictions: npt.NDArray[Any], classes: tuple[str, ...] = ()
) -> Losses:
    """The losses of labelled rows, [rows], in the order in which their labels became known.

    limit: the worst acceptable value of the metric, in its own unit.
    Raises:
        UserError: for a metric that is not a primary one, or a limit that it cannot have.
    """
    if metric == "mae":
        if not limit > 0:
            raise UserError(f"The limit of the mean absolute error is {limit:g}; it must be above 0.")
        errors = np.abs(labels.astype(np.float64) - predictions.astype(np.float64))
        wild = np.nan_to_num(errors / (_LARGEST_ERROR * limit), nan=1.0, posinf=1.0)  # no prediction: the worst
        return Losses(np.minimum(wild, 1.0), 1.0 / _LARGEST_ERROR)
    if not 0 < limit <= 1:
        raise UserError(f"The limit of {metric.replace('_', ' ')} is {limit:g}; it must lie above 0 and up to 1.")
    wrong = (labels != predictions).astype(np.float64)
    if metric == "accuracy":
        return Losses(wrong, 1.0 - limit)
    if metric == "balanced_accuracy":
        scale = 1.0 / (len(classes) * _LEAST_SHARE)
        return Losses(wrong * _class_weights(labels, classes) / scale, (1.0 - limit) / scale)
    raise UserError(f"The metric {metric!r} cannot be followed over time; choose accuracy, balanced_accuracy or mae.")


def _class_weights(labels: npt.NDArray[Any], classes: tuple[str, ...]) -> Floats:
    """1 / (classes x share of the row's own class among the labels before it), [rows]."""
    number = {name: place for place, name in enumerate(classes)}
    codes = np.array([number.setdefault(label, len(number)) for label in labels], dtype=np.intp)
    indicators = codes[:, np.newaxis] == np.arange(len(number))
    before = np.cumsum(indicators, axis=0) - indicators + _PSEUDO_LABELS
    shares = before[np.arange(codes.size), codes] / before.sum(axis=1)
    weights: Floats = 1.0 / (len(classes) * np.maximum(shares, _LEAST_SHARE))
    return weights
