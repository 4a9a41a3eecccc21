"""What every classical detector has in common: blocks in, indices of detections out, a state of plain numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.values import Floats, Ints

LARGEST = 8192  # values worked on at once: they stay in the processor's cache
_EXACT = 2.0**52  # whole numbers below are added without rounding
COUNTS: Floats = np.arange(1.0, 65_537.0)


class Detector(ABC):
    """A detector of changes in a stream that arrives in blocks of any size.

    How a stream is cut into blocks never changes the detections: what is carried over goes through the same floating
    point operations in the same order. After a detection it forgets everything and starts anew.
    """

    NAME: ClassVar[str]
    SHARES: ClassVar[bool] = False  # whether values must lie between 0 and 1

    def __init__(self) -> None:
        self.count = 0  # values since the last detection
        self.restart()

    def update(self, values: ArrayLike) -> Ints:
        """Take in `values` [rows] and return the indices within them at which a change was detected, ascending.

        Missing values (NaN) are passed over.

        Raises:
            UserError: if a value is infinite, or outside what the detector can work on.
        """
        given = np.ascontiguousarray(values, dtype=np.float64)
        if given.size == 0 or self._all_sound(given):
            return self._run(given)
        if np.isinf(given).any():
            raise UserError("A value is infinite; a change detector needs finite values.")
        present = np.flatnonzero(np.isfinite(given))
        if present.size and not self._all_sound(given[present]):
            raise UserError(f"{self.NAME} works on errors between 0 and 1; another value came.")
        return np.asarray(present[self._run(given[present])], dtype=np.int64)

    def _all_sound(self, values: Floats) -> bool:
        """Whether none is missing, infinite or out of range; a missing one makes any comparison false."""
        if self.SHARES:
            return bool(values.min() >= 0.0 and values.max() <= 1.0)
        return bool(np.isfinite(values).all())

    def restart(self) -> None:
        """Forget all values."""
        self.count = 0
        self._clear()

    def state(self) -> dict[str, Any]:
        """All that is needed to go on later: plain numbers for JSON."""
        return {"detector": self.NAME, "parameters": self._parameters(), "count": self.count, **self._numbers()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Go on from what `state` returned.

        Raises:
            ValueError: if it is the state of another detector.
        """
        if state.get("detector") != cls.NAME:
            raise ValueError(f"This is no state of {cls.NAME}: {state.get('detector')!r}.")
        detector = cls(**state["parameters"])
        detector.count = state["count"]
        detector._restore(state)
        return detector

    @abstractmethod
    def _run(self, values: Floats) -> Ints:
        """Take in finite values and return the indices of the detections among them, ascending."""

    @abstractmethod
    def _clear(self) -> None:
        """Set what `_numbers` tells to what it is before the first value."""

    @abstractmethod
    def _parameters(self) -> dict[str, Any]:
        """The arguments that made this detector."""

    @abstractmethod
    def _numbers(self) -> dict[str, Any]:
        """What is carried from block to block."""

    @abstractmethod
    def _restore(self, numbers: dict[str, Any]) -> None:
        """Take over what `_numbers` told."""


class Scanner(Detector):
    """A detector that looks at one block of values after the other, and after a detection at what follows it anew."""

    FIRST: ClassVar[int] = 1024  # values scanned at once, at first: few, since what follows a detection is scanned anew
    BLOCK: ClassVar[int] = LARGEST  # and at most

    def _run(self, values: Floats) -> Ints:
        found: list[int] = []
        at, step = 0, self.FIRST
        while at < values.size:
            block = values[at : at + min(step, self._room())]
            hit = self._scan(block)
            if hit is None:
                self.count += block.size
                at += block.size
                step = min(4 * step, self.BLOCK)
            else:
                found.append(at + hit)
                at += hit + 1
                step = min(max(2 * (self.count + hit), self.FIRST), self.BLOCK)  # the next may take as long
                self.restart()
        return np.array(found, dtype=np.int64)

    def _room(self) -> int:
        """How many values may be scanned before something must be done at a fixed count."""
        return self.BLOCK

    @abstractmethod
    def _scan(self, block: Floats) -> int | None:
        """Index of the first detection in the block [1..BLOCK], or None and the block taken into the state."""


def running_sum(before: float, values: Floats) -> Floats:
    """Sums up to each value, `before` included, added one after the other whatever the cut into blocks.

    Errors of 0 and 1 are counted as integers, several times as fast and with the same sums: they are exact.
    """
    ones = values == 1.0
    whole = float(before).is_integer() and abs(before) < _EXACT
    if whole and np.count_nonzero(ones) + np.count_nonzero(values == 0.0) == values.size:
        return np.add(np.cumsum(ones, dtype=np.int32), before)
    sums = np.empty(values.size + 1)
    sums[0] = before
    sums[1:] = values
    np.cumsum(sums, out=sums)
    return sums[1:]


def over_floor(sums: Floats, floor: float) -> Floats:
    """How far each sum lies above the lowest up to it, `floor` included."""
    # ufunc.accumulate has no start value: the floor is put in front
    floors = np.empty(sums.size + 1)
    floors[0] = floor
    floors[1:] = sums
    np.minimum.accumulate(floors, out=floors)
    return sums - floors[1:]


def first_true(flags: np.ndarray[Any, np.dtype[np.bool_]]) -> int | None:
    """Index of the first flag that is set, if any."""
    index = int(flags.argmax())
    return index if flags[index] else None
