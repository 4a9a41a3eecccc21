"""The latest rows of a stream, in a fixed piece of memory."""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats


class LatestRows:
    """Keeps the last `most` numbers that were added, without asking for memory at every block."""

    def __init__(self, most: int) -> None:
        self._ring = np.empty(most)
        self._end = 0  # where the next number goes
        self._full = False

    def add(self, numbers: Floats) -> None:
        """Take in the next numbers, [rows]; they are copied."""
        most = self._ring.size
        numbers = numbers[-most:]
        first = min(numbers.size, most - self._end)
        self._ring[self._end : self._end + first] = numbers[:first]
        self._ring[: numbers.size - first] = numbers[first:]
        self._full |= self._end + numbers.size >= most
        self._end = (self._end + numbers.size) % most

    def in_order(self) -> Floats:
        """The numbers kept, oldest first, a new array."""
        if not self._full:
            return self._ring[: self._end].copy()
        return np.concatenate((self._ring[self._end :], self._ring[: self._end]))
