"""Change detectors on the errors of frozen models: delay, misses and false alarms, beside River's on the same streams.

    python -m tests.benchmarks.detector_delay [--elec2 FOLDER] [--seeds 10] [--tuning]

Prints one JSON object. A delay counts from the first row of the change (a transition then takes 500 rows more); an
alarm before it is false, and the detector starts anew after it, River's as well. `clairvoyant` knows the error before
and after exactly and lays one bet. `e-detector` sees what River's see, `with groups` also each row's predicted class
and confidence. The detector's grids and limits were chosen on the seeds of `--tuning`, which no other run touches.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aiqu_desktop.drift.evidence.autocorrelation import integrated_time
from aiqu_desktop.drift.intervals import wilson
from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.sequential.shiryaev_roberts import scan
from tests.benchmarks import peers, real_streams, streams
from tests.benchmarks.streams import ErrorStream

Alarms = list[int]
Run = Callable[[ErrorStream], Alarms]

_RIVER = Path(__file__).parent / "peers" / "river_detectors.py"
_HEAD = 2_000
_TUNING_SEEDS = 100


def learned(limit: float, *, grouped: bool, relearn: bool = False, dependent: bool = False) -> Run:
    """Our detector from the first row on; after an alarm it keeps its baseline, or forgets that too; told the first
    rows' autocorrelation time, or not."""

    def run(stream: ErrorStream) -> Alarms:
        dependence = integrated_time(stream.losses[:_HEAD]) if dependent else 1.0

        def fresh() -> EDetector:
            groups = int(stream.groups.max()) + 1 if grouped else 0
            return EDetector(Baseline.learned(), limit, groups=groups, dependence=dependence)

        detector, alarms, begin = fresh(), [], 0
        while begin < stream.losses.size:
            before = detector.rows
            found = detector.update(stream.losses[begin:], stream.groups[begin:] if grouped else None)
            if found is None:
                break
            begin += found.row - before + 1
            alarms.append(begin - 1)
            if stream.change is not None and begin > stream.change:
                break
            if relearn:
                detector = fresh()
            else:
                detector.restart()
        return alarms

    return run


def stated(limit: float) -> Run:
    """Our detector with a stated baseline: the upper confidence bound of the first 2,000 rows, as in the trial."""

    def run(stream: ErrorStream) -> Alarms:
        bound = wilson(round(stream.losses[:_HEAD].sum()), _HEAD)[1]
        detector, alarms, begin = EDetector(Baseline.stated(bound), limit), [], _HEAD
        while begin < stream.losses.size:
            before = detector.rows
            found = detector.update(stream.losses[begin:])
            if found is None:
                break
            begin += found.row - before + 1
            alarms.append(begin - 1)
            if stream.change is not None and begin > stream.change:
                break
            detector.restart()
        return alarms

    return run


def clairvoyant(limit: float) -> Run:
    """One bet, right in both rates; nothing that sees only the errors does much better."""

    def run(stream: ErrorStream) -> Alarms:
        if stream.change is None:
            return []
        old = float(np.mean(stream.losses[: stream.change]))
        new = float(np.mean(stream.losses[stream.change + streams.TRANSITION :]))
        if new <= old:
            return []
        factors = np.where(stream.losses > 0.0, new / max(old, 1e-4), (1.0 - new) / (1.0 - old))
        start = stream.change
        path = scan(
            factors[start:, np.newaxis], np.arange(start, factors.size, dtype=np.float64), np.zeros((2, 1)), np.ones(1)
        )
        passed = np.flatnonzero(~(path.evidence < limit))
        return [start + int(passed[0])] if passed.size else []

    return run


OURS: dict[str, Run] = {
    "e-detector 2e5": learned(2e5, grouped=False),
    "e-detector 2e5 with groups": learned(2e5, grouped=True),
    "e-detector 1e5": learned(1e5, grouped=False),
    "e-detector 1e4": learned(1e4, grouped=False),
    "e-detector 1e5 with groups": learned(1e5, grouped=True),
    "e-detector 1e4 with groups": learned(1e4, grouped=True),
    "stated upper bound 1e5": stated(1e5),
    "clairvoyant 1e5": clairvoyant(1e5),
}


def alarms_of_all(found: Sequence[ErrorStream]) -> dict[str, list[Alarms]]:
    """Rows of each detector's alarms in each stream."""
    alarms = {name: [run(stream) for stream in found] for name, run in OURS.items()}
    if peers.is_made("river"):
        alarms |= {name: each["alarms"] for name, each in river(found).items()}
    return alarms


def river(found: Sequence[ErrorStream]) -> Any:
    """What River's detectors say of the same streams."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streams.npz"
        ends = np.cumsum([stream.losses.size for stream in found])
        np.savez(path, losses=np.concatenate([stream.losses for stream in found]), ends=ends)
        return peers.ask("river", _RIVER, str(path))


def delays(found: Sequence[ErrorStream], alarms: list[Alarms]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Rows from each change to the first alarm after it, infinite where none came."""
    return np.array(
        [
            next((row - stream.change for row in rows if row >= stream.change), np.inf)
            for stream, rows in zip(found, alarms, strict=True)
            if stream.change is not None
        ]
    )


