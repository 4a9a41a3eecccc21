"""A bet that follows the losses: each group's rate is taken to be what it has been of late.

A change hits some groups of rows and spares others, and no grid of bets holds every such profile. So the bet on the
next loss is laid on an estimate from the losses before it: the plug-in, or nonanticipating, likelihood ratio of
G. Lorden & M. Pollak (Annals of Statistics 33, 2005), a predictable bet in the sense of Waudby-Smith & Ramdas (2024).
Since the rate is known before the loss, the bet is as fair as one that was fixed beforehand.

A group's estimate is its exponentially weighted mean excess over its level, drawn towards the rise that all groups
share (on the arcsine scale) as if so many more rows had shown that. Falls are not betted on. Where losses come in runs,
memory and shrinkage are as many times as long as a run: else the bet would follow each run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.bets import raised
from aiqu_desktop.drift.values import Floats, Ints

# Chosen on the tuning seeds of tests/benchmarks/detector_delay.py, where the delay hardly depends on them.
_GAIN = 1.2  # an average over what was before and after the change lags behind it
_LEAST_RISE = 0.03  # without it the bet would stand still while nothing happens, and count rows as evidence
_HIGHEST = 0.98
_COMMON_PRIOR = 8.0  # spread of about ten rows that show no common rise


@dataclass(frozen=True, slots=True)
class Following:
    """What the bet remembers: memory in rows, the rows that the common rise counts as, and decayed sums
    [2 * groups + 2]: excess of each group, rows of each group, excess of all, spread of all."""

    memory: float
    shrinkage: float
    sums: Floats

    @classmethod
    def of(cls, groups: int, *, memory: float, shrinkage: float) -> Following:
        """One that has seen nothing; `groups` is 1 or more."""
        return cls(memory, shrinkage, np.zeros(2 * groups + 2))

    def rates(self, losses: Floats, levels: Floats, members: Ints, dependence: float = 1.0) -> tuple[Floats, Following]:
        """The rate to bet on at each row, from the rows before it alone, at least its level; and what is remembered.

        losses, levels, members: [rows]; the level of each row's own group, and the number of that group. dependence:
        the losses' autocorrelation time, 1 or more.
        """
        from scipy import signal  # a second to load: paid when it is used

        groups, rows = self.sums.size // 2 - 1, np.arange(losses.size)
        spread = np.sqrt(levels * (1.0 - levels))
        entered = np.zeros((self.sums.size, losses.size))
        entered[members, rows] = losses - levels
        entered[groups + members, rows] = 1.0
        entered[-2], entered[-1] = losses - levels, 2.0 * spread
        keep, shrinkage = 1.0 - 1.0 / (self.memory * dependence), self.shrinkage * dependence
        carried = self.sums[:, np.newaxis]
        decayed, _ = signal.lfilter([1.0], [1.0, -keep], entered, axis=1, zi=keep * carried)
        before = np.hstack([carried, decayed])[:, :-1]
        rise = np.maximum(before[-2] / (before[-1] + _COMMON_PRIOR * dependence), 0.0)
        excess = before[members, rows] + shrinkage * 2.0 * rise * spread
        excess = np.maximum(excess, 0.0) / (before[groups + members, rows] + shrinkage)
        rates = np.maximum(levels + _GAIN * excess, raised(levels, np.array(_LEAST_RISE)))
        return np.minimum(rates, np.maximum(levels, _HIGHEST)), replace(self, sums=decayed[:, -1].copy())

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {"memory": self.memory, "shrinkage": self.shrinkage, "sums": self.sums.tolist()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Following:
        """Read what `to_json` wrote."""
        return cls(float(stored["memory"]), float(stored["shrinkage"]), np.asarray(stored["sums"], dtype=np.float64))
