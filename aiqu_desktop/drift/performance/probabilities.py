"""How far the scores can be taken as probabilities: log loss, Brier score, calibration error."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.drift.intervals import Estimate, mean_interval
from aiqu_desktop.drift.performance.widening import NORMAL_QUANTILE, dependence, widened
from aiqu_desktop.drift.values import Floats, Ints

CALIBRATION_BINS = 15
_LEAST_SCORE = 1e-15  # a score of 0 for what happened would make the log loss infinite
_LEAST_IN_BIN = 10


def log_losses(labels: Ints, scores: Floats) -> Floats:
    """-log of the score of what happened, nats, [rows]; NaN where that score is missing."""
    given = scores[np.arange(labels.size), labels]
    losses: Floats = -np.log(np.clip(given, _LEAST_SCORE, 1.0))
    return losses


def brier_losses(labels: Ints, scores: Floats) -> Floats:
    """Squared distance of the scores from what happened, [rows]: 0..2 summed over the classes, halved for two classes.

    G. Brier, Monthly Weather Review 78 (1950); the halving makes it the square of one class's error, as scikit-learn's.
    """
    happened = np.zeros_like(scores)
    happened[np.arange(labels.size), labels] = 1.0
    losses: Floats = ((scores - happened) ** 2).sum(axis=1)
    return losses / 2.0 if scores.shape[1] == 2 else losses


def mean_loss(name: str, losses: Floats, *, dependent: bool, least: float = 0.0) -> Estimate | None:
    """Mean of the finite `losses` with a skewness-corrected t interval; None when there is none."""
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return None
    estimate = Estimate(name, float(finite.mean()), *mean_interval(finite), finite.size)
    return widened(estimate, dependence(finite, dependent=dependent), least)


def calibration_error(right: NDArray[np.bool_], confidence: Floats, *, dependent: bool) -> Estimate | None:
    """Expected calibration error of the answered class: mean distance of confidence and share right, 0..1.

    right: [rows] whether the answer was right. confidence: [rows] the score of the answer. Bins of equal mass in the
    order of confidence: 15, or fewer so that each has ten rows. What chance alone adds to the distance in each bin (the
    mean of a folded normal less the distance) is taken off, as A. Kumar, P. Liang and T. Ma, "Verified uncertainty
    calibration", NeurIPS 2019, section 5, do by resampling; never below 0. The interval is normal, from the binomial
    variance in the bins.
    """
    if not right.size:
        return None
    tau = dependence(right - confidence, dependent=dependent)
    order = np.argsort(confidence, kind="stable")
    bins = int(min(CALIBRATION_BINS, max(1, right.size // _LEAST_IN_BIN)))
    starts = (np.arange(bins) * right.size) // bins
    counts = np.diff(np.append(starts, right.size)).astype(np.float64)
    hits = np.add.reduceat(right[order].astype(np.float64), starts)
    gap = np.abs(hits / counts - np.add.reduceat(confidence[order], starts) / counts)
    shrunk = (hits + 0.5) / (counts + 1.0)  # a bin without a miss is not without variance
    sigma = np.sqrt(tau * shrunk * (1.0 - shrunk) / counts)
    chance = sigma * math.sqrt(2 / math.pi) * np.exp(-((gap / sigma) ** 2) / 2) - 2.0 * gap * special.ndtr(-gap / sigma)
    weights = counts / right.size
    value = max(0.0, float(weights @ (gap - chance)))
    half = NORMAL_QUANTILE * math.sqrt(float(weights**2 @ sigma**2))
    return Estimate("calibration_error", value, max(0.0, value - half), min(1.0, value + half), right.size)
