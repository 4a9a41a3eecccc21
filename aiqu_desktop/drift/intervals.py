"""95 % intervals for proportions, means and functions of means. Rows are taken to be independent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats

CONFIDENCE = 0.95
_SEED = 20_26
_RESAMPLES = 1000
_BLOCK = 1 << 21  # numbers held at a time
_GROUPS = 1000  # a longer sample is folded into so many random groups, and the groups are resampled


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval and the rows behind it."""

    name: str
    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps; a bundle's manifest keeps it under `name`."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def wilson(successes: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Score interval of a proportion (E. Wilson, JASA 22, 1927); no trial gives (0, 1).

    Raises:
        ValueError: if `successes` does not lie in 0..n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes in {n} trials")
    if n == 0:
        return 0.0, 1.0
    z = float(special.ndtri(0.5 + confidence / 2))
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a mean from finite `values`, [rows >= 1], that stays honest for skewed losses.

    Student's t with Johnson's correction for skewness (N. Johnson, JASA 73, 1978), as the monotone cubic of P. Hall,
    JRSS B 54 (1992). One row, or equal ones, gives the value itself twice.
    """
    n = values.size
    mean = float(np.mean(values))
    deviation = float(np.std(values, ddof=1)) if n > 1 else 0.0
    if deviation <= 0.0:
        return mean, mean
    skewness = float(np.mean(((values - mean) / deviation) ** 3))
    quantile = float(special.stdtrit(n - 1, 0.5 + confidence / 2))
    error = deviation / math.sqrt(n)
    upper, lower = (_hall_inverse(t, skewness / math.sqrt(n)) for t in (-quantile, quantile))
    return mean - error * lower, mean - error * upper


def bootstrap_interval(
    moments: Floats, statistic: Callable[[Floats], Floats], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Percentile bootstrap of a function of means (Efron, 1979), with a fixed seed: the same data, the same interval.

    moments: [rows, terms], what is averaged. statistic: takes sums of the terms, [resamples, terms], and gives
    [resamples]. More than 1,000 rows are first added up in 1,000 random groups of nearly equal size, which are then
    resampled.
    """
    random = np.random.default_rng(_SEED)
    rows = moments.shape[0]
    if rows > _GROUPS:
        order = random.permutation(rows)
        starts = (np.arange(_GROUPS) * rows) // _GROUPS
        moments = np.add.reduceat(moments[order], starts, axis=0)
        rows = _GROUPS
    drawn = random.integers(0, rows, size=(_RESAMPLES, rows))
    drawn += np.arange(_RESAMPLES)[:, np.newaxis] * rows
    weights = np.bincount(drawn.ravel(), minlength=_RESAMPLES * rows).reshape(_RESAMPLES, rows)
    return percentiles(statistic(weights.astype(np.float64) @ moments), confidence)


def multinomial_resamples(counts: Floats) -> Iterator[Floats]:
    """Bootstrap resamples of a table of counts, as if the rows that it counts were drawn again.

    Yields blocks [resamples, cells], 1,000 resamples in all, small enough for tables of many classes.
    """
    random = np.random.default_rng(_SEED)
    total = int(counts.sum())
    occupied = np.flatnonzero(counts)
    at_once = max(1, min(_RESAMPLES, _BLOCK // counts.size))
    for start in range(0, _RESAMPLES, at_once):
        block = np.zeros((min(at_once, _RESAMPLES - start), counts.size))
        block[:, occupied] = random.multinomial(total, counts[occupied] / total, size=block.shape[0])
        yield block


def percentiles(values: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The central range of resampled `values` that holds `confidence` of them."""
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return float(low), float(high)


def _hall_inverse(t: float, skew: float) -> float:
    """Inverse of Hall's transformation g(t) = t + s t^2 / 3 + s^2 t^3 / 27 + s / 6, with s = skewness / sqrt(n)."""
    if abs(skew) < 1e-9:
        return t
    return float(3.0 * (np.cbrt(1.0 + skew * (t - skew / 6.0)) - 1.0) / skew)
