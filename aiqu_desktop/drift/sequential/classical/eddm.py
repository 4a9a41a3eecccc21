"""EDDM: the distance between errors, against its longest so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import Detector, first_true
from aiqu_desktop.drift.values import Floats, Ints

_BLOCK = 1 << 19  # values whose errors are listed at once
_STEPS = (1024, 4096)  # errors looked at: few after a detection, since what follows the next one is in vain


class Eddm(Detector):
    """The early drift detection method (M. Baena-García et al., 2006), as River has it, for errors 0 and 1.

    warm_up: values, and errors, before the first detection. limit: share of the longest mean distance between errors
    (plus two standard deviations) below which a change is detected.

    A detection falls on an error, and the next distance is counted from there: so the distances and the sums of their
    squares are the same with and without it, and are made once for a whole block.
    """

    NAME = "eddm"
    SHARES = True
    _errors: int
    _last: int
    _squares: float
    _longest: float

    def __init__(self, warm_up: int = 30, limit: float = 0.9) -> None:
        self.warm_up, self.limit = warm_up, limit
        super().__init__()

    def _run(self, values: Floats) -> Ints:
        found: list[int] = []
        for at in range(0, values.size, _BLOCK):
            block = values[at : at + _BLOCK]
            found.extend(at + index for index in self._detections(block))
        return np.array(found, dtype=np.int64)

    def _detections(self, block: Floats) -> list[int]:
        where = np.flatnonzero(block == 1.0)
        spots = where + (self.count + 1)
        gaps = np.diff(spots, prepend=self._last)
        squares = np.cumsum(gaps * gaps) + self._squares  # of whole numbers: exact in any order
        places = spots.astype(np.float64)
        found: list[int] = []
        at = step = 0
        place_before = squares_before = 0.0  # at the last detection
        errors_before = -self._errors
        while at < where.size:
            part = slice(at, at + _STEPS[step])
            hit = self._search(at - errors_before, places[part] - place_before, squares[part] - squares_before)
            if hit is None:
                at, step = part.stop, min(step + 1, len(_STEPS) - 1)
                continue
            at, step = at + hit + 1, 0
            found.append(int(where[at - 1]))
            place_before, squares_before, errors_before = float(places[at - 1]), float(squares[at - 1]), at
            self._longest = 0.0
        self.count += block.size - int(place_before)
        if where.size:
            self._errors = where.size - errors_before
            self._last = int(places[-1] - place_before)
            self._squares = float(squares[-1] - squares_before)
        return found

    def _search(self, before: int, totals: Floats, squares: Floats) -> int | None:
        """Index of the first of some errors that shows a change, after so many errors; or None, and it is taken in.

        totals: sums of the distances up to each error, which are places, too. squares: sums of their squares. Both are
        used up.
        """
        counts, shares = _counts(before, totals.size)
        unjudged = min(max(self.warm_up - before, 0), totals.size)
        early = int(totals[:unjudged].searchsorted(self.warm_up, side="right"))  # places that count for nothing
        means = totals / counts
        totals *= means
        squares -= totals
        squares *= shares
        np.maximum(squares, 0.0, out=squares)
        reaches = np.sqrt(squares, out=squares)
        reaches += means
        reaches[:early] = 0.0
        longest = max(self._longest, float(reaches.max()))
        low = reaches < self.limit * longest
        low[:unjudged] = False
        hit = int(low.argmax())
        if low[hit]:  # low against the longest of all; and of those up to it?
            if reaches[hit] < self.limit * max(self._longest, float(reaches[:hit].max(initial=0.0))):
                return hit
            yet = np.maximum.accumulate(np.concatenate(([self._longest], reaches)))[1:]
            late = first_true(low & (reaches < self.limit * yet))
            if late is not None:
                return late
        self._longest = longest
        return None

    def _clear(self) -> None:
        self._errors = self._last = 0
        self._squares = self._longest = 0.0

    def _parameters(self) -> dict[str, Any]:
        return {"warm_up": self.warm_up, "limit": self.limit}

    def _numbers(self) -> dict[str, Any]:
        return {
            "errors": self._errors,
            "last": self._last,
            "squares": self._squares,
            "longest": self._longest,
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._errors, self._last = numbers["errors"], numbers["last"]
        self._squares, self._longest = numbers["squares"], numbers["longest"]


_COUNTED = 16_384
_COUNTS: Floats = np.arange(1.0, _COUNTED + 1.0)
_SHARES: Floats = 4.0 / np.maximum(_COUNTS - 1.0, 1.0)


def _counts(before: int, errors: int) -> tuple[Floats, Floats]:
    """The numbers n of errors after so many, and 4 / (n - 1): twice the deviation is wanted."""
    if before + errors <= _COUNTED:
        part = slice(before, before + errors)
        return _COUNTS[part], _SHARES[part]
    counts = _COUNTS[:errors] + before
    return counts, 4.0 / (counts - 1.0)
