"""deepchecks' feature drift on windows without drift, by its condition's default; run by its own interpreter.

    python deepchecks_alarms.py ROWS.npz

ROWS.npz holds for each world "<world>|reference" [rows, features] and "<world>|windows" [windows, rows, features].
Prints one JSON object by world: windows, the share flagged (at least one feature), features flagged in the mean.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift

LIMIT = 0.2  # the default of `add_condition_drift_score_less_than` for numeric features


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = [f"f{i}" for i in range(reference.shape[1])]
    known = Dataset(pd.DataFrame(reference, columns=names), cat_features=[])
    counts = []
    for window in windows:
        seen = Dataset(pd.DataFrame(window, columns=names), cat_features=[])
        found = FeatureDrift(n_top_columns=len(names)).run(known, seen).value
        counts.append(sum(found[name]["Drift score"] >= LIMIT for name in names))
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
