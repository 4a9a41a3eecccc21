"""CUSUM: sums of what lies above, and below, the target by more than a slack."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import LARGEST, Detector, first_true, running_sum
from aiqu_desktop.drift.values import Floats


class Cusum(Detector):
    """The two-sided tabular CUSUM (E. Page 1954; D. Montgomery, Statistical Quality Control, section 9.1).

    target: the mean in control. spread: the standard deviation in control. slack and limit in units of the spread;
    0.5 and 5 find a shift of one spread after 10 values at one false alarm in 465 independent normal ones.
    An upper sum: max(0, sum + x - target - slack); the lower one mirrored; a detection where one exceeds the limit.
    """

    NAME = "cusum"
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
        if self.count % LARGEST == 0:
            self._anchor()
        standard = (block - self.target) / self.spread
        rises, floor = _over_floor(standard - self.slack, self._rise, self._floor)
        falls, bed = _over_floor(-standard - self.slack, self._fall, self._bed)
        above, below = rises - floor, falls - bed
        if max(above.max(), below.max()) > self.limit:
            return first_true(np.maximum(above, below) > self.limit)
        self._rise, self._floor = float(rises[-1]), float(floor[-1])
        self._fall, self._bed = float(falls[-1]), float(bed[-1])
        return None

    def _room(self) -> int:
        return LARGEST - self.count % LARGEST

    def _anchor(self) -> None:
        """Subtract the floor at fixed counts: the sums stay small and exact however long the stream."""
        self._rise, self._floor = self._rise - self._floor, 0.0
        self._fall, self._bed = self._fall - self._bed, 0.0

    def _clear(self) -> None:
        self._rise = self._floor = self._fall = self._bed = 0.0

    def _parameters(self) -> dict[str, Any]:
        return {"target": self.target, "spread": self.spread, "slack": self.slack, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        return {"rise": self._rise, "floor": self._floor, "fall": self._fall, "bed": self._bed}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._rise, self._floor = numbers["rise"], numbers["floor"]
        self._fall, self._bed = numbers["fall"], numbers["bed"]


def _over_floor(steps: Floats, before: float, floor: float) -> tuple[Floats, Floats]:
    """Sums without the stop at zero, and their lowest so far: the tabular sum is their difference."""
    sums = running_sum(before, steps)
    lowest = np.empty(sums.size + 1)
    lowest[0] = floor
    lowest[1:] = sums
    np.minimum.accumulate(lowest, out=lowest)
    return sums, lowest[1:]
