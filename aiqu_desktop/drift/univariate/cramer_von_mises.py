"""The two-sample Cramér-von Mises test (T. Anderson, Annals of Mathematical Statistics 33, 1962)."""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats

_TERMS = 20
_LEAST, _MOST = 0.003, 8.0


def cramer_von_mises(reference: Floats, current: Floats) -> float:
    """Anderson's statistic T of two samples of usable values, each [rows >= 1], equal values at their mean rank."""
    from scipy import stats  # a second to load: paid when it is used

    n, m = reference.size, current.size
    ranks = stats.rankdata(np.concatenate((np.sort(reference), np.sort(current))))
    of_reference = float(np.sum((ranks[:n] - np.arange(1, n + 1)) ** 2))
    of_current = float(np.sum((ranks[n:] - np.arange(1, m + 1)) ** 2))
    size = n * m
    return (n * of_reference + m * of_current) / (size * (n + m)) - (4 * size - 1) / (6 * (n + m))


def cramer_von_mises_p(statistics: Floats, reference_sizes: Floats, current_sizes: Floats) -> Floats:
    """Upper-tail p-values of T by its limit, arrays [columns]; sizes are effective ones.

    A distance of `effects` stands for T = n m / (n + m) times its square.
    """
    n, m = np.asarray(reference_sizes, dtype=np.float64), np.asarray(current_sizes, dtype=np.float64)
    both, size = n + m, n * m
    mean = (1.0 + 1.0 / both) / 6.0
    variance = (both + 1.0) * (4.0 * size * both - 3.0 * (n * n + m * m) - 2.0 * size) / (45.0 * both**2 * 4.0 * size)
    limit = 1.0 / 6.0 + (statistics - mean) / np.sqrt(45.0 * variance)
    inside = np.clip(limit, _LEAST, _MOST)  # beyond, the probability is 1 or below 1e-16
    upper: Floats = np.where(limit < _LEAST, 1.0, np.where(limit > _MOST, 0.0, 1.0 - _limit_cdf(inside)))
    return np.clip(upper, 0.0, 1.0)


def _limit_cdf(values: Floats) -> Floats:
    """S. Csorgo and J. Faraway, JRSS B 58 (1996), equation 1.3."""
    k = np.arange(_TERMS)
    steps = (4.0 * k + 1.0) ** 2 / (16.0 * np.atleast_1d(values)[:, np.newaxis])
    scale = np.exp(special.gammaln(k + 0.5) - special.gammaln(k + 1.0)) * np.sqrt(4.0 * k + 1.0)
    terms = scale * np.exp(-steps) * special.kv(0.25, steps)
    cdf: Floats = terms.sum(axis=1) / (np.pi**1.5 * np.sqrt(np.atleast_1d(values)))
    return cdf
