"""What the peers' scripts share: the rows that they are given and the JSON that they answer.

A script is run by its peer's own interpreter and finds this module beside itself. It needs NumPy and nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np


def feature_names(rows: np.ndarray) -> list[str]:
    """Names for the features of rows [rows, features]."""
    return [f"f{i}" for i in range(rows.shape[1])]


def print_flagged(flagged_features: Callable[[np.ndarray, np.ndarray], list[int]]) -> None:
    """Answer how often a peer flags windows without drift: `python SCRIPT ROWS.npz`.

    ROWS.npz holds for each world "<world>|reference" [rows, features] and "<world>|windows" [windows, rows, features].
    Prints one JSON object by world: windows, the share flagged (at least one feature), features flagged in the mean.

    flagged_features: from reference and windows, how many features are flagged in each window.
    """
    arrays = np.load(sys.argv[1])
    answer = {}
    for world in sorted({name.split("|")[0] for name in arrays.files}):
        counts = flagged_features(arrays[f"{world}|reference"], arrays[f"{world}|windows"])
        answer[world] = {
            "windows": len(counts),
            "flagged": sum(count > 0 for count in counts) / len(counts),
            "features": sum(counts) / len(counts),
        }
    print(json.dumps(answer))


def print_seconds(ways: Callable[[np.ndarray, np.ndarray], dict[str, Callable[[], object]]]) -> None:
    """Answer how long a peer takes: `python SCRIPT REFERENCE.npy CURRENT.npy ROUNDS`.

    Both arrays are [rows, features] of float64. Prints one JSON object: the least seconds of each way over the rounds.

    ways: from reference and current, what is timed, by name, with the reference prepared wherever the peer can.
    """
    seconds = {}
    for name, way in ways(np.load(sys.argv[1]), np.load(sys.argv[2])).items():
        took = []
        for _ in range(int(sys.argv[3])):
            began = time.perf_counter()
            way()
            took.append(time.perf_counter() - began)
        seconds[name] = min(took)
    print(json.dumps(seconds))
