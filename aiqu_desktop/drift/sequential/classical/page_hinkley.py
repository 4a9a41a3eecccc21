"""Page-Hinkley: cumulated deviations from the running mean, against their lowest and highest so far."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import COUNTS, LARGEST, Scanner, rise_over_floor, running_sum
from aiqu_desktop.drift.values import Floats

_START_HIGH = -1.0  # River's start of the highest sum; ours too, so that detections agree


class PageHinkley(Scanner):
    """The Page-Hinkley test (E. Page, Biometrika 41, 1954) with forgetting, as River has it.

    least: values before the first detection. slack: deviation from the mean that is tolerated, in units of the values.
    limit: what the cumulated deviation must exceed. keep: share of the cumulated deviation kept at each value.
    side: "up", "down" or "both".
    """

    NAME = "page-hinkley"
    _total: float
    _sum: float
    _lowest: float
    _highest: float

    def __init__(
        self,
        least: int = 30,
        slack: float = 0.005,
        limit: float = 50.0,
        keep: float = 0.9999,
        side: Literal["up", "down", "both"] = "both",
    ) -> None:
        from scipy import signal  # a second to load: paid when it is used

        if side not in ("up", "down", "both"):
            raise ValueError(f"A side is up, down or both, not {side!r}.")
        self.least, self.slack, self.limit, self.keep = least, slack, limit, keep
        self.side: Literal["up", "down", "both"] = side
        self._kept: Floats = keep**COUNTS
        self._cumulated: Floats = slack * signal.lfilter([1.0], [1.0, -keep], np.ones(LARGEST))
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        from scipy import signal  # a second to load: paid when it is used

        totals = running_sum(self._total, block)
        deviations = block - totals / (COUNTS[: block.size] + self.count)
        sums: Floats = signal.lfilter([1.0], [1.0, -self.keep], deviations, zi=[self.keep * self._sum])[0]
        slacks = self._slacks(block.size)
        early = max(self.least - self.count - 1, 0)  # index before which nothing may be detected
        lowest, highest, found = self._lowest, self._highest, []
        if self.side != "down":
            hit, lowest = _from(early, sums - slacks, lowest, self.limit)
            found.append(hit)
        if self.side != "up":
            hit, negative = _from(early, -sums - slacks, -highest, self.limit)
            highest = -negative
            found.append(hit)
        hits = [hit for hit in found if hit is not None]
        if hits:
            return min(hits)
        self._total, self._sum = float(totals[-1]), float(sums[-1])
        self._lowest, self._highest = lowest, highest
        return None

    def _slacks(self, rows: int) -> Floats:
        """The slack as it has cumulated after each value: its own sum, the same for every stream."""
        start = self.count % LARGEST
        before = self.count - start
        grown = float(before) if self.keep == 1.0 else -np.expm1(before * np.log(self.keep)) / (1.0 - self.keep)
        part = slice(start, start + rows)
        slacks: Floats = self.slack * grown * self._kept[part] + self._cumulated[part]
        return slacks

    def _room(self) -> int:
        return LARGEST - self.count % LARGEST

    def _clear(self) -> None:
        self._total = self._sum = 0.0
        self._lowest, self._highest = float("inf"), _START_HIGH

    def _parameters(self) -> dict[str, Any]:
        return {
            "least": self.least,
            "slack": self.slack,
            "limit": self.limit,
            "keep": self.keep,
            "side": self.side,
        }

    def _numbers(self) -> dict[str, Any]:
        lowest = None if self._lowest == float("inf") else self._lowest  # JSON has no infinity
        return {
            "total": self._total,
            "sum": self._sum,
            "lowest": lowest,
            "highest": self._highest,
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total, self._sum = numbers["total"], numbers["sum"]
        self._lowest = float("inf") if numbers["lowest"] is None else numbers["lowest"]
        self._highest = numbers["highest"]


def _from(early: int, sums: Floats, floor: float, limit: float) -> tuple[int | None, float]:
    """`rise_over_floor`, where nothing may be found before the index `early`."""
    if early == 0:
        return rise_over_floor(sums, floor, limit)
    if early < sums.size:
        hit, lowest = rise_over_floor(sums[early:], min(floor, float(sums[:early].min())), limit)
        return None if hit is None else early + hit, lowest
    return None, min(floor, float(sums.min()))
