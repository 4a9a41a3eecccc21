"""EWMA chart: an exponentially weighted mean against its exact limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import Scanner, first_true
from aiqu_desktop.drift.values import Floats

_SETTLED = 1e-17  # share of the start in the variance below which the limits no longer move


class Ewma(Scanner):
    """The EWMA control chart (S. Roberts, Technometrics 1, 1959) with its exact, time-varying limits.

    target, spread: mean and standard deviation in control. weight: of the newest value. width: of the limits, in
    standard deviations of the weighted mean; 0.1 and 2.814 give one false alarm in 500 independent normal values.
    """

    NAME = "ewma"
    _deviation: float

    def __init__(self, target: float, spread: float, weight: float = 0.1, width: float = 2.814) -> None:
        if not spread > 0.0 or not 0.0 < weight <= 1.0:
            raise ValueError(f"The spread must be above 0 and the weight in (0, 1], not {spread} and {weight}.")
        self.target, self.spread, self.weight, self.width = target, spread, weight, width
        self._limits, self._limit = self._table()
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        from scipy import signal  # a second to load: paid when it is used

        keep = 1.0 - self.weight
        deviations, _ = signal.lfilter([self.weight], [1.0, -keep], block - self.target, zi=[keep * self._deviation])
        moving = self._limits[self.count : self.count + block.size]
        lowest = float(moving[0]) if moving.size else self._limit
        if max(float(deviations.max()), -float(deviations.min())) > lowest:
            limits = np.concatenate((moving, np.full(block.size - moving.size, self._limit)))
            hit = first_true(np.abs(deviations) > limits)
            if hit is not None:
                return hit
        self._deviation = float(deviations[-1])
        return None

    def _table(self) -> tuple[Floats, float]:
        """Limits after 1, 2, … values until they have settled, and the settled one."""
        settled = self.width * self.spread * np.sqrt(self.weight / (2.0 - self.weight))
        if self.weight == 1.0:
            return np.empty(0), float(settled)
        keep = np.log1p(-self.weight)
        times = np.arange(1.0, np.ceil(np.log(_SETTLED) / (2.0 * keep)) + 1.0)
        return settled * np.sqrt(-np.expm1(2.0 * keep * times)), float(settled)

    def _clear(self) -> None:
        self._deviation = 0.0

    def _parameters(self) -> dict[str, Any]:
        return {"target": self.target, "spread": self.spread, "weight": self.weight, "width": self.width}

    def _numbers(self) -> dict[str, Any]:
        return {"deviation": self._deviation}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._deviation = numbers["deviation"]
