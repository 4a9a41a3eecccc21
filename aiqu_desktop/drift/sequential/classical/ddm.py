"""DDM: the error rate against its best so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.cells import CellScanner
from aiqu_desktop.drift.sequential.classical.detector import COUNTS, first_true, running_sum
from aiqu_desktop.drift.values import Floats

_CELL = 64
_CLOSE = 16  # cells looked into at once where there is a first doubt
_LESS, _MORE = 1.0 - 1e-9, 1.0 + 1e-9  # room for rounding in bounds


class Ddm(CellScanner):
    """The drift detection method (J. Gama et al., SBIA 2004), as River has it, for errors 0 and 1.

    warm_up: values before the first detection. limit: a detection where error rate plus its standard deviation exceed
    the lowest rate by this many of its standard deviations (at least one).
    """

    NAME = "ddm"
    CELL = _CELL
    SHARES = True
    _total: float
    _rate: float
    _deviation: float
    _lowest: float

    def __init__(self, warm_up: int = 30, limit: float = 3.0) -> None:
        if limit < 1.0:
            raise ValueError(f"The limit must be at least one standard deviation, not {limit}.")
        self.warm_up, self.limit = warm_up, limit
        super().__init__()

    def _look(self, cells: Floats, before: int) -> int | None:
        sums = np.einsum("ij->i", cells)
        totals = running_sum(self._total, sums)
        starts = np.concatenate(([self._total], totals[:-1]))
        first = before + _CELL * (COUNTS[: sums.size] - 1.0)  # values before each cell
        bounds = _Bounds(starts, sums, first)
        ends = self._levels(totals / (first + _CELL), first + _CELL)[1]
        yet = np.minimum.accumulate(np.concatenate(([self._lowest], ends)))
        lower = bounds.bottoms <= yet[:-1]  # the cells that may have a new lowest level
        # where the limit moves, it does not go below these
        limits = np.where(lower, bounds.bottoms + (self.limit - 1.0) * bounds.narrowest, np.inf)
        at, step = 0, _CLOSE
        while at < sums.size:
            own = self._rate + self.limit * self._deviation
            doubts = bounds.tops[at:] > np.minimum(np.minimum.accumulate(limits[at:]), own)
            doubtful = at + int(doubts.argmax()) if doubts.any() else sums.size
            # no detection before it: of those cells only the lowest level counts
            chosen = at + np.flatnonzero(lower[at:doubtful] & (bounds.bottoms[at:doubtful] <= yet[doubtful]))
            if chosen.size:
                self._descend(*_rates(cells[chosen], starts[chosen], first[chosen]))
            part = slice(doubtful, doubtful + step)
            if doubtful < sums.size:
                hit = self._descend(*_rates(cells[part], starts[part], first[part]))
                if hit is not None:
                    return doubtful * _CELL + hit
            at, step = part.stop, 4 * step
        self._total = float(totals[-1])
        return None

    def _peek(self, values: Floats, before: int) -> int | None:
        best = self._rate, self._deviation, self._lowest
        hit = self._descend(*_rates(values[None], np.array([self._total]), np.array([float(before)])))
        self._rate, self._deviation, self._lowest = best
        return hit

    def _levels(self, rates: Floats, counts: Floats) -> tuple[Floats, Floats]:
        """The rates' deviations, and the rates plus these; infinite in the warm-up. Shapes as given."""
        deviations = np.sqrt(np.maximum(rates * (1.0 - rates), 0.0) / counts)
        levels = rates + deviations
        if counts.size and counts.flat[0] <= self.warm_up:
            levels[counts <= self.warm_up] = np.inf
        return deviations, levels

    def _descend(self, rates: Floats, counts: Floats) -> int | None:
        """Index of the first detection among values in order, [cells, values]; the best level moves on."""
        rates, counts = rates.reshape(-1), counts.reshape(-1)
        deviations, levels = self._levels(rates, counts)
        lowest = np.minimum.accumulate(np.concatenate(([self._lowest], levels)))
        best = np.where(levels <= lowest[:-1], np.arange(1, levels.size + 1), 0)
        np.maximum.accumulate(best, out=best)
        rates_then = np.concatenate(([self._rate], rates))
        deviations_then = np.concatenate(([self._deviation], deviations))
        limits = (rates_then + self.limit * deviations_then)[best]
        last = int(best[-1])
        self._rate, self._deviation = float(rates_then[last]), float(deviations_then[last])
        self._lowest = float(lowest[-1])
        return first_true((levels > limits) & (counts > self.warm_up))

    def _clear(self) -> None:
        self._held = np.empty(0)
        self._total = 0.0
        self._rate = self._deviation = self._lowest = float("inf")

    def _parameters(self) -> dict[str, Any]:
        return {"warm_up": self.warm_up, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        best = None if self._lowest == float("inf") else [self._rate, self._deviation]
        return {"total": self._total, "best": best, "held": self._held.tolist()}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total = numbers["total"]
        self._held = np.array(numbers["held"], dtype=np.float64)
        if numbers["best"] is not None:
            self._rate, self._deviation = numbers["best"]
            self._lowest = self._rate + self._deviation


def _rates(cells: Floats, starts: Floats, first: Floats) -> tuple[Floats, Floats]:
    """Error rates after each value of some cells, and the counts, [cells, values]."""
    counts = first[:, None] + COUNTS[: cells.shape[1]]
    return (starts[:, None] + np.cumsum(cells, axis=1)) / counts, counts


class _Bounds:
    """What the levels within each cell surely do not go below, and not above, whatever the order of its errors."""

    def __init__(self, starts: Floats, sums: Floats, first: Floats) -> None:
        least = starts / np.maximum(first + (_CELL - sums), 1.0)  # all that is right comes first
        most = (starts + sums) / np.maximum(first + sums, 1.0)  # all errors come first
        low, high = least * (1.0 - least), most * (1.0 - most)
        wide = np.maximum(low, high)
        wide[(least < 0.5) & (most > 0.5)] = 0.25
        self.narrowest = np.sqrt(np.maximum(np.minimum(low, high), 0.0) / (first + _CELL)) * _LESS
        self.bottoms = (least + self.narrowest) * _LESS
        self.tops = (most + np.sqrt(np.maximum(wide, 0.0) / (first + 1.0))) * _MORE
