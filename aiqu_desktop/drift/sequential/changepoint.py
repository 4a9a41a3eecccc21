"""When the losses rose: the estimated onset, from which the delay of an alarm is counted."""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats

_OUTLIER_FACTOR = 5.0
_SHARE_FLOOR = 1e-3
_LEAST_GAIN = 3.0  # log-likelihood ratio below which a rise is as well chance
_LEAST_AFTER = 5  # losses that a new level is estimated from


def onset(losses: Floats, *, expected: float) -> int:
    """Index of the first loss after the rise above `expected`; `losses.size` where nothing rose.

    losses: 0/1 errors, or absolute errors, [rows] in time order; missing ones (NaN) are passed over. expected: their
    mean on the reference.

    The maximum-likelihood change point with known level before and unknown, higher level after (E. Page, Biometrika
    41, 1954; D. Hinkley, Biometrika 57, 1970): 0/1 losses as Bernoulli, others as normal with the spread around a
    local level, after pulling in single outliers so that one wild loss does not become the onset.
    """
    present = np.flatnonzero(np.isfinite(losses))
    values = losses[present]
    if values.size < _LEAST_AFTER:
        return int(losses.size)
    binary = bool(np.all((values == 0) | (values == 1)))
    if not binary:
        values = _pull_in_outliers(values)
    after = np.arange(values.size, 0.0, -1.0)
    level = np.cumsum(values[::-1])[::-1] / after
    gain = after * (_bernoulli_gain(level, expected) if binary else _normal_gain(level, expected, values))
    gain[(level <= expected) | (after < _LEAST_AFTER)] = 0.0
    best = int(np.argmax(gain))
    return int(present[best]) if gain[best] >= _LEAST_GAIN else int(losses.size)


def _bernoulli_gain(level: Floats, expected: float) -> Floats:
    """Relative entropy of the level after against the expected one: log-likelihood gained a row."""
    before = min(max(expected, _SHARE_FLOOR), 1.0 - _SHARE_FLOOR)
    gain = special.rel_entr(level, before) + special.rel_entr(1.0 - level, 1.0 - before)
    return np.asarray(gain, dtype=np.float64)


def _normal_gain(level: Floats, expected: float, values: Floats) -> Floats:
    """The same for a normal; the spread is robust against the very change: from differences of neighbours."""
    differences = np.abs(np.diff(values))
    spread = float(np.mean(differences)) * np.sqrt(np.pi) / 2.0
    gain: Floats = (level - expected) ** 2 / (2.0 * max(spread, 1e-9 * (abs(expected) + 1.0)) ** 2)
    return gain


def _pull_in_outliers(values: Floats) -> Floats:
    """Clip each loss to its local level: the median of the five around it, plus a few typical deviations."""
    padded = np.pad(values, 2, mode="reflect")
    local = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    typical = float(np.mean(np.abs(values - local)))
    return np.minimum(values, local + _OUTLIER_FACTOR * typical)
