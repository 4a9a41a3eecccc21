"""River's change detectors on stored error streams; run by River's own interpreter.

    python river_detectors.py STREAMS.npz

The file holds `losses` (all streams joined) and `ends` (where each stops). Prints one JSON object: for each detector
the rows of its alarms in each stream, and its values per second. A detector starts anew with each stream and, as is
its habit, after each alarm.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from river import drift
from river.drift import binary

DETECTORS = {
    "ADWIN": drift.ADWIN,
    "Page-Hinkley": drift.PageHinkley,
    "DDM": binary.DDM,
    "EDDM": binary.EDDM,
    "HDDM-A": binary.HDDMA,
    "HDDM-W": binary.HDDMW,
}


def main(path: str) -> None:
    stored = np.load(path)
    losses, ends = stored["losses"], stored["ends"]
    streams = np.split(losses, ends[:-1])
    found = {}
    for name, make in DETECTORS.items():
        started = time.perf_counter()
        alarms = []
        for stream in streams:
            detector = make()
            values = stream.tolist() if name in ("ADWIN", "Page-Hinkley") else (stream > 0).tolist()
            rows = []
            for row, value in enumerate(values):
                detector.update(value)
                if detector.drift_detected:
                    rows.append(row)
            alarms.append(rows)
        found[name] = {"alarms": alarms, "values_per_second": losses.size / (time.perf_counter() - started)}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
