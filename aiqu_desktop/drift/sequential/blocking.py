"""How many losses are worth one independent loss, learned while they come in and without keeping them.

The variance of sums of b losses, divided by b times that of one, grows with b to the integrated autocorrelation time
(H. Flyvbjerg & H. Petersen, J. Chem. Phys. 91, 1989; batch means). Sums over 1, 2, 4, ... 1,024 losses are kept; the
shortest block that is five times as long as the time that it gives is believed, as A. Sokal's window is (1989).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.evidence.autocorrelation import SOKAL_FACTOR
from aiqu_desktop.drift.values import Floats

_SIZES = 2 ** np.arange(11)
_LEAST_BLOCKS = 8
_FIRST_CHECK, _LAST_CHECK = 512, 8_192  # rows; it is estimated anew at each doubling between them
_CAUTION = 1.5  # standard errors that the time is taken longer than it seems: too short a time is a false alarm
_FEW = 2_048  # rows below which nobody can tell whether losses are independent
_DOUBT = 3.0  # standard errors above 1 that a time of independent losses does not reach


@dataclass(frozen=True, slots=True)
class Blocking:
    """Losses seen, and for every block size: the sum of the block under way, of the full ones and of their squares,
    each [11]; the time in force, 1 or more."""

    seen: int
    under_way: Floats
    total: Floats
    squares: Floats
    time: float = 1.0

    @classmethod
    def nothing(cls) -> Blocking:
        """Before the first loss."""
        return cls(0, np.zeros(_SIZES.size), np.zeros(_SIZES.size), np.zeros(_SIZES.size))

    @property
    def known(self) -> bool:
        """Whether enough losses were seen for a time."""
        return self.seen >= _FIRST_CHECK

    @property
    def until_check(self) -> int | None:
        """Rows until the time is estimated anew, 1 or more; None: it stays as it is."""
        if self.seen >= _LAST_CHECK:
            return None
        check = _FIRST_CHECK
        while check <= self.seen:
            check *= 2
        return check - self.seen

    def after(self, losses: Floats) -> Blocking:
        """With these losses, [rows], at most as many as `until_check`; at the check the time is set."""
        if self.until_check is None or not losses.size:
            return self
        under_way, total, squares = self.under_way.copy(), self.total.copy(), self.squares.copy()
        sums = np.concatenate(([0.0], np.cumsum(losses)))
        for i, size in enumerate(_SIZES):
            ends = np.arange(size - self.seen % size, losses.size + 1, size)
            if not ends.size:
                under_way[i] += sums[-1]
                continue
            blocks = np.diff(sums[ends], prepend=0.0)
            blocks[0] += under_way[i]
            total[i] += blocks.sum()
            squares[i] += np.sum(blocks**2)
            under_way[i] = sums[-1] - sums[ends[-1]]
        found = replace(self, seen=self.seen + losses.size, under_way=under_way, total=total, squares=squares)
        return replace(found, time=found._estimate()) if losses.size == self.until_check else found

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "seen": self.seen, "under_way": self.under_way.tolist(), "total": self.total.tolist(),
            "squares": self.squares.tolist(), "time": self.time,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Blocking:
        """Read what `to_json` wrote."""
        under_way, total, squares = (np.asarray(stored[name], float) for name in ("under_way", "total", "squares"))
        return cls(int(stored["seen"]), under_way, total, squares, float(stored["time"]))

    def _estimate(self) -> float:
        """1 where many losses look as independent ones could: those are not to pay for the estimate's own noise."""
        number = self.seen // _SIZES
        kept = number >= _LEAST_BLOCKS
        number, sizes = number[kept], _SIZES[kept]
        variance = (self.squares[kept] - self.total[kept] ** 2 / number) / (number - 1)
        if not variance[0] > 0.0:
            return 1.0
        times, error = variance / (sizes * variance[0]), np.sqrt(2.0 / (number - 1))
        if self.seen >= _FEW and not np.any(times > 1.0 + _DOUBT * error):
            return 1.0
        long_enough = np.flatnonzero(sizes >= SOKAL_FACTOR * np.maximum(times, 1.0))
        chosen = int(long_enough[0]) if long_enough.size else int(np.argmax(times))
        return max(1.0, float(times[chosen] * (1.0 + _CAUTION * error[chosen])))
