"""Change detectors on the errors of frozen models: delay, misses and false alarms, beside River's on the same streams.

    python -m tests.benchmarks.detector_delay [--elec2 FOLDER] [--seeds 10] [--tuning]

Prints one JSON object. A delay counts from the first row of the change (a transition then takes 500 rows more); an
alarm before it is false, and the detector starts anew after it, River's as well. `e-detector` sees what River's see,
`with groups` also each row's predicted class and confidence. `floor` is what no detector gets below with that
information (`delay_floor`). The detector's bets and their shares were chosen on the seeds of `--tuning`, which no other
run touches. Real data in time order: `time_order`.
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

from aiqu_desktop.drift.intervals import wilson
from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.edetector import EDetector
from tests.benchmarks import peers, real_streams, streams
from tests.benchmarks.delay_floor import delay_of_the_informed, first_order
from tests.benchmarks.streams import ErrorStream
from tests.benchmarks.watched import alarms_of

Alarms = list[int]
Run = Callable[[ErrorStream], Alarms]

_RIVER = Path(__file__).parent / "peers" / "river_detectors.py"
_HEAD = 2_000
_TUNING_SEEDS = 100


def learned(limit: float, *, grouped: bool) -> Run:
    """Our detector as it is, from the first row on."""

    def run(stream: ErrorStream) -> Alarms:
        detector = EDetector(Baseline.learned(), limit, groups=int(stream.groups.max()) + 1 if grouped else 0)
        return alarms_of(detector, stream.losses, stream.groups if grouped else None, until=stream.change)

    return run


def stated(limit: float) -> Run:
    """Our detector with a stated baseline: the upper confidence bound of the first 2,000 rows, as in the trial."""

    def run(stream: ErrorStream) -> Alarms:
        bound = wilson(round(stream.losses[:_HEAD].sum()), _HEAD)[1]
        return alarms_of(EDetector(Baseline.stated(bound), limit), stream.losses, begin=_HEAD, until=stream.change)

    return run


OURS: dict[str, Run] = {
    "e-detector 1e5": learned(1e5, grouped=False),
    "e-detector 1e5 with groups": learned(1e5, grouped=True),
    "e-detector 2e5 with groups": learned(2e5, grouped=True),
    "e-detector 5e4 with groups": learned(5e4, grouped=True),
    "e-detector 1e4 with groups": learned(1e4, grouped=True),
    "stated upper bound 1e5": stated(1e5),
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


def by_kind(found: list[ErrorStream], delay: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, Any]:
    """Median delay of all, of each kind of change, and from the middle of transitions."""
    half = np.array([streams.TRANSITION / 2 if stream.kind in ("gradual", "incremental") else 0 for stream in found])
    return {
        "median_delay": median(delay),
        "by_kind": {
            kind: median(delay[[stream.kind == kind for stream in found]])
            for kind in dict.fromkeys(stream.kind for stream in found)
        },
        "median_from_middle": median(delay - half),
    }


def table(found: list[ErrorStream]) -> dict[str, Any]:
    """For each detector: median delays, share missed, false alarms."""
    rows = {}
    for name, alarms in alarms_of_all(found).items():
        delay = delays(found, alarms)
        early, seen = false_alarms(found, alarms)
        rows[name] = {
            **by_kind(found, delay),
            "missed": round(float(np.mean(~np.isfinite(delay))), 3),
            "false_per_10000": round(1e4 * early / seen, 3),
        }
    return rows


def floor(found: list[ErrorStream], limit: float) -> dict[str, Any]:
    """What no detector gets below at one false alarm in `limit` rows: with the errors alone, and with the groups."""
    rows: dict[str, Any] = {}
    names = np.array([stream.name for stream in found])
    for name, grouped in (("errors alone", False), ("with groups", True)):
        informed = np.array([delay_of_the_informed(stream, limit, grouped=grouped) for stream in found])
        first = np.array([first_order(stream, limit, grouped=grouped) for stream in found])
        rows[name] = {
            **by_kind(found, informed),
            "lorden_median": round(float(np.median(first))),
            "lorden_by_stream": {each: round(float(np.median(first[names == each]))) for each in dict.fromkeys(names)},
        }
    return rows


def quiet(found: list[ErrorStream]) -> dict[str, Any]:
    """False alarms for each detector on streams without change."""
    rows = {}
    for name, alarms in alarms_of_all(found).items():
        early, seen = false_alarms(found, alarms)
        rows[name] = {"false_per_10000": round(1e4 * early / seen, 3), "alarms": early, "rows": seen}
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
        "floor of the four named": lambda: floor(list(streams.changed_streams(seeds, streams.NAMED)), 1e5),
        "synthetic, the four named": lambda: table(list(streams.changed_streams(seeds, streams.NAMED))),
        "all, a tenth flipped": lambda: table(
            [*streams.flipped_streams(few), *real_streams.flipped_real_streams(few, data)]
        ),
        "real, injected": lambda: table(list(real_streams.injected_streams(few, data))),
        "synthetic, no change": lambda: quiet(list(streams.still_streams(few, 20_000))),
        "synthetic, no change for long": lambda: quiet(list(streams.still_streams(few[:1], 200_000))),
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
