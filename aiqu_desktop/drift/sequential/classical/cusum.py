"""CUSUM: sums of what lies above, and below, the target by more than a slack."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import (
    COUNTS,
    LARGEST,
    Scanner,
    first_true,
    over_floor,
    running_sum,
)
from aiqu_desktop.drift.values import Floats


class Cusum(Scanner):
    """The two-sided tabular CUSUM (E. Page 1954; D. Montgomery, Statistical Quality Control, section 9.1).

    target: the mean in control. spread: the standard deviation in control. slack and limit in units of the spread;
    0.5 and 5 find a shift of one spread after 10 values at one false alarm in 465 independent normal ones.
    An upper sum: max(0, sum + x - target - slack); the lower one mirrored; a detection where one exceeds the limit.
    """

    NAME = "cusum"
    _sum: float
    _slacks: float
    _rise: float
    _floor: float
    _fall: float
    _bed: float

    def __init__(self, target: float, spread: float, slack: float = 0.5, limit: float = 5.0) -> None:
        if not spread > 0.0:
            raise ValueError(f"The spread must be above 0, not {spread}.")
        self.target, self.spread, self.slack, self.limit = target, spread, slack, limit
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        start = self.count % LARGEST
        if start == 0:
            self._anchor()
        sums = running_sum(self._sum, (block - self.target) / self.spread)
        slacks = self.slack * COUNTS[start : start + block.size]
        rises, falls = self._rise + sums - slacks, self._fall - sums - slacks
        above, below = over_floor(rises, self._floor), over_floor(falls, self._bed)
        if max(above.max(), below.max()) > self.limit:
            return first_true(np.maximum(above, below) > self.limit)
        self._sum, self._slacks = float(sums[-1]), float(slacks[-1])
        self._floor, self._bed = min(self._floor, float(rises.min())), min(self._bed, float(falls.min()))
        return None

    def _room(self) -> int:
        return LARGEST - self.count % LARGEST

    def _anchor(self) -> None:
        """Begin the sums anew from the tabular ones, at fixed counts: they stay small and exact in any stream."""
        self._rise += self._sum - self._slacks - self._floor
        self._fall += -self._sum - self._slacks - self._bed
        self._sum = self._slacks = self._floor = self._bed = 0.0

    def _clear(self) -> None:
        self._sum = self._slacks = 0.0  # of standardised values, and of slacks, since the anchor
        self._rise = self._fall = 0.0  # the two tabular sums at the anchor
        self._floor = self._bed = 0.0  # the lowest that each would be without the stop at zero

    def _parameters(self) -> dict[str, Any]:
        return {"target": self.target, "spread": self.spread, "slack": self.slack, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        return {
            "sum": self._sum,
            "slacks": self._slacks,
            "rise": self._rise,
            "fall": self._fall,
            "floor": self._floor,
            "bed": self._bed,
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._sum, self._slacks = numbers["sum"], numbers["slacks"]
        self._rise, self._fall = numbers["rise"], numbers["fall"]
        self._floor, self._bed = numbers["floor"], numbers["bed"]
