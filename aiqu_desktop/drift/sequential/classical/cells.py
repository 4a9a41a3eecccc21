"""Detectors that look at cells of values first, and into a cell only where a bound leaves doubt."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import Scanner
from aiqu_desktop.drift.values import Floats


class CellScanner(Scanner):
    """A detector whose values are counted off into cells of CELL, beginning after each detection.

    The state stands at the end of the last whole cell; the values after it are held, and looked at again with what
    follows. So each cell goes through the same floating point operations however the stream is cut into blocks.
    """

    CELL: ClassVar[int]
    FIRST = 4096
    BLOCK = 65_536
    _held: Floats

    def _scan(self, block: Floats) -> int | None:
        held = int(self._held.size)
        values = np.concatenate((self._held, block)) if held else block
        before, whole = self.count - held, values.size - values.size % self.CELL
        hit = self._look(values[:whole].reshape(-1, self.CELL), before) if whole else None
        rest = values[whole:]
        if hit is None and rest.size:
            hit = self._peek(rest, before + whole)
            hit = None if hit is None else whole + hit
        if hit is None:
            self._held = rest.copy()
            return None
        return hit - held

    def _room(self) -> int:
        return self.BLOCK - self.count % self.CELL

    @abstractmethod
    def _look(self, cells: Floats, before: int) -> int | None:
        """Index of the first detection in whole cells [cells, CELL] after so many values; or None, and take them in."""

    @abstractmethod
    def _peek(self, values: Floats, before: int) -> int | None:
        """The same in the values of an unfinished cell, which leave the state as it is."""
