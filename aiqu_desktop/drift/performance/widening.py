"""Intervals for rows that are not independent: fewer rows' worth of evidence, so wider.

Factory rows follow each other, and so do their errors. A mean of n rows whose integrated autocorrelation time is tau
has the variance of a mean of n / tau independent ones (`evidence.autocorrelation`), so an interval's two arms grow by
the square root of tau.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from aiqu_desktop.drift.evidence.autocorrelation import integrated_time
from aiqu_desktop.drift.intervals import CONFIDENCE, Estimate
from aiqu_desktop.drift.values import Floats

NORMAL_QUANTILE = float(special.ndtri(0.5 + CONFIDENCE / 2))


def dependence(series: Floats, *, dependent: bool) -> float:
    """How many rows of `series`, [rows in time order], are worth an independent one; 1 when rows are independent."""
    return integrated_time(np.asarray(series, dtype=np.float64)) if dependent else 1.0


def wilson_share(share: float, n: float) -> tuple[float, float]:
    """Wilson's score interval of a proportion seen in `n` rows' worth of evidence, which need not be a whole number."""
    if n <= 0:
        return 0.0, 1.0
    z = NORMAL_QUANTILE
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (0.0 if share <= 0 else max(0.0, centre - half)), (1.0 if share >= 1 else min(1.0, centre + half))


def proportion(name: str, hits: float, n: int, tau: float = 1.0) -> Estimate:
    """`hits` of `n` rows with Wilson's interval (JASA 22, 1927) at n / tau rows."""
    return Estimate(name, hits / n, *wilson_share(hits / n, n / tau), n)


def widened(estimate: Estimate, tau: float, least: float = -math.inf, most: float = math.inf) -> Estimate:
    """`estimate` with both arms of its interval stretched by the square root of `tau`, within least..most."""
    stretch = math.sqrt(tau)
    low = estimate.value - stretch * (estimate.value - estimate.low)
    high = estimate.value + stretch * (estimate.high - estimate.value)
    return Estimate(
        estimate.name,
        estimate.value,
        min(estimate.value, max(least, low)),
        max(estimate.value, min(most, high)),
        estimate.n,
    )
