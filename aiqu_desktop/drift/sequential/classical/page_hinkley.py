"""Page-Hinkley: cumulated deviations from the running mean, against their lowest and highest so far."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import signal

from aiqu_desktop.drift.sequential.classical.detector import COUNTS, Detector, first_true, running_sum
from aiqu_desktop.drift.values import Floats

_START_HIGH = -1.0  # River's start of the highest sum; ours too, so that detections agree


class PageHinkley(Detector):
    """The Page-Hinkley test (E. Page, Biometrika 41, 1954) with forgetting, as River has it.

    least: values before the first detection. slack: deviation from the mean that is tolerated, in units of the values.
    limit: what the cumulated deviation must exceed. keep: share of the cumulated deviation kept at each value.
    side: "up", "down" or "both".
    """

    NAME = "page-hinkley"
    _total: float
    _rise: float
    _fall: float
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
        if side not in ("up", "down", "both"):
            raise ValueError(f"A side is up, down or both, not {side!r}.")
        self.least, self.slack, self.limit, self.keep = least, slack, limit, keep
        self.side: Literal["up", "down", "both"] = side
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        totals = running_sum(self._total, block)
        deviations = block - totals / (COUNTS[: block.size] + self.count)
        early = max(self.least - self.count - 1, 0)  # index before which nothing may be detected
        hits = []
        if self.side != "down":
            rises = self._filtered(deviations - self.slack, self._rise)
            lowest = min(self._lowest, float(rises.min()))
            if float(rises.max()) - lowest > self.limit:
                # ufunc.accumulate has no start value: the lowest so far is put in front
                floor = np.minimum.accumulate(np.concatenate(([self._lowest], rises)))[1:]
                hits.append(_first_from(rises - floor > self.limit, early))
        if self.side != "up":
            falls = self._filtered(deviations + self.slack, self._fall)
            highest = max(self._highest, float(falls.max()))
            if highest - float(falls.min()) > self.limit:
                ceiling = np.maximum.accumulate(np.concatenate(([self._highest], falls)))[1:]
                hits.append(_first_from(ceiling - falls > self.limit, early))
        found = [hit for hit in hits if hit is not None]
        if found:
            return min(found)
        self._total = float(totals[-1])
        if self.side != "down":
            self._rise, self._lowest = float(rises[-1]), lowest
        if self.side != "up":
            self._fall, self._highest = float(falls[-1]), highest
        return None

    def _filtered(self, steps: Floats, before: float) -> Floats:
        sums: Floats = signal.lfilter([1.0], [1.0, -self.keep], steps, zi=[self.keep * before])[0]
        return sums

    def _clear(self) -> None:
        self._total = self._rise = self._fall = 0.0
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
            "rise": self._rise,
            "fall": self._fall,
            "lowest": lowest,
            "highest": self._highest,
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total, self._rise, self._fall = numbers["total"], numbers["rise"], numbers["fall"]
        self._lowest = float("inf") if numbers["lowest"] is None else numbers["lowest"]
        self._highest = numbers["highest"]


def _first_from(flags: np.ndarray[Any, np.dtype[np.bool_]], start: int) -> int | None:
    if start >= flags.size:
        return None
    index = first_true(flags[start:])
    return None if index is None else start + index
