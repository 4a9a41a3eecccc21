"""HDDM: the mean so far, or its weighted form, against its best, with Hoeffding's and McDiarmid's bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import COUNTS, Scanner, first_true, running_sum
from aiqu_desktop.drift.values import Floats

_SETTLED = 1e-17


class HddmA(Scanner):
    """HDDM with averages (I. Frías-Blanco et al., IEEE TKDE 27, 2015), as River has it, for values in [0, 1].

    confidence: of each comparison. both: detect a falling mean too.
    """

    NAME = "hddm-a"
    SHARES = True
    _total: float
    _bests: list[tuple[float, float]]

    def __init__(self, confidence: float = 0.001, both: bool = False) -> None:
        if not 0.0 < confidence < 1.0:
            raise ValueError(f"A confidence lies between 0 and 1, not {confidence}.")
        self.confidence, self.both = confidence, both
        self._signs = (1.0, -1.0) if both else (1.0,)
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        totals = running_sum(self._total, block)
        counts = COUNTS[: block.size] + self.count
        means = totals / counts
        bounds = np.sqrt(-np.log(self.confidence) / 2.0 / counts)
        hits, bests = [], []
        for sign, (best_mean, best_count) in zip(self._signs, self._bests, strict=True):
            signed = sign * means
            keys = np.concatenate(([self._key(best_mean, best_count)], signed + bounds))
            lowest = np.minimum.accumulate(keys)
            best = np.where(keys[1:] <= lowest[:-1], np.arange(1, keys.size), 0)
            np.maximum.accumulate(best, out=best)
            mean_there = np.concatenate(([best_mean], signed))[best]
            count_there = np.concatenate(([best_count], counts))[best]
            share = (counts - count_there) / (count_there * counts)
            risen = signed - mean_there >= np.sqrt(share * np.log(2.0 / self.confidence) / 2.0)
            hits.append(first_true(risen & (count_there < counts)))
            bests.append((float(mean_there[-1]), float(count_there[-1])))
        found = [hit for hit in hits if hit is not None]
        if found:
            return min(found)
        self._total, self._bests = float(totals[-1]), bests
        return None

    def _key(self, mean: float, count: float) -> float:
        return float(mean + np.sqrt(-np.log(self.confidence) / 2.0 / count)) if count else float("inf")

    def _clear(self) -> None:
        self._total = 0.0
        self._bests = [(0.0, 0.0)] * len(self._signs)  # mean, with its sign, and count at the best moment

    def _parameters(self) -> dict[str, Any]:
        return {"confidence": self.confidence, "both": self.both}

    def _numbers(self) -> dict[str, Any]:
        return {"total": self._total, "bests": [list(best) for best in self._bests]}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total = numbers["total"]
        self._bests = [(best[0], best[1]) for best in numbers["bests"]]


class HddmW(Scanner):
    """HDDM with exponentially weighted averages (the same paper), as River has it, for values in [0, 1].

    confidence: of each comparison. weight: of the newest value. both: detect a falling mean too.
    """

    NAME = "hddm-w"
    SHARES = True
    _mean: float
    _sides: list[_Side]

    def __init__(self, confidence: float = 0.001, weight: float = 0.05, both: bool = False) -> None:
        if not 0.0 < confidence < 1.0 or not 0.0 < weight < 1.0:
            raise ValueError(f"Confidence and weight lie between 0 and 1, not {confidence} and {weight}.")
        self.confidence, self.weight, self.both = confidence, weight, both
        self._signs = (1.0, -1.0) if both else (1.0,)
        keep = 1.0 - weight
        ages = np.arange(int(np.ceil(np.log(_SETTLED) / np.log(keep))) + 1)
        final = weight * weight / (1.0 - keep * keep)
        self._left: Floats = np.asarray(keep**ages, dtype=np.float64)  # share of the start after so many values
        self._variances: Floats = final + self._left * self._left * (1.0 - final)  # sums of squared weights
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        from scipy import signal  # a second to load: paid when it is used

        keep = 1.0 - self.weight
        # the first value starts the mean: the same as a mean that was there before
        before = float(block[0]) if self.count == 0 else self._mean
        means, _ = signal.lfilter([self.weight], [1.0, -keep], block, zi=[keep * before])
        steps = np.arange(1, block.size + 1)
        variances = self._at(self._variances, self.count + steps)
        factor = -np.log(self.confidence) / 2.0
        bounds = np.sqrt(variances * factor)
        hits, sides = [], []
        for sign, side in zip(self._signs, self._sides, strict=True):
            signed, offsets = sign * means, sign * (block - means)
            keys = np.concatenate(([side.key], signed + bounds))
            lowest = np.minimum.accumulate(keys)
            cut = np.where(keys[1:] < lowest[:-1], steps, 0)
            np.maximum.accumulate(cut, out=cut)
            age = np.where(cut == 0, side.age, 0) + steps - cut  # values since the cut
            # the mean of those since the cut obeys the same recursion as the whole mean: their difference only fades
            starts = np.concatenate(([side.offset if side.age else offsets[0]], offsets[1:], [0.0]))[cut]
            recent = signed + self._at(self._left, age - 1) * starts
            mean_then = np.concatenate(([side.mean], signed))[cut]
            variance_then = np.concatenate(([side.variance], variances))[cut]
            limit = np.sqrt((variance_then + self._at(self._variances, age)) * factor)
            hits.append(first_true((recent - mean_then > limit) & (age > 0)))
            sides.append(
                _Side(
                    float(lowest[-1]), float(mean_then[-1]), float(variance_then[-1]), int(age[-1]), float(starts[-1])
                )
            )
        found = [hit for hit in hits if hit is not None]
        if found:
            return min(found)
        self._mean, self._sides = float(means[-1]), sides
        return None

    @staticmethod
    def _at(table: Floats, ages: np.ndarray[Any, Any]) -> Floats:
        return np.asarray(np.take(table, ages, mode="clip"), dtype=np.float64)

    def _clear(self) -> None:
        self._mean = 0.0
        self._sides = [_Side() for _ in self._signs]

    def _parameters(self) -> dict[str, Any]:
        return {"confidence": self.confidence, "weight": self.weight, "both": self.both}

    def _numbers(self) -> dict[str, Any]:
        return {"mean": self._mean, "sides": [side.numbers() for side in self._sides] if self.count else []}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._mean = numbers["mean"]
        if numbers["sides"]:
            self._sides = [_Side(*side) for side in numbers["sides"]]


class _Side:
    """The best moment of the weighted mean in one direction, and the mean of what came after it."""

    def __init__(
        self, key: float = float("inf"), mean: float = 0.0, variance: float = 0.0, age: int = 0, offset: float = 0.0
    ) -> None:
        self.key, self.mean, self.variance, self.age, self.offset = key, mean, variance, age, offset

    def numbers(self) -> list[float]:
        return [self.key, self.mean, self.variance, self.age, self.offset]
