"""Count, mean, variance and range of a stream, block by block or of parts put together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.sums import total, total_of_squares
from aiqu_desktop.drift.values import Floats

_BLOCK = 1 << 15  # rows at a time, so that the second pass finds them in the cache


@dataclass(frozen=True, slots=True)
class Moments:
    """squares: sum of squared distances from the mean. least and most are inf and -inf where there is no value."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    least: float = math.inf
    most: float = -math.inf

    @classmethod
    def of(cls, values: Floats, ends: tuple[float, float] | None = None) -> Moments:
        """Of finite values, in any number. ends: the least and the largest of them, where they are known."""
        if not values.size:
            return cls()
        least, most = ends or (float(values.min()), float(values.max()))
        moments = cls()
        scratch = np.empty(min(values.size, _BLOCK))
        for start in range(0, values.size, _BLOCK):
            block = values[start : start + _BLOCK]
            mean = total(block) / block.size
            distance = np.subtract(block, mean, out=scratch[: block.size])
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
