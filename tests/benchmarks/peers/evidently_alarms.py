"""Evidently's drift preset on windows without drift, by its defaults; run by its own interpreter.

    python evidently_alarms.py ROWS.npz

ROWS.npz holds for each world "<world>|reference" [rows, features] and "<world>|windows" [windows, rows, features].
Prints one JSON object by world: windows, the share flagged (at least one feature), features flagged in the mean.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = [f"f{i}" for i in range(reference.shape[1])]
    known = pd.DataFrame(reference, columns=names)
    counts = []
    for window in windows:
        run = Report([DataDriftPreset()]).run(pd.DataFrame(window, columns=names), known)
        drifted = next(m for m in run.dict()["metrics"] if "DriftedColumnsCount" in str(m))
        counts.append(int(drifted["value"]["count"]))
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