def false_alarms(found: Sequence[ErrorStream], alarms: list[Alarms]) -> tuple[int, int]:
    """Alarms before the change (any, where there is none), and the rows that they could come in."""
    ends = [stream.losses.size if stream.change is None else stream.change for stream in found]
    early = sum(row < end for rows, end in zip(alarms, ends, strict=True) for row in rows)
    return early, sum(ends)


def median(values: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    """The median, None where it is a miss."""
    middle = float(np.median(values))
    return middle if np.isfinite(middle) else None


def table(found: list[ErrorStream]) -> dict[str, Any]:
    """For each detector: median delay, of each kind and from the middle of transitions; share missed; false alarms."""
    rows = {}
    half = np.array([streams.TRANSITION / 2 if stream.kind in ("gradual", "incremental") else 0 for stream in found])
    for name, alarms in alarms_of_all(found).items():
        delay = delays(found, alarms)
        early, seen = false_alarms(found, alarms)
        rows[name] = {
            "median_delay": median(delay),
            "by_kind": {
                kind: median(delay[[stream.kind == kind for stream in found]])
                for kind in dict.fromkeys(stream.kind for stream in found)
            },
            "median_from_middle": median(delay - half),
            "missed": round(float(np.mean(~np.isfinite(delay))), 3),
            "false_per_10000": round(1e4 * early / seen, 3),
        }
    return rows


def quiet(found: list[ErrorStream]) -> dict[str, Any]:
    """False alarms for each detector on streams without change."""
    rows = {}
    for name, alarms in alarms_of_all(found).items():
        if not name.startswith("clairvoyant"):
            early, seen = false_alarms(found, alarms)
            rows[name] = {"false_per_10000": round(1e4 * early / seen, 3), "alarms": early, "rows": seen}
    return rows


def time_order(data: list[real_streams.Dataset]) -> dict[str, Any]:
    """Alarms on the real data as they came, every detector starting anew after each alarm."""
    rows: dict[str, Any] = {}
    for each in data:
        stream = real_streams.in_time_order(each)
        whole = {
            "e-detector 1e5": learned(1e5, grouped=False, relearn=True)(stream),
            "e-detector 1e5 with groups": learned(1e5, grouped=True, relearn=True)(stream),
            "e-detector 1e5, dependence told": learned(1e5, grouped=False, relearn=True, dependent=True)(stream),
        }
        if peers.is_made("river"):
            whole |= {name: found["alarms"][0] for name, found in river([stream]).items()}
        rows[each.name] = {
            "rows": stream.losses.size,
            "error_by_tenth": [round(float(part.mean()), 3) for part in np.array_split(stream.losses, 10)],
            "alarms": {name: {"count": len(alarms), "first": alarms[:3]} for name, alarms in whole.items()},
        }
    return rows


def speed() -> dict[str, float]:
    """Values per second over a million."""
    random = np.random.default_rng(0)
    losses = (random.random(1_000_000) < 0.1).astype(np.float64)
    members = random.integers(0, 10, losses.size)
    quietly = ErrorStream("constant", "none", losses, members, None)
    found = {}
    for name, groups in (("e-detector", None), ("e-detector with 10 groups", members)):
        detector = EDetector(Baseline.learned(), 1e12, groups=0 if groups is None else 10)
        started = time.perf_counter()
        detector.update(losses, groups)
        found[name] = losses.size / (time.perf_counter() - started)
    if peers.is_made("river"):
        found |= {name: each["values_per_second"] for name, each in river([quietly]).items()}
    return {name: float(f"{each:.3g}") for name, each in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--elec2", type=Path, help="the folder of elec2.csv")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tuning", action="store_true", help="the seeds that the detector was tuned on")
    given = parser.parse_args()
    first = _TUNING_SEEDS if given.tuning else 0
    seeds, few = range(first, first + given.seeds), range(first, first + min(given.seeds, 3))
    data = real_streams.datasets(given.elec2)
    sections: dict[str, Callable[[], dict[str, Any]]] = {
        "synthetic, the four named": lambda: table(list(streams.changed_streams(seeds, streams.NAMED))),
        "all, a tenth flipped": lambda: table(
            [*streams.flipped_streams(few), *real_streams.flipped_real_streams(few, data)]
        ),
        "real, injected": lambda: table(list(real_streams.injected_streams(few, data))),
        "real, in time order": lambda: time_order(data),
        "synthetic, no change": lambda: quiet(list(streams.still_streams(few, 20_000))),
        "real, a tenth flipped": lambda: table(list(real_streams.flipped_real_streams(few, data))),
        "synthetic, a tenth flipped": lambda: table(list(streams.flipped_streams(seeds))),
        "synthetic, four more": lambda: table(list(streams.changed_streams(seeds, streams.FURTHER))),
        "real, shuffled, no change": lambda: quiet(list(real_streams.still_real_streams(few, data))),
        "values per second": speed,
    }
    report = {}
    for name, section in sections.items():
        report[name] = section()
        print(f"{name}: {json.dumps(report[name])}", file=sys.stderr, flush=True)  # it takes a quarter of an hour
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
