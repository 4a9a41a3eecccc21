"""Drift of numeric columns: ours beside Evidently, NannyML, frouros, alibi-detect and deepchecks, in one run.

    python -m tests.benchmarks.drift_peers [--rows 100000] [--columns 20] [--rounds 3] [--only nannyml frouros]

Prints one JSON object. `ours_seconds` is Kolmogorov-Smirnov, Wasserstein, PSI, Jensen-Shannon and more of all columns
against a stored profile, one thread; `compare_seconds` adds the evidence and the verdict. A peer's `times_ours` is its
seconds over `ours_seconds`; peers that compute one distance at a time are listed by distance. Our rounds are run before
and after each peer's, so that a busy machine slows both; the least counts on each side. The peers' environments are
made by `python -m tests.benchmarks.peers`. Evidently takes minutes for a million rows: leave it out with --only.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import ReferenceProfile, build_profile, compare
from tests.benchmarks.drift_speed import best_times, four_effects
from tests.benchmarks.peers import ask, is_made

GOALS = {"evidently": 500, "nannyml": 10, "frouros": 10, "alibi-detect": 50, "deepchecks": 50}
SCRIPTS = Path(__file__).parent / "peers"


def measure(rows: int, columns: int, rounds: int, names: list[str]) -> dict[str, object]:
    rng = np.random.default_rng(0)
    reference = rng.normal(size=(rows, columns))
    current = rng.normal(size=(rows, columns))
    current[:, 0] += 0.15
    before = {f"f{i}": np.ascontiguousarray(reference[:, i]) for i in range(columns)}
    window = {f"f{i}": np.ascontiguousarray(current[:, i]) for i in range(columns)}
    built = build_profile(before, dict.fromkeys(before, ColumnKind.NUMERIC))
    profile = ReferenceProfile.from_bytes(built.to_bytes())
    tasks = {"ours": lambda: four_effects(profile, window), "compare": lambda: compare(profile, window)}
    best = best_times(tasks, rounds + 1)
    peers: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="aiqu-drift-peers-") as folder:
        files = Path(folder) / "reference.npy", Path(folder) / "current.npy"
        np.save(files[0], reference)
        np.save(files[1], current)
        for name in names:
            script = SCRIPTS / f"{name.replace('-', '_')}_drift_speed.py"
            peers[name] = ask(name, script, str(files[0]), str(files[1]), str(rounds))
            best = {task: min(best[task], took) for task, took in best_times(tasks, rounds).items()}
    return {
        "rows": rows,
        "columns": columns,
        "ours_seconds": round(best["ours"], 5),
        "compare_seconds": round(best["compare"], 5),
        "peers": {
            name: {
                way: {
                    "seconds": round(seconds, 4),
                    "times_ours": round(seconds / best["ours"], 1),
                    "times_compare": round(seconds / best["compare"], 1),
                    "goal": GOALS[name],
                }
                for way, seconds in found.items()
            }
            for name, found in peers.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=list(GOALS))
    options = parser.parse_args()
    names = options.only or [name for name in GOALS if is_made(name)]
    print(json.dumps(measure(options.rows, options.columns, options.rounds, names), indent=2))


if __name__ == "__main__":
    main()
