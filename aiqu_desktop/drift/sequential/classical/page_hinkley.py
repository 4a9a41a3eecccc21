"""Page-Hinkley: cumulated deviations from the running mean, against their lowest and highest so far."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from aiqu_desktop.drift.sequential.classical.cells import CellScanner
from aiqu_desktop.drift.sequential.classical.detector import COUNTS, first_true, over_floor, running_sum
from aiqu_desktop.drift.values import Floats, Ints

_START_HIGH = -1.0  # River's start of the highest sum; ours too, so that detections agree
_CELL = 64
_FEW = 128  # cells of which each is looked into
_CLOSE = 16  # cells looked into at once where there is a first doubt
_CELLS = 512  # at most, between anchors
_MOST_FADED = 400.0  # logarithm of the fading between anchors, at most: far from overflow
_LEAST_KEPT = 1e-6
_ROUNDING = 1e-9  # room in bounds, as a share


class PageHinkley(CellScanner):
    """The Page-Hinkley test (E. Page, Biometrika 41, 1954) with forgetting, as River has it.

    least: values before the first detection. slack: deviation from the mean that is tolerated, in units of the values.
    limit: what the cumulated deviation must exceed. keep: share of the cumulated deviation kept at each value.
    side: "up", "down" or "both".
    """

    NAME = "page-hinkley"
    CELL = _CELL
    _total: float
    _sum: float
    _floors: list[float]  # the lowest sum so far on each side

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
        if not _LEAST_KEPT <= keep <= 1.0:
            raise ValueError(f"The share that is kept lies between {_LEAST_KEPT} and 1, not at {keep}.")
        self.least, self.slack, self.limit, self.keep = least, slack, limit, keep
        self.side: Literal["up", "down", "both"] = side
        # a falling sum is a rising one with the other sign
        self._signs = {"up": [1.0], "down": [-1.0], "both": [1.0, -1.0]}[side]
        self._weights: Floats = keep ** np.arange(_CELL - 1.0, -1.0, -1.0)
        self._fading: Floats = keep ** np.arange(1.0, _CELL + 1.0)
        self._slack: Floats = slack * np.cumsum(keep ** np.arange(_CELL))
        # sums are kept as they would be without fading since the last anchor, and faded in one multiplication
        most = _MOST_FADED / -(_CELL * np.log(keep)) if keep < 1.0 else np.inf
        self._anchor = int(min(max(most, 1.0), _CELLS))  # cells
        self._faded: Floats = keep ** (_CELL * np.arange(self._anchor + 1.0))
        super().__init__()

    def _look(self, cells: Floats, before: int) -> int | None:
        totals, deviations = self._deviations(cells.reshape(-1), before)
        cells = deviations.reshape(cells.shape)
        since = before // _CELL % self._anchor
        faded = self._faded[since : since + len(cells) + 1]
        unfaded = np.empty(len(cells) + 1)
        unfaded[0] = self._sum
        gains = np.einsum("ij,j->i", cells, self._weights)
        np.divide(gains, faded[1:], out=unfaded[1:])
        np.cumsum(unfaded, out=unfaded)
        sums = unfaded * faded
        starts, ends = sums[:-1], sums[1:]
        block = _Block(self, cells, starts, ends, before)
        if len(cells) <= _FEW:
            hits = self._rises(cells, starts, before)
        else:
            # within a cell the sum cannot move further than by half of all deviations, plus or minus half of their sum
            spread = np.einsum("ij->i", np.abs(cells))
            spread *= 1.0 - self._faded[1] / 2.0
            half = gains / 2.0
            shrunk = self._faded[1] * starts
            room = _ROUNDING * (1.0 + float(np.abs(sums).max()))
            high = np.maximum(starts, shrunk) + (spread + (half + room))
            low = np.minimum(starts, shrunk) - (spread - (half - room))
            bounds = [(low, high) if sign > 0 else (-high, -low) for sign in self._signs]
            hits = [self._side(side, block, *of_side) for side, of_side in enumerate(bounds)]
        found = [hit for hit in hits if hit is not None]
        if found:
            return min(found)
        self._total = float(totals[-1])
        self._sum = float(ends[-1] if since + len(cells) == self._anchor else unfaded[-1])
        return None

    def _rises(self, cells: Floats, starts: Floats, before: int) -> list[int | None]:
        """Index of the first detection on each side, by looking at each value; where there is none the floor moves."""
        sums = self.cumulated(cells, starts).reshape(-1)
        slacks = self.slacks(before + _CELL * np.arange(float(len(cells))))
        slacks = self.slacks_within(slacks, cells.shape[1]).reshape(-1)
        counts = before + COUNTS[: sums.size]
        hits = []
        for side, sign in enumerate(self._signs):
            signed = sums - slacks if sign > 0 else -sums - slacks
            hit, self._floors[side] = self._rise(signed, counts, self._floors[side])
            hits.append(hit)
        return hits

    def _side(self, side: int, block: _Block, lows: Floats, highs: Floats) -> int | None:
        """Index of the first detection on one side; or None, and its floor has moved on.

        lows, highs: what the sums, with the side's sign, surely do not go below and not above in each cell.
        """
        sign, floor = self._signs[side], self._floors[side]
        slacks = block.slacks()
        lows = lows - slacks[1:]
        highs = highs - slacks[:-1]
        if block.before < self.least:
            highs[: (self.least - block.before) // _CELL] = -np.inf  # nothing may be detected there
        if float(lows.min()) >= floor and float(highs.max()) - floor <= self.limit:
            return None
        yet = np.empty(lows.size + 1)
        yet[0] = floor
        np.subtract(sign * block.ends, slacks[1:], out=yet[1:])
        np.minimum.accumulate(yet, out=yet)
        lower = lows < yet[:-1]  # the cells that may have a new lowest sum
        floors = np.minimum.accumulate(np.where(lower, lows, np.inf))
        at, step = 0, _CLOSE
        while at < lows.size:
            doubts = highs[at:] - np.minimum(floors[at:], floor) > self.limit
            doubtful = at + int(doubts.argmax())
            if not doubts[doubtful - at]:
                doubtful = lows.size
            # no detection before it: of those cells only the lowest sum counts
            low = at + (lower[at:doubtful] & (lows[at:doubtful] <= yet[doubtful])).nonzero()[0]
            near = doubtful + (doubts | lower[at:])[doubtful - at :].nonzero()[0][:step]
            chosen = np.concatenate((low, near))
            if chosen.size:
                hit, floor = self._rise(*block.exactly(chosen, sign), floor)
                if hit is not None:
                    return int(chosen[hit // _CELL]) * _CELL + hit % _CELL
            at, step = int(near[-1]) + 1 if near.size else lows.size, 4 * step
        self._floors[side] = floor
        return None

    def _peek(self, values: Floats, before: int) -> int | None:
        _, deviations = self._deviations(values, before)
        start = self._sum * self._faded[before // _CELL % self._anchor]
        floors = list(self._floors)
        hits = self._rises(deviations[None], np.array([start]), before)
        self._floors = floors
        return min((hit for hit in hits if hit is not None), default=None)

    def _rise(self, sums: Floats, counts: Floats, floor: float) -> tuple[int | None, float]:
        """Index of the first sum that exceeds the lowest so far (or `floor`) by the limit, and the new floor."""
        lowest = min(floor, float(sums.min()))
        if float(sums.max()) - lowest <= self.limit:
            return None, lowest
        return first_true((over_floor(sums, floor) > self.limit) & (counts >= self.least)), lowest

    def _deviations(self, values: Floats, before: int) -> tuple[Floats, Floats]:
        """The sums of the values, and each value's deviation from the mean up to it."""
        totals = running_sum(self._total, values)
        deviations = before + COUNTS[: values.size]
        np.divide(totals, deviations, out=deviations)
        return totals, np.subtract(values, deviations, out=deviations)

    def cumulated(self, deviations: Floats, starts: Floats) -> Floats:
        """What has cumulated after each deviation [cells, values], from what had before each cell."""
        fading = self._fading[: deviations.shape[1]]
        sums = (deviations / fading).cumsum(axis=1)
        sums += starts[:, None]
        sums *= fading
        return sums

    def slacks(self, counts: Floats) -> Floats:
        """The slack as it has cumulated after so many values: its own sum, the same for every stream."""
        if self.keep == 1.0:
            return self.slack * counts
        return np.asarray(-self.slack / (1.0 - self.keep) * np.expm1(counts * np.log(self.keep)), dtype=np.float64)

    def slacks_within(self, slacks: Floats, rows: int) -> Floats:
        """The slack after each of so many values, from what it was before each cell, [cells, rows]."""
        return slacks[:, None] * self._fading[:rows] + self._slack[:rows]

    def _room(self) -> int:
        rows = self._anchor * _CELL
        return rows - self.count % rows

    def _clear(self) -> None:
        self._held = np.empty(0)
        self._total = self._sum = 0.0
        self._floors = [float("inf") if sign > 0.0 else -_START_HIGH for sign in self._signs]

    def _parameters(self) -> dict[str, Any]:
        return {
            "least": self.least,
            "slack": self.slack,
            "limit": self.limit,
            "keep": self.keep,
            "side": self.side,
        }

    def _numbers(self) -> dict[str, Any]:
        return {
            "total": self._total,
            "sum": self._sum,
            "floors": [None if floor == float("inf") else floor for floor in self._floors],  # JSON has no infinity
            "held": self._held.tolist(),
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total, self._sum = numbers["total"], numbers["sum"]
        self._floors = [float("inf") if floor is None else floor for floor in numbers["floors"]]
        self._held = np.array(numbers["held"], dtype=np.float64)


class _Block:
    """The cells of a block: their deviations from the mean, and the cumulated sums where they start and end."""

    def __init__(self, test: PageHinkley, cells: Floats, starts: Floats, ends: Floats, before: int) -> None:
        self.test, self.cells, self.starts, self.ends, self.before = test, cells, starts, ends, before
        self._slacks: Floats | None = None

    def slacks(self) -> Floats:
        """The slack before each cell, and after the last, [cells + 1]."""
        if self._slacks is None:
            self._slacks = self.test.slacks(self.before + _CELL * np.arange(self.ends.size + 1.0))
        return self._slacks

    def exactly(self, chosen: Ints, sign: float) -> tuple[Floats, Floats]:
        """The sums less the slack after each value of the chosen cells, with a sign, and the counts; both [values]."""
        sums = self.test.cumulated(self.cells[chosen], self.starts[chosen])
        if sign < 0.0:
            np.negative(sums, out=sums)
        sums -= self.test.slacks_within(self.slacks()[chosen], _CELL)
        counts = (self.before + _CELL * chosen)[:, None] + COUNTS[:_CELL]
        return sums.reshape(-1), counts.reshape(-1)
