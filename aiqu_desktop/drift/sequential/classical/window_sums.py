"""The sums up to the positions of a window: kept at each tick of a clock, and made between ticks where asked for."""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import running_sum
from aiqu_desktop.drift.values import Floats, Ints


class WindowSums:
    """The sums of a block of whole rows, one row a tick, and of what came shortly before it.

    tail: sums up to each of the positions before the block, the last one its start. rows: [ticks, clock].
    before: the position where the block starts. A sum is that of the tick before plus the values since, added one
    after the other: the same however the stream was cut into blocks.
    """

    def __init__(self, tail: Floats, rows: Floats, before: int) -> None:
        self._tail, self._rows, self.before = tail, rows, before
        self.first = before + 1 - tail.size  # the position whose sum is the first of the tail
        self.clock = rows.shape[1]
        start = float(tail[-1])
        self.ends: Floats = np.concatenate(([start], running_sum(start, np.einsum("ij->i", rows))))
        self._all: Floats | None = None

    def at(self, positions: Ints) -> Floats:
        """The sums up to the positions [pairs]; meaningless for those outside of tail and block."""
        if self._all is None and positions.size > len(self._rows):
            self._all = np.concatenate((self._tail, self._between(slice(None)).reshape(-1)))
        if self._all is not None:
            return np.asarray(self._all.take(positions - self.first, mode="clip"), dtype=np.float64)
        answer = self._tail.take(positions - self.first, mode="clip")
        inside = np.flatnonzero((positions > self.before) & (positions <= self.before + self._rows.size))
        row, place = np.divmod(positions[inside] - self.before - 1, self.clock)
        ended = place == self.clock - 1
        answer[inside[ended]] = self.ends[row[ended] + 1]
        row, place, inside = row[~ended], place[~ended], inside[~ended]
        answer[inside] = self._between(row)[np.arange(row.size), place]
        return np.asarray(answer, dtype=np.float64)

    def at_ticks(self, back: int) -> Floats:
        """The sums at so many ticks before the block, at its start and at each of its ticks, [back + 1 + ticks]."""
        return np.concatenate((self._tail[-1 - back * self.clock : -1 : self.clock], self.ends))

    def next_tail(self) -> Floats:
        """The tail of the block that follows."""
        rows = min(-(-self._tail.size // self.clock), len(self._rows))
        ended = self._between(slice(len(self._rows) - rows, None)).reshape(-1)
        return np.concatenate((self._tail, ended))[-self._tail.size :]

    def _between(self, chosen: Ints | slice) -> Floats:
        """The sums up to each value of the chosen rows, [rows, clock]."""
        sums = np.cumsum(self._rows[chosen], axis=1)
        sums += self.ends[:-1][chosen][:, None]
        sums[:, -1] = self.ends[1:][chosen]
        return sums
