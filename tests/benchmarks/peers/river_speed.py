"""River's change detectors over one stream, value by value as River is used; run by River's own interpreter.

    python river_speed.py VALUES.npy ROUNDS SLOW_ROWS

Prints one JSON object: for each detector the rows it was given (KSWIN: the first SLOW_ROWS only), values per second of
processor time (best of the rounds) and the rows of its detections. `ewma` is River's running exponential mean without
any limits, which is all that it has.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from river import drift, stats
from river.drift import binary

MAKERS: dict[str, Any] = {
    "adwin": drift.ADWIN,
    "page-hinkley": drift.PageHinkley,
    "ddm": binary.DDM,
    "eddm": binary.EDDM,
    "hddm-a": binary.HDDMA,
    "hddm-w": binary.HDDMW,
    "kswin": lambda: drift.KSWIN(seed=0),
}


def run(detector: Any, values: list[float]) -> tuple[float, list[int]]:
    found = []
    update = detector.update
    started = time.process_time()
    for index, value in enumerate(values):
        update(value)
        if detector.drift_detected:
            found.append(index)
    return time.process_time() - started, found


def main(path: str, rounds: int, slow_rows: int) -> None:
    values = np.load(path).tolist()
    answer = {}
    for name, make in MAKERS.items():
        given = values[:slow_rows] if name == "kswin" else values
        timed = [run(make(), given) for _ in range(1 if name == "kswin" else rounds)]
        seconds = min(one for one, _ in timed)
        answer[name] = {"rows": len(given), "per_second": len(given) / seconds, "detections": timed[0][1]}
    started = time.process_time()
    mean = stats.EWMean(0.1)
    for value in values:
        mean.update(value)
        mean.get()
    answer["ewma"] = {
        "rows": len(values),
        "per_second": len(values) / (time.process_time() - started),
        "detections": [],
    }
    print(json.dumps(answer))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
