"""NannyML's univariate drift calculator on windows without drift, by its defaults; run by its own interpreter.

    python nannyml_alarms.py ROWS.npz

ROWS.npz holds for each world "<world>|reference" [rows, features] and "<world>|windows" [windows, rows, features].
Prints one JSON object by world: windows, the share flagged (at least one feature), features flagged in the mean.
"""

from __future__ import annotations

import json
import sys

import nannyml
import numpy as np
import pandas as pd


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = [f"f{i}" for i in range(reference.shape[1])]
    calculator = nannyml.UnivariateDriftCalculator(column_names=names, chunk_size=windows.shape[1])
    calculator.fit(pd.DataFrame(reference, columns=names))
    rows = pd.DataFrame(windows.reshape(-1, windows.shape[2]), columns=names)
    found = calculator.calculate(rows).filter(period="analysis").to_df()
    alerts = found.loc[:, [column for column in found.columns if column[-1] == "alert"]]
    return alerts.sum(axis=1).astype(int).tolist()


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
