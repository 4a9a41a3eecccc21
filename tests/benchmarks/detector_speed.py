"""Values per second of each change detector beside River's on the same values, in one run.

    python -m tests.benchmarks.peers river
    python -m tests.benchmarks.detector_speed [--rows 1000000] [--rounds 5] [--slow-rows 20000]

Prints one JSON object, for a steady stream of errors and for one whose rate changes every tenth of it: values per
second of ours and River's (processor time, best of the rounds, ours before and after River's), their ratio, and whether
the detections are the same. River's KSWIN sees the first slow rows only, and so does ours for the comparison of
detections. River has no CUSUM (held against its Page-Hinkley) and no EWMA chart (held against its exponential mean).

For a sense of what NumPy can do at all, `cumsums` is our time as a multiple of one `np.cumsum` over the values, and
`cumsum_ratio` the ratio to River that this sum alone has: where it is near 50, a detector that reaches 50 must get by
without a pass that adds one value after the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical import (
    Adwin,
    Cusum,
    Ddm,
    Detector,
    Eddm,
    Ewma,
    HddmA,
    HddmW,
    Kswin,
    PageHinkley,
)
from aiqu_desktop.drift.values import Floats
from tests.benchmarks import peers

OURS: dict[str, Callable[[], Detector]] = {
    "adwin": Adwin,
    "page-hinkley": PageHinkley,
    "cusum": lambda: Cusum(target=0.1, spread=0.3, limit=15.0),
    "ewma": lambda: Ewma(target=0.1, spread=0.3, weight=0.1, width=6.0),
    "kswin": Kswin,
    "ddm": Ddm,
    "eddm": Eddm,
    "hddm-a": HddmA,
    "hddm-w": HddmW,
}
NEAREST = {"cusum": "page-hinkley"}  # what River has instead
WITHOUT_PEER = ("cusum", "ewma")
_CUMSUM = "one running sum"


def streams(rows: int) -> dict[str, Floats]:
    chance = np.random.default_rng(0).random(rows)
    rate = np.where(np.arange(rows) * 10 // rows % 2 == 0, 0.1, 0.2)
    return {"steady": (chance < 0.1).astype(np.float64), "changing": (chance < rate).astype(np.float64)}


def fastest(values: Floats, rounds: int) -> dict[str, float]:
    """Values per second of each detector, and of one running sum."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        tasks: dict[str, Callable[[Floats], object]] = {name: make().update for name, make in OURS.items()}
        for name, task in {_CUMSUM: np.cumsum, **tasks}.items():
            started = time.process_time()
            task(values)
            best[name] = max(best.get(name, 0.0), values.size / (time.process_time() - started))
    return best


def beside_river(values: Floats, rounds: int, slow_rows: int) -> dict[str, Any]:
    script = Path(__file__).parent / "peers" / "river_speed.py"
    before = fastest(values, rounds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.npy"
        np.save(path, values)
        river = peers.ask("river", script, str(path), str(min(rounds, 2)), str(slow_rows))
    after = fastest(values, rounds)
    answer: dict[str, Any] = {}
    cumsum = max(before[_CUMSUM], after[_CUMSUM])
    for name, make in OURS.items():
        theirs = river[NEAREST.get(name, name)]
        ours = max(before[name], after[name])
        answer[name] = {
            "ours_per_second": round(ours),
            "river_per_second": round(theirs["per_second"]),
            "ratio": round(ours / theirs["per_second"], 1),
            "cumsums": round(cumsum / ours, 2),
            "cumsum_ratio": round(cumsum / theirs["per_second"], 1),
        }
        if name not in WITHOUT_PEER:
            found = make().update(values[: theirs["rows"]]).tolist()
            answer[name] |= {"detections": len(found), "same_as_river": found == theirs["detections"]}
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description="Change detectors beside River's.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rows", type=int, default=20_000)
    given = parser.parse_args()
    answer = {
        title: beside_river(values, given.rounds, given.slow_rows) for title, values in streams(given.rows).items()
    }
    print(json.dumps(answer, indent=1))


main()
