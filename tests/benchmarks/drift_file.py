"""`aiqu drift` on Parquet files larger than one would load, beside DuckDB's own scan of all their columns.

    python -m tests.benchmarks.drift_file [--rows 10000000] [--columns 20] [--rounds 3] [--folder FOLDER]

Prints one JSON object: wall seconds and processor seconds of the whole command (interpreter start and all) for two
tables and for a saved profile against a table, of DuckDB summing every column of the same files on two threads (its
interpreter's start and all), their ratios, and the peak memory of the command. The files hold normal, lognormal,
rounded and skewed columns; they are made once and kept in FOLDER, where given. On a busy machine read the processor
multiples. A third of a second of ours is the start: NumPy, DuckDB and scipy.special take most of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

_NORMAL = "sqrt(-2*ln(1-random()))*cos(2*pi()*random())"
_SHAPES = (_NORMAL, f"exp({_NORMAL})", f"round({_NORMAL}, 2)", f"{_NORMAL}/(0.05+random())")
_SCAN = (
    "import duckdb, sys; connection = duckdb.connect(config={{'threads': 2}}); "
    "[connection.execute({sums!r}.format(file)).fetchall() for file in sys.argv[1:]]"
)


def make(path: Path, rows: int, columns: int, seed: float) -> Path:
    """A table of `columns` DOUBLE columns of four shapes, unless it is there."""
    if not path.exists():
        wish = ", ".join(f"{_SHAPES[i % len(_SHAPES)]} AS c{i}" for i in range(columns))
        with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
            connection.execute(f"SELECT setseed({seed})")
            connection.execute(f"COPY (SELECT {wish} FROM range({rows})) TO '{path}' (FORMAT parquet)")
    return path


def run(command: list[str]) -> dict[str, float]:
    """Wall seconds, processor seconds and peak memory in MB of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{command} failed")
    return {"wall": wall, "processor": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}


def measure(folder: Path, rows: int, columns: int, rounds: int) -> dict[str, object]:
    reference = make(folder / f"reference-{rows}x{columns}.parquet", rows, columns, 0.1)
    current = make(folder / f"current-{rows}x{columns}.parquet", rows, columns, 0.2)
    profile = folder / f"reference-{rows}x{columns}.profile"
    aiqu = [sys.executable, "-m", "aiqu_desktop.cli.main", "drift"]
    sums = "SELECT " + ", ".join(f"sum(c{i})" for i in range(columns)) + " FROM '{}'"
    scan = [sys.executable, "-c", _SCAN.format(sums=sums)]
    run([*aiqu, str(reference), str(current), "--counted", "--save-profile", str(profile)])
    tasks = {
        "two_tables": [*aiqu, str(reference), str(current), "--counted"],
        "scan_of_both": [*scan, str(reference), str(current)],
        "profile_and_table": [*aiqu, str(profile), str(current)],
        "scan_of_one": [*scan, str(current)],
    }
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for name, command in tasks.items():
            found = run(command)
            known = best.setdefault(name, found)
            best[name] = {key: min(value, known[key]) for key, value in found.items()}
            best[name]["memory_mb"] = max(found["memory_mb"], known["memory_mb"])
    answer: dict[str, object] = {"rows": rows, "columns": columns, "goal": {"multiple": 2, "memory_mb": 500}}
    for ours, theirs in (("two_tables", "scan_of_both"), ("profile_and_table", "scan_of_one")):
        answer[ours] = {
            **{key: round(value, 2) for key, value in best[ours].items()},
            "scan": {key: round(value, 2) for key, value in best[theirs].items()},
            "multiple_of_scan": round(best[ours]["wall"] / best[theirs]["wall"], 2),
            "processor_multiple_of_scan": round(best[ours]["processor"] / best[theirs]["processor"], 2),
        }
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aiqu-drift-file-") as temporary:
        folder = options.folder or Path(temporary)
        print(json.dumps(measure(folder, options.rows, options.columns, options.rounds), indent=2))


if __name__ == "__main__":
    main()
