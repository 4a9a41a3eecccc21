"""Taking arrays off the bytes of a profile, with every claim of its header checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.values import Floats


class ArrayReader:
    """Takes arrays off a buffer, one after the other; a claim that the buffer does not bear out is a ValueError."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data, self._offset = data, offset

    def take(self, kind: str, count: int) -> NDArray[Any]:
        """The next `count` numbers of a NumPy type, as a read-only view."""
        size = np.dtype(kind).itemsize
        if count < 0 or self._offset + count * size > len(self._data):
            raise ValueError("an array is cut short")
        array = np.frombuffer(self._data, dtype=kind, count=count, offset=self._offset)
        self._offset += count * size
        return array

    def finish(self) -> None:
        """Raises ValueError if anything is left."""
        if self._offset != len(self._data):
            raise ValueError("there is more than its header says")


def increasing(values: NDArray[Any]) -> Floats:
    """`values` as float64, or ValueError if they are not finite and growing."""
    result: Floats = values.astype(np.float64)
    if result.size and not (np.isfinite(result).all() and (np.diff(result) > 0).all()):
        raise ValueError("the edges of a grid do not increase")
    return result
