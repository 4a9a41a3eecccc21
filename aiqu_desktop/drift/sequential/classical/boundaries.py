"""Where the exponential histogram of ADWIN2 has its boundaries, from the number of values alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.values import Ints


def filled(counts: Ints, levels: Ints, buckets: int) -> Ints:
    """How many buckets of 2 ** level values have been filled after so many values, merged ones included.

    A level with more than `buckets` buckets merges its two oldest into one of the next level. So of q buckets that a
    level received it passed on (q - buckets + 1) // 2, which nests to a closed form. Shapes as they broadcast.
    """
    answer: Ints = np.maximum((counts - (buckets - 1) * ((1 << levels) - 1)) >> levels, 0)
    return answer


def is_boundary(positions: Ints, counts: Ints, buckets: int) -> NDArray[np.bool_]:
    """Whether a bucket ends at the position, after so many values. Both [pairs], positions from 1."""
    if positions.size == 0:
        return np.zeros(0, dtype=np.bool_)
    levels = np.arange(int(counts.max()).bit_length())[:, None]
    own = positions >> levels
    aligned: NDArray[Any] = own << levels == positions
    listed = (own <= filled(counts, levels, buckets)) & (own > 2 * filled(counts, levels + 1, buckets))
    return np.asarray((aligned & listed).any(axis=0), dtype=np.bool_)
