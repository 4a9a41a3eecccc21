"""Where River detects changes in the streams of the tests: run with River's Python, prints JSON.

python -m tests.benchmarks.peers river
.peers/river/bin/python tests/benchmarks/peers/river_golden.py > tests/drift/sequential/river_detections.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import river
from river import drift
from river.drift import binary

from tests.drift.sequential.streams import SHORT, STREAMS, stream

DETECTORS: dict[str, Any] = {
    "adwin": lambda: drift.ADWIN(),
    "adwin eager": lambda: drift.ADWIN(delta=0.2, clock=1, max_buckets=3, min_window_length=2, grace_period=5),
    "adwin odd": lambda: drift.ADWIN(delta=0.05, clock=7, max_buckets=6, min_window_length=10, grace_period=40),
    "page-hinkley": lambda: drift.PageHinkley(),
    "page-hinkley up": lambda: drift.PageHinkley(min_instances=100, delta=0.01, threshold=20.0, alpha=1.0, mode="up"),
    "page-hinkley down": lambda: drift.PageHinkley(threshold=15.0, alpha=0.99, mode="down"),
    "kswin": lambda: drift.KSWIN(seed=42),
    "kswin eager": lambda: drift.KSWIN(alpha=0.05, window_size=60, stat_size=20, seed=7),
    "ddm": lambda: binary.DDM(),
    "ddm eager": lambda: binary.DDM(warm_start=10, drift_threshold=2.0),
    "eddm": lambda: binary.EDDM(),
    "eddm calm": lambda: binary.EDDM(warm_start=200, beta=0.7),
    "hddm-a": lambda: binary.HDDMA(),
    "hddm-a both": lambda: binary.HDDMA(drift_confidence=0.01, two_sided_test=True),
    "hddm-w": lambda: binary.HDDMW(),
    "hddm-w both": lambda: binary.HDDMW(drift_confidence=0.0001, lambda_val=0.02, two_sided_test=True),
}
BINARY = {"ddm", "eddm", "hddm-a", "hddm-w"}


def detections(detector: Any, values: list[float]) -> list[int]:
    found = []
    for index, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            found.append(index)
    return found


def main() -> None:
    answer: dict[str, dict[str, list[int]]] = {}
    for name, make in DETECTORS.items():
        kind = name.split()[0]
        answer[name] = {
            title: detections(make(), stream(title, SHORT if kind == "kswin" else None))
            for title in STREAMS
            if kind not in BINARY or "errors" in title
        }
    print(json.dumps({"made by": f"river {river.__version__}, river_golden.py", "detections": answer}))


main()
