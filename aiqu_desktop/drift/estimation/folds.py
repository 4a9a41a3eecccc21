"""How the reference is parted for cross-validation: by time, so that neighbours do not teach each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.values import Ints

_LEAST_IN_FOLD = 25


def numbered_folds(rows: int, most: int, groups: NDArray[Any] | None) -> Ints:
    """Which fold each row is in, [rows]: at most `most` of them.

    Without groups, blocks of neighbouring rows, 25 or more in each. Groups stay whole, in the order of their first row.
    Raises:
        UserError: if all rows are of one group.
    """
    if groups is None:
        count = max(2, min(most, rows // _LEAST_IN_FOLD))
        return (np.arange(rows) * count) // rows
    _, met, codes = np.unique(groups, return_index=True, return_inverse=True)
    if met.size < 2:
        raise UserError("All rows are of one group; cross-validation takes at least two.")
    order = np.argsort(np.argsort(met))
    found: Ints = (order[codes] * min(most, met.size)) // met.size
    return found
