"""NannyML's univariate drift calculator by its defaults and with one chunk; run by its own interpreter.

    python nannyml_drift_speed.py REFERENCE.npy CURRENT.npy ROUNDS

Both arrays are [rows, features] of float64. Prints one JSON object: the least seconds of each way over the rounds, with
the reference prepared beforehand wherever the library can.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import nannyml
import numpy as np
import pandas as pd


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    names = [f"f{i}" for i in range(reference.shape[1])]
    known, seen = pd.DataFrame(reference, columns=names), pd.DataFrame(current, columns=names)
    calculators = {
        "default": nannyml.UnivariateDriftCalculator(column_names=names),
        "one chunk": nannyml.UnivariateDriftCalculator(column_names=names, chunk_number=1),
    }
    for calculator in calculators.values():
        calculator.fit(known)
    return {name: lambda c=calculator: c.calculate(seen).to_df() for name, calculator in calculators.items()}


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
