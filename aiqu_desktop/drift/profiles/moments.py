"""Count, mean, variance and range of a stream, block by block or of parts put together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.values import Floats

_BLOCK = 1 << 14  # rows at a time, so that the second pass finds them in the cache


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
        total = cls()
        scratch = np.empty(min(values.size, _BLOCK))
        for start in range(0, values.size, _BLOCK):
            block = values[start : start + _BLOCK]
            mean = float(np.add.reduce(block)) / block.size
            distance = np.subtract(block, mean, out=scratch[: block.size])
            np.multiply(distance, distance, out=distance)  # np.dot would wake the threads of the linear algebra
            squares = float(np.add.reduce(distance))
            total = total + cls(block.size, mean, squares, float(block.min()), float(block.max()))
        return total

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
