"""Change detectors on real errors as they came, beside River's and NannyML's at equal false alarms.

    python -m tests.benchmarks.peers nannyml
    python -m tests.benchmarks.time_order [--elec2 FOLDER]

Nobody knows when real data changed, so what an alarm is worth is laid down beforehand, from the whole stream, by its
best cuts into stretches of one error rate (`stretches`): a cut where the rate rises by five points is an onset. The
first alarm in the stretch after an onset is right; every other one is false: in a stretch without a rise, and once more
in the same one. Each detector begins anew after an alarm; NannyML, which compares chunks with a reference and keeps no
memory, rings where a chunk is beyond its limit and the chunk before was not.

Prints one JSON object: for each data set the stretches; for each detector at several settings the false alarms, the
onsets found and the rows from onset to alarm; and for each of ours the best of the peers' settings that had no more
false alarms. River's detectors are the product's own copies, whose detections are River's
(tests/drift/sequential/test_classical_against_river.py), at River's defaults and stricter. NannyML's reference is the
head of the stream, where it then cannot ring.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from aiqu_desktop.drift.evidence.autocorrelation import integrated_time
from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.classical import Adwin, Ddm, Detector, HddmA, HddmW, PageHinkley
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.values import Floats
from tests.benchmarks import peers, real_streams
from tests.benchmarks.streams import ErrorStream
from tests.benchmarks.watched import alarms_of

LEAST_RISE = 0.05
_LEAST_ROWS = 200
_PENALTY = 5.0  # log n of log-likelihood that a cut gains: errors come in runs of about four; ten give the same cuts
_NANNYML = Path(__file__).parent / "peers" / "nannyml_time_order.py"
_LIMITS = (1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 1e7, 1e8, 1e10)

Alarms = list[int]


def stretches(losses: Floats) -> list[tuple[int, int, float]]:
    """First row, end and error rate of each stretch: cut in two where that gains most likelihood, again and again
    (binary segmentation, A. Scott & M. Knott, Biometrics 30, 1974)."""
    sums = np.concatenate(([0.0], np.cumsum(losses)))

    def likelihood(total: Any, rows: Any) -> Any:
        return special.xlogy(total, total / rows) + special.xlogy(rows - total, 1.0 - total / rows)

    def cuts(first: int, end: int) -> list[int]:
        at = np.arange(first + _LEAST_ROWS, end - _LEAST_ROWS + 1)
        if not at.size:
            return []
        gain = likelihood(sums[at] - sums[first], at - first) + likelihood(sums[end] - sums[at], end - at)
        best = int(np.argmax(gain))
        if gain[best] - likelihood(sums[end] - sums[first], end - first) < _PENALTY * math.log(losses.size):
            return []
        cut = int(at[best])
        return [*cuts(first, cut), cut, *cuts(cut, end)]

    edges = [0, *cuts(0, losses.size), losses.size]
    return [(a, b, float(losses[a:b].mean())) for a, b in itertools.pairwise(edges)]


def judged(found: list[tuple[int, int, float]], alarms: Alarms) -> dict[str, Any]:
    """What the alarms are worth."""
    delays: list[int | None] = []
    for (_, _, before), (onset, end, rate) in itertools.pairwise(found):
        if rate - before >= LEAST_RISE:
            delays.append(next((row - onset for row in alarms if onset <= row < end), None))
    right = sum(delay is not None for delay in delays)
    return {"false": len(alarms) - right, "found": f"{right} of {len(delays)}", "rows_to_alarm": delays}


def ours(stream: ErrorStream) -> Iterator[tuple[str, Alarms]]:
    """The e-detector at several limits: as it is, with groups, and taking the errors for independent."""
    groups = int(stream.groups.max()) + 1
    for limit in _LIMITS:
        yield (
            f"e-detector {limit:.0e}",
            alarms_of(EDetector(Baseline.learned(), limit), stream.losses, relearn=True),
        )
        yield (
            f"e-detector {limit:.0e} with groups",
            alarms_of(EDetector(Baseline.learned(), limit, groups=groups), stream.losses, stream.groups, relearn=True),
        )
    independent = EDetector(Baseline.learned(), 1e5, dependence=1.0)
    yield "e-detector 1e+05, told that errors are independent", alarms_of(independent, stream.losses, relearn=True)


def river(stream: ErrorStream) -> Iterator[tuple[str, Alarms]]:
    """River's detectors: by default, which comes first, and stricter."""
    chances = (1e-3, 1e-6, 1e-9, 1e-11, 1e-12, 1e-13, 1e-14, 1e-16, 1e-20, 1e-24)
    settings: dict[str, list[tuple[float, Detector]]] = {
        "ADWIN": [(chance, Adwin(chance)) for chance in (0.002, 1e-4, *chances[1:], 1e-32)],
        "Page-Hinkley": [(limit, PageHinkley(limit=limit)) for limit in (50.0, 70, 85, 100, 120, 150, 200, 300, 400)],
        "HDDM-A": [(chance, HddmA(chance)) for chance in chances],
        "HDDM-W": [(chance, HddmW(chance)) for chance in chances],
        "DDM": [(3.0, Ddm())],
    }
    for name, detectors in settings.items():
        for setting, detector in detectors:
            yield f"River {name} {setting:g}", detector.update(stream.losses).tolist()


def nannyml(stream: ErrorStream) -> Iterator[tuple[str, Alarms]]:
    """NannyML's realized accuracy by chunks, at several sizes and widths (its default is three deviations)."""
    head = min(2_000, stream.losses.size // 5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "losses.npz"
        np.savez(path, losses=stream.losses, head=head)
        answer: dict[str, Alarms] = peers.ask("nannyml", _NANNYML, str(path))
    yield from answer.items()


def best_peer(rows: dict[str, dict[str, Any]], allowed: int) -> str | None:
    """The peers' setting with no more than the allowed false alarms that finds most, and soonest."""

    def merit(name: str) -> tuple[int, float]:
        delays = rows[name]["rows_to_alarm"]
        return -sum(each is not None for each in delays), sum(each or 0 for each in delays)

    peers_within = [name for name in rows if not name.startswith("e-d") and rows[name]["false"] <= allowed]
    return min(peers_within, key=merit, default=None)


def table(stream: ErrorStream) -> dict[str, Any]:
    """Everything about one stream."""
    found = stretches(stream.losses)
    alarms = [*ours(stream), *river(stream), *(nannyml(stream) if peers.is_made("nannyml") else [])]
    rows = {name: judged(found, each) for name, each in alarms}
    return {
        "rows": stream.losses.size,
        "autocorrelation_time": round(integrated_time(stream.losses[: found[0][1]]), 2),
        "stretches": [{"from": first, "error": round(rate, 3)} for first, _, rate in found],
        "detectors": rows,
        "best_peer_at_no_more_false_alarms": {
            name: best_peer(rows, each["false"]) for name, each in rows.items() if name.startswith("e-d")
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--elec2", type=Path, help="the folder of elec2.csv")
    given = parser.parse_args()
    data = [each for each in real_streams.datasets(given.elec2) if each.name != "machine"]  # it does not change
    print(json.dumps({each.name: table(real_streams.in_time_order(each)) for each in data}, indent=1))


if __name__ == "__main__":
    main()
