"""Evidence that a loss runs above what is tolerated, valid whenever and however often it is looked at.

The Shiryaev-Roberts e-detector for a bounded loss x in [0, 1] with tolerated mean m:

    R_n = (1 + R_(n-1)) (1 + bet (x_n - m)),  averaged over several bets,

J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection" (2022/2024).
While E[x_n | what came before] <= m, the mean number of losses until R first reaches A is at least A, whatever the
distribution. Starting later, or looking only now and then, can only make R smaller or its crossing later: so the
statistic may be computed from a recent stretch and at any schedule, and the guarantee stays.
"""

from __future__ import annotations

import math

import numpy as np

from aiqu_desktop.drift.values import Floats

_DAYS_A_YEAR = 365.25
_LEAST_TOLERATED = 1e-4  # a limit of "no loss at all" could be crossed by a single one
# Bets as shares of the largest that is allowed, 1/m: the bet for a Bernoulli loss that rose by the share s of the room
# above m is exactly s/m, so the grid covers rises from 1.5 % of that room to nearly all of it.
_SHARES = np.geomspace(0.015, 0.9, 12)


def log_evidence(losses: Floats, tolerated: float) -> Floats:
    """Natural logarithm of the e-detector after each loss, [rows].

    losses: [rows] in [0, 1], in the order in which they became known. tolerated: their mean at the limit, in [0, 1).
    Raises:
        ValueError: if a loss or the tolerated mean lies outside its range.
    """
    if not 0 <= tolerated < 1:
        raise ValueError(f"the tolerated mean {tolerated} must lie in [0, 1)")
    if losses.size and not (np.min(losses) >= 0 and np.max(losses) <= 1):
        raise ValueError("losses must lie in [0, 1], without missing values")
    mean = max(tolerated, _LEAST_TOLERATED)
    total = np.full(losses.size, -np.inf)
    for share in _SHARES:
        total = np.logaddexp(total, _one_bet(np.log1p(share / mean * (losses - mean))))
    return total - math.log(_SHARES.size)


def _one_bet(gains: Floats) -> Floats:
    """log R of one bet: R_n is the sum over all starts j <= n of exp(gains[j] + ... + gains[n])."""
    level = np.cumsum(gains)
    before = np.concatenate(([0.0], level[:-1]))
    starts: Floats = np.logaddexp.accumulate(-before)
    return level + starts


def evidence_needed(years: float, losses_a_day: float) -> float:
    """log A for at most one false alarm in `years` years, on average, at so many labelled observations a day.

    Raises:
        ValueError: if a figure is not positive.
    """
    if not (years > 0 and losses_a_day > 0):
        raise ValueError(f"{years} years and {losses_a_day} losses a day must be positive")
    return math.log(max(2.0, years * _DAYS_A_YEAR * losses_a_day))
