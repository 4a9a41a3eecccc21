"""Count, mean, variance and range of a stream, block by block or of parts put together."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.sums import total, total_of_squares
from aiqu_desktop.drift.values import Floats

BLOCK = 1 << 15  # rows at a time, so that the second pass finds them in the cache

_NEAR, _FAR = 16.0, 63.0 / 64.0  # of the variance, of the sum of squares


class _Scratch(threading.local):
    def __init__(self) -> None:
        self.distance: Floats = np.empty(BLOCK)


_scratch = _Scratch()


@dataclass(frozen=True, slots=True)
class Moments:
    """squares: sum of squared distances from the mean. least and most are inf and -inf where there is no value."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    least: float = math.inf
    most: float = -math.inf

    @classmethod
    def of(cls, values: Floats) -> Moments:
        """Of finite values, in any number."""
        if not values.size:
            return cls()
        least, most = float(values.min()), float(values.max())
        moments = cls()
        for start in range(0, values.size, BLOCK):
            block = values[start : start + BLOCK]
            mean = total(block) / block.size
            distance = np.subtract(block, mean, out=_scratch.distance[: block.size])
            moments = moments + cls(block.size, mean, total_of_squares(distance), least, most)
        return moments

    @property
    def std(self) -> float:
        """Standard deviation, divisor n; 0 where there is no value."""
        return math.sqrt(self.squares / self.count) if self.count else 0.0

    def __add__(self, other: Moments) -> Moments:
        """T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample variance", 1983."""
        count = self.count + other.count
        if not self.count or not other.count:
            return other if other.count else self
        gap = other.mean - self.mean
        return Moments(
            count,
            self.mean + gap * (other.count / count),
            self.squares + other.squares + gap * gap * (self.count * (other.count / count)),
            min(self.least, other.least),
            max(self.most, other.most),
        )


class MomentsInPassing:
    """The moments of one block, taken in parts while these are in the cache; about a pivot, in half the work.

    The sum of squares about the mean is that about the pivot less what lies between: as good as about the mean but for
    the six bits that are lost where the pivot is eight standard deviations off. Further off it is not told.
    """

    def __init__(self, former: Moments) -> None:
        """former: of what came before, where the block is likely to lie, too."""
        near_zero = former.mean * former.mean * former.count <= _NEAR * former.squares
        self._pivot = 0.0 if near_zero else former.mean
        self._count = 0
        self._sum = self._squares = 0.0

    def add(self, part: Floats) -> None:
        """The next values, at most `BLOCK`; whatever they are."""
        distance = np.subtract(part, self._pivot, out=_scratch.distance[: part.size]) if self._pivot else part
        self._count += part.size
        self._sum += total(distance)
        self._squares += total_of_squares(distance)

    def finish(self, least: float, most: float) -> Moments | None:
        """The moments of all, whose ends are these; None where the pivot lies too far off to tell."""
        between = self._sum * self._sum / self._count
        if not between <= _FAR * self._squares:
            return None
        return Moments(self._count, self._pivot + self._sum / self._count, self._squares - between, least, most)
