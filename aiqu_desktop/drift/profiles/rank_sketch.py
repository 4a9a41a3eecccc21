"""A stream of numbers kept as few weighted ones, with a rank error that is known for certain.

Full buffers are sorted and every second number goes on with twice the weight, the first and the second of each pair in
turn: J. Munro and M. Paterson (1980); G. Manku, S. Rajagopalan and B. Lindsay, "Approximate medians and other quantiles
in one pass and with limited memory", SIGMOD 1998; with the compactors of Z. Karnin, K. Lang and E. Liberty (KLL, FOCS
2016) made deterministic.
"""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats, Ints

BUFFER = 1 << 15


class RankSketch:
    """Takes finite numbers in blocks of any size.

    One compaction at a level of weight w moves the rank of anything by at most w, and the next one by at most as much
    the other way. So after n numbers a rank is off by at most about n log2(n / BUFFER) / (2 BUFFER), which is
    1.2e-4 n at ten million; `error` is the bound for what was really done. Until BUFFER numbers nothing is lost.
    """

    def __init__(self) -> None:
        self._levels: list[list[Floats]] = []
        self._sizes: list[int] = []
        self._compactions: list[int] = []

    @property
    def error(self) -> int:
        """The most rows by which a rank can be off."""
        return sum(-(-times // 2) << level for level, times in enumerate(self._compactions))

    def add(self, values: Floats) -> None:
        """Take the numbers in; they are copied where they are kept."""
        for start in range(0, values.size, BUFFER):
            self._put(0, values[start : start + BUFFER].copy())

    def weighted(self) -> tuple[Floats, Ints]:
        """What is left, sorted, and how many numbers each stands for; the weights add up to all that were added."""
        values = [np.concatenate(level) if level else np.empty(0) for level in self._levels]
        weights = [np.full(kept.size, 1 << level, dtype=np.int64) for level, kept in enumerate(values)]
        every = np.concatenate([np.empty(0), *values])
        order = np.argsort(every, kind="stable")
        return every[order], np.concatenate([np.empty(0, dtype=np.int64), *weights])[order]

    def _put(self, level: int, values: Floats) -> None:
        if level == len(self._levels):
            self._levels.append([])
            self._sizes.append(0)
            self._compactions.append(0)
        self._levels[level].append(values)
        self._sizes[level] += values.size
        if self._sizes[level] >= BUFFER:
            ordered = np.sort(np.concatenate(self._levels[level]))
            even = ordered.size - ordered.size % 2
            self._levels[level], self._sizes[level] = [ordered[even:]], ordered.size - even
            second = self._compactions[level] % 2
            self._compactions[level] += 1
            self._put(level + 1, ordered[second:even:2].copy())
