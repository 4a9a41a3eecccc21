"""alibi-detect's KSDrift on windows without drift, by its defaults; run by its own interpreter.

Given and printed: as `answers.print_flagged` says.
"""

from __future__ import annotations

import numpy as np
from alibi_detect.cd import KSDrift
from answers import print_flagged


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    detector = KSDrift(reference, p_val=0.05)
    counts = []
    for window in windows:
        found = detector.predict(window)["data"]
        counts.append(int(np.sum(found["p_val"] < found["threshold"])))
    return counts


print_flagged(flagged_features)
