"""DDM and EDDM: the error rate, and the distance between errors, against their best so far."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import COUNTS, Detector, first_true, running_sum
from aiqu_desktop.drift.values import Floats

_SURELY_LESS = 1.0 - 1e-9  # leaves room for rounding in bounds


class Ddm(Detector):
    """The drift detection method (J. Gama et al., SBIA 2004), as River has it, for errors 0 and 1.

    warm_up: values before the first detection. limit: a detection where error rate plus its standard deviation exceed
    the lowest rate by this many of its standard deviations (at least one).
    """

    NAME = "ddm"
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

    def _scan(self, block: Floats) -> int | None:
        totals = running_sum(self._total, block)
        skip = min(max(self.warm_up - self.count, 0), block.size)
        counts = COUNTS[skip : block.size] + self.count
        rates = totals[skip:] / counts
        if rates.size and not self._is_settled(float(rates.min()), float(rates.max()), counts):
            deviations = np.sqrt(rates * (1.0 - rates) / counts)
            levels = rates + deviations
            hit = self._search(rates, deviations, levels)
            if hit is not None:
                return skip + hit
            best = levels.size - 1 - int(levels[::-1].argmin())  # of equal ones the last
            if levels[best] <= self._lowest:
                self._rate, self._deviation = float(rates[best]), float(deviations[best])
                self._lowest = float(levels[best])
        self._total = float(totals[-1])
        return None

    def _is_settled(self, least: float, most: float, counts: Floats) -> bool:
        """Whether rates between these neither pass the limit nor set a new lowest level, whatever their order."""
        if self._lowest == float("inf"):
            return False
        narrow, wide = sorted((least * (1.0 - least), most * (1.0 - most)))
        if least < 0.5 < most:
            wide = 0.25
        bottom = least + math.sqrt(narrow / counts[-1]) * _SURELY_LESS
        top = most + math.sqrt(wide / counts[0])
        return bottom > self._lowest and top * (2.0 - _SURELY_LESS) < self._rate + self.limit * self._deviation

    def _search(self, rates: Floats, deviations: Floats, levels: Floats) -> int | None:
        lowest = np.minimum.accumulate(np.concatenate(([self._lowest], levels)))
        best = np.where(levels <= lowest[:-1], np.arange(1, levels.size + 1), 0)
        np.maximum.accumulate(best, out=best)
        limits = np.concatenate(([self._rate], rates)) + self.limit * np.concatenate(([self._deviation], deviations))
        return first_true(levels > limits[best])

    def _clear(self) -> None:
        self._total = 0.0
        self._rate = self._deviation = self._lowest = float("inf")

    def _parameters(self) -> dict[str, Any]:
        return {"warm_up": self.warm_up, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        best = None if self._lowest == float("inf") else [self._rate, self._deviation]
        return {"total": self._total, "best": best}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._total = numbers["total"]
        if numbers["best"] is not None:
            self._rate, self._deviation = numbers["best"]
            self._lowest = self._rate + self._deviation


class Eddm(Detector):
    """The early drift detection method (M. Baena-García et al., 2006), as River has it, for errors 0 and 1.

    warm_up: values, and errors, before the first detection. limit: share of the longest mean distance between errors
    (plus two standard deviations) below which a change is detected.
    """

    NAME = "eddm"
    BLOCK = 32_768  # only the errors are worked on
    SHARES = True
    _errors: int
    _last: int
    _total: float
    _squares: float
    _longest: float

    def __init__(self, warm_up: int = 30, limit: float = 0.9) -> None:
        self.warm_up, self.limit = warm_up, limit
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        where = np.flatnonzero(block == 1.0)
        if where.size == 0:
            return None
        places = where + (self.count + 1)
        gaps = np.diff(places.astype(np.float64), prepend=float(self._last))
        errors = self._errors + np.arange(1.0, where.size + 1.0)
        totals = running_sum(self._total, gaps)
        squares = running_sum(self._squares, gaps * gaps)
        variances = (squares - totals * totals / errors) / np.maximum(errors - 1.0, 1.0)
        reaches = totals / errors + 2.0 * np.sqrt(np.maximum(variances, 0.0))
        reaches[places <= self.warm_up] = 0.0
        longest = max(self._longest, float(reaches.max()))
        if float(reaches.min()) < self.limit * longest:
            longest_yet = np.maximum.accumulate(np.concatenate(([self._longest], reaches)))[1:]
            low = (reaches < self.limit * longest_yet) & (places > self.warm_up) & (errors > self.warm_up)
            hit = first_true(low)
            if hit is not None:
                return int(where[hit])
        self._errors += where.size
        self._last, self._longest = int(places[-1]), longest
        self._total, self._squares = float(totals[-1]), float(squares[-1])
        return None

    def _clear(self) -> None:
        self._errors = self._last = 0
        self._total = self._squares = self._longest = 0.0

    def _parameters(self) -> dict[str, Any]:
        return {"warm_up": self.warm_up, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        return {
            "errors": self._errors,
            "last": self._last,
            "longest": self._longest,
            "total": self._total,
            "squares": self._squares,
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._errors, self._last, self._longest = numbers["errors"], numbers["last"], numbers["longest"]
        self._total, self._squares = numbers["total"], numbers["squares"]
