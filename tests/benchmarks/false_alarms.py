"""How often drift is called where there is none, ours and the peers' defaults in one run.

    python -m tests.benchmarks.false_alarms [--full] [--windows 200] [--peers nannyml frouros ...]

Single windows: 20 features, windows of 1,000 rows against a reference of 10,000, no drift: the share of windows with at
least one feature flagged; beside it the share of windows in which a shift of a quarter of a standard deviation in one
feature is found (`shift_power` says what can be found at all), and the share that the joint comparison flags.
"shuffled" draws the reference's rows in random order, as a train-test split leaves them.

A year: an hourly check of 1,000 fresh rows against one reference of 10,000, 8,760 checks, under `AlarmBudget(1)`.
False alarms are the checks flagged; the default run simulates each number of features once, the full one three times.
The peers' year is their share of flagged single windows times 8,760.

Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import DriftLimits, ReferenceProfile, build_profile, compare
from aiqu_desktop.drift.evidence import AlarmBudget
from aiqu_desktop.drift.multivariate import JointLimits, MultivariateReference, compare_jointly
from tests.benchmarks import peers

FEATURES, REFERENCE, WINDOW, SHIFT = 20, 10_000, 1_000, 0.25
HOURS = 8_760
WORLDS = {"iid": (0.0, False), "ar": (0.9, False), "ar, reference shuffled": (0.9, True)}
PEER_SCRIPTS = Path(__file__).parent / "peers"
Floats = NDArray[np.float64]


def series(rng: np.random.Generator, rows: int, columns: int, factor: float) -> Floats:
    """Stationary AR(1) of unit variance, [rows, columns]."""
    steps = rng.normal(size=(rows, columns))
    if not factor:
        return steps
    steps *= np.sqrt(1.0 - factor**2)
    steps[0] /= np.sqrt(1.0 - factor**2)
    return signal.lfilter([1.0], [1.0, -factor], steps, axis=0)


def as_columns(matrix: Floats) -> dict[str, Floats]:
    return {f"f{i:03d}": matrix[:, i] for i in range(matrix.shape[1])}


def profile_of(matrix: Floats) -> ReferenceProfile:
    columns = as_columns(matrix)
    return build_profile(columns, dict.fromkeys(columns, ColumnKind.NUMERIC))


def draw(rng: np.random.Generator, factor: float, shuffled: bool, windows: int) -> tuple[Floats, Floats]:
    """A reference [rows, features] and windows [windows, rows, features] that follow on it."""
    whole = series(rng, REFERENCE + windows * WINDOW, FEATURES, factor)
    reference = whole[:REFERENCE]
    if shuffled:
        reference = rng.permutation(reference)
    return reference, whole[REFERENCE:].reshape(windows, WINDOW, FEATURES)


def single_windows(windows: int, limits: DriftLimits) -> dict[str, Any]:
    """Ours: shares of windows flagged, and the shift found; a fresh reference every 20 windows."""
    answer: dict[str, Any] = {}
    for place, (world, (factor, shuffled)) in enumerate(WORLDS.items()):
        flagged, found, features, batches = 0, 0, 0, -(-windows // 20)
        for batch in range(batches):
            reference, rows = draw(np.random.default_rng([1, place, batch]), factor, shuffled, 20)
            profile = profile_of(reference)
            for window in rows:
                moved = compare(profile, as_columns(window), limits=limits).drifted_columns
                flagged, features = flagged + bool(moved), features + len(moved)
                shifted = window.copy()
                shifted[:, 7] += SHIFT
                found += "f007" in compare(profile, as_columns(shifted), limits=limits).drifted_columns
        total = 20 * batches
        answer[world] = {
            "windows": total,
            "flagged": flagged / total,
            "features": features / total,
            "found": found / total,
        }
    return answer


def a_year(features: int, factor: float, seed: int, hours: int = HOURS) -> dict[str, Any]:
    """Ours: hourly checks under a budget of one false alarm a year, against one reference."""
    rng = np.random.default_rng([2, seed, features])
    profile = profile_of(series(rng, REFERENCE, features, factor))
    limits = DriftLimits(alpha=AlarmBudget(per_year=1.0, checks_per_year=HOURS).level)
    flagged = sum(
        compare(profile, as_columns(series(rng, WINDOW, features, factor)), limits=limits).drifted for _ in range(hours)
    )
    return {
        "features": features,
        "factor": factor,
        "checks": hours,
        "false_alarms": flagged,
        "checks to find a quarter": _delay(rng, profile, limits, features, factor, SHIFT),
        "checks to find a whole": _delay(rng, profile, limits, features, factor, 1.0),
    }


def _delay(
    rng: np.random.Generator, profile: ReferenceProfile, limits: DriftLimits, features: int, factor: float, shift: float
) -> int | None:
    """Checks until a lasting shift of one feature is called; None: not within a hundred."""
    for check in range(1, 101):
        window = series(rng, WINDOW, features, factor)
        window[:, 0] += shift
        if "f000" in compare(profile, as_columns(window), limits=limits).drifted_columns:
            return check
    return None


def joint_windows(windows: int) -> dict[str, Any]:
    """Ours, all columns together: shares of windows flagged by the verdict and by the reconstruction error alone."""
    answer: dict[str, Any] = {}
    limits = JointLimits()
    for place, (world, (factor, shuffled)) in enumerate(WORLDS.items()):
        flagged, rebuilt, batches = 0, 0, -(-windows // 20)
        for batch in range(batches):
            reference, rows = draw(np.random.default_rng([4, place, batch]), factor, shuffled, 20)
            columns = as_columns(reference)
            known = MultivariateReference.fit(columns, dict.fromkeys(columns, ColumnKind.NUMERIC))
            for window in rows:
                found = compare_jointly(known, as_columns(window), limits=limits)
                error = found.reconstruction
                flagged += found.drifted
                rebuilt += error is not None and error.p_value <= limits.alpha / 2 and abs(error.effect) >= error.limit
        total = 20 * batches
        answer[world] = {"windows": total, "flagged": flagged / total, "by reconstruction": rebuilt / total}
    return answer


def ask_peer(name: str, windows: int) -> Any:
    """A peer's share of flagged windows in each world, on the very rows that we saw."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.npz"
        arrays: dict[str, Floats] = {}
        for place, (world, (factor, shuffled)) in enumerate(WORLDS.items()):
            reference, rows = draw(np.random.default_rng([1, place, 0]), factor, shuffled, windows)
            arrays[f"{world}|reference"], arrays[f"{world}|windows"] = reference, rows
        np.savez(file, **arrays)
        return peers.ask(name, PEER_SCRIPTS / f"{name.replace('-', '_')}_alarms.py", str(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--windows", type=int, default=200)
    parser.add_argument("--peers", nargs="*", default=["nannyml", "frouros", "evidently", "alibi-detect", "deepchecks"])
    parser.add_argument("--features", type=int, nargs="*", default=[20])
    parser.add_argument("--hours", type=int, default=HOURS)
    options = parser.parse_args()
    windows = 2_000 if options.full else options.windows
    sizes, seeds = ([20, 100, 500], 3) if options.full else (options.features, 1)
    answer: dict[str, Any] = {
        "single windows": {
            "ours": single_windows(windows, DriftLimits()),
            "ours, evidence alone": single_windows(windows, DriftLimits(numeric_limit=0.0)),
            "ours, all columns together": joint_windows(windows),
        },
        "a year": [
            a_year(n, factor, seed, options.hours) for n in sizes for factor in (0.0, 0.9) for seed in range(seeds)
        ],
    }
    for name in options.peers:
        if peers.is_made(name) and (PEER_SCRIPTS / f"{name.replace('-', '_')}_alarms.py").exists():
            answer["single windows"][name] = found = ask_peer(name, 50 if options.full else 20)
            answer[f"a year of {name}"] = {world: round(found[world]["flagged"] * HOURS) for world in found}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
