"""alibi-detect's KSDrift by its defaults; run by its own interpreter.

Given and printed: as `answers.print_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from alibi_detect.cd import KSDrift
from answers import print_seconds


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    detector = KSDrift(reference, p_val=0.05)
    return {"ks": lambda: detector.predict(current)}


print_seconds(ways)
