"""alibi-detect's KSDrift by its defaults; run by its own interpreter.

    python alibi_detect_drift_speed.py REFERENCE.npy CURRENT.npy ROUNDS

Both arrays are [rows, features] of float64. Prints one JSON object: the least seconds of each way over the rounds, with
the reference prepared beforehand wherever the library can.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from alibi_detect.cd import KSDrift


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    names = [f"f{i}" for i in range(reference.shape[1])]
    del names
    detector = KSDrift(reference, p_val=0.05)
    return {"ks": lambda: detector.predict(current)}


def main(reference: str, current: str, rounds: int) -> None:
    seconds = {}
    for name, way in ways(np.load(reference), np.load(current)).items():
        took = []
        for _ in range(rounds):
            began = time.perf_counter()
            way()
            took.append(time.perf_counter() - began)
        seconds[name] = min(took)
    print(json.dumps(seconds))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
