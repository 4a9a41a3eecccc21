"""ADWIN's rule for a cut, and bounds that it surely does not meet, at many moments together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.sequential.classical.boundaries import is_boundary
from aiqu_desktop.drift.values import Floats, Ints

LESS = 1.0 - 1e-9  # leaves room for rounding in bounds


@dataclass(frozen=True)
class CutRule:
    """The parameters of ADWIN that decide on a cut; see there."""

    delta: float
    buckets: int
    least_side: int
    warm_up: int


class Moments:
    """The moments of a block at which cuts are looked for, and what they have in common for all cuts."""

    def __init__(self, rule: CutRule, counts: Ints, totals: Floats, squares: Floats) -> None:
        self.rule = rule
        self.counts = counts
        self.widths = counts.astype(np.float64)
        self.totals = totals
        self.means = totals / self.widths
        self.squares = squares
        self._variances = np.maximum(squares - totals * self.means, 0.0) / self.widths
        # a window of one value has no cut; its logarithm of zero must not be taken
        self._confidence = np.log(2.0 * np.log(np.maximum(self.widths, 2.0)) / rule.delta)
        self.limits = 2.0 * self._variances * self._confidence
        self.surely = 2.0 / 3.0 * self._confidence
        self._least = float(self.widths[0]), float(self.limits.min())

    def limit(self, ticks: Ints, newer: Floats) -> Floats:
        """What the sum of the newer values must lie off the mean at least for a cut, by River's rule; both [pairs]."""
        older = 1.0 - newer / self.widths[ticks]
        limits = np.sqrt(self.limits[ticks] * newer * np.maximum(older, 0.0)) + self.surely[ticks]
        return np.asarray(limits * LESS, dtype=np.float64)

    def least_limit(self, least: int, most: int) -> float:
        """The same for all moments and from `least` to `most` newer values, at least."""
        width, limit = self._least
        sides = max(min(least * (1.0 - least / width), most * (1.0 - most / width)), 0.0)
        return (math.sqrt(limit * sides) + float(self.surely[0])) * LESS

    def first_cut(self, ticks: Ints, positions: Ints, sum_at: Callable[[Ints], Floats]) -> int:
        """The first of the moments `ticks` with a cut at its position by River's rule, or how many there are.

        ticks, positions: [pairs]. sum_at: the sums up to positions.
        """
        rule = self.rule
        older = positions.astype(np.float64)
        newer = self.widths[ticks] - older
        sound = (older >= rule.least_side) & (newer >= rule.least_side) & (self.counts[ticks] > rule.warm_up)
        ticks, positions, older, newer = ticks[sound], positions[sound], older[sound], newer[sound]
        if ticks.size == 0:
            return self.counts.size
        before = sum_at(positions)
        apart = np.abs(before / older - (self.totals[ticks] - before) / newer)
        share = 1.0 / (older - rule.least_side + 1.0) + 1.0 / (newer - rule.least_side + 1.0)
        confidence = self._confidence[ticks]
        allowed = np.sqrt(2.0 * share * self._variances[ticks] * confidence) + 2.0 / 3.0 * confidence * share
        cut = apart > allowed
        cut[cut] = is_boundary(positions[cut], self.counts[ticks[cut]], rule.buckets)
        return int(ticks[cut].min(initial=self.counts.size))
