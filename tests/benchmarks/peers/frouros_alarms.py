"""frouros' Kolmogorov-Smirnov test at 5 % on windows without drift, by its defaults; run by its own interpreter.

    python frouros_alarms.py ROWS.npz

ROWS.npz holds for each world "<world>|reference" [rows, features] and "<world>|windows" [windows, rows, features].
Prints one JSON object by world: windows, the share flagged (at least one feature), features flagged in the mean.
"""

from __future__ import annotations

import json
import sys

import numpy as np
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


def main(path: str) -> None:
    arrays = np.load(path)
    answer = {}
    for world in sorted({name.split("|")[0] for name in arrays.files}):
        counts = flagged_features(arrays[f"{world}|reference"], arrays[f"{world}|windows"])
        answer[world] = {
            "windows": len(counts),
            "flagged": sum(count > 0 for count in counts) / len(counts),
            "features": sum(counts) / len(counts),
        }
    print(json.dumps(answer))


main(sys.argv[1])
