"""frouros' Kolmogorov-Smirnov test at 5 % on windows without drift, by its defaults; run by its own interpreter.

Given and printed: as `answers.print_flagged` says.
"""

from __future__ import annotations

import numpy as np
from answers import print_flagged
from frouros.detectors.data_drift import KSTest


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    counts = [0] * len(windows)
    for feature in range(reference.shape[1]):
        detector = KSTest()
        detector.fit(X=reference[:, feature])
        for place, window in enumerate(windows):
            counts[place] += bool(detector.compare(X=window[:, feature])[0].p_value < 0.05)
    return counts


print_flagged(flagged_features)
