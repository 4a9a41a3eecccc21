"""How fast the drift statistics are, as multiples of np.sort of the same columns in the same run.

    python -m tests.benchmarks.drift_speed [--rows 100000] [--columns 20] [--repeat 5]

Prints one JSON object. `four_effects` is Kolmogorov-Smirnov, Wasserstein, PSI and Jensen-Shannon of every column by one
count against the profile's grid; `compare` adds autocorrelation times, p-values and verdicts. Times are processor time
(for two threads wall time, against the sort's wall time), the best of the repetitions, taken in turn so that a busy
machine treats all alike.

What bounds it: a value costs 0.3 ns to be read from memory, 0.4 ns to be counted in its cell, and 0.1 ns for each step
that finds this cell (an EPYC with AVX-512). Columns of rounded values need a look-up besides, 0.5 ns, to tell a value
from its next neighbour, and np.sort takes them in 1.5 ns where few values are distinct: there half a sort is out of
reach in NumPy. With 100,000 rows some 0.1 ms a column are for the distances themselves, a third of its sort.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import NumericProfile, ReferenceProfile, build_profile, compare, compare_samples
from aiqu_desktop.drift.profiles.counting import GridCounter
from aiqu_desktop.drift.univariate.numeric import distances_of, effects_of
from aiqu_desktop.drift.values import Floats, as_numbers

Columns = dict[str, Floats]


def four_effects(profile: ReferenceProfile, columns: Columns) -> list[dict[str, float]]:
    """What `compare` computes for the effects alone, missing and infinite values counted."""
    found = []
    for column in profile.columns:
        assert isinstance(column, NumericProfile)
        counter = GridCounter(column.grid)
        counter.add(as_numbers(column.name, columns[column.name]))
        found.append(distances_of(column, counter.finish()))
    return effects_of(found)


def best_times(
    tasks: dict[str, Callable[[], object]], repeat: int, clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Least seconds of each task over `repeat` rounds."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(repeat):
        for name, task in tasks.items():
            started = clock()
            task()
            best[name] = min(best[name], clock() - started)
    return best


def measure(draw: Callable[[int], Floats], rows: int, columns: int, repeat: int) -> dict[str, float]:
    """Multiples of the sort for columns that `draw` gives."""
    reference = {f"f{i}": draw(rows) for i in range(columns)}
    window = {f"f{i}": draw(rows) for i in range(columns)}
    kinds = dict.fromkeys(reference, ColumnKind.NUMERIC)
    profile = build_profile(reference, kinds)
    tasks: dict[str, Callable[[], object]] = {
        "sort": lambda: [np.sort(values) for values in window.values()],
        "four_effects": lambda: four_effects(profile, window),
        "sort_again": lambda: [np.sort(values) for values in window.values()],
        "compare": lambda: compare(profile, window),
    }
    for task in tasks.values():
        task()
    times = best_times(tasks, repeat)
    sort = min(times.pop("sort"), times.pop("sort_again"))  # before and after, on a busy machine
    times |= best_times({"exact": lambda: compare_samples(reference, window, kinds)}, 1)
    report = {f"{name}_multiple_of_sort": round(seconds / sort, 3) for name, seconds in times.items()}
    both = {"sort": tasks["sort"], "compare": lambda: compare(profile, window, jobs=2)}
    wall = best_times(both, repeat, time.perf_counter)
    report["compare_2_threads_multiple_of_sort"] = round(wall["compare"] / wall["sort"], 3)
    return {"sort_seconds": round(sort, 4)} | report


def small_window(repeat: int) -> dict[str, float]:
    """128 features x 300 rows, one thread, milliseconds, against references of three sizes."""
    rng = np.random.default_rng(1)
    report = {}
    for rows in (300, 3_000, 30_000):
        reference = {f"f{i}": rng.normal(size=rows) for i in range(128)}
        profile = build_profile(reference, dict.fromkeys(reference, ColumnKind.NUMERIC))
        window = {name: rng.normal(size=300) for name in reference}
        compare(profile, window)
        times = best_times({"compare": lambda p=profile, w=window: compare(p, w)}, repeat)
        report[f"reference_{rows}_ms"] = round(1000 * times["compare"], 2)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    shapes: dict[str, Callable[[int], Floats]] = {
        "normal": lambda n: rng.normal(size=n),
        "student_3": lambda n: rng.standard_t(3, n),
        "lognormal_2": lambda n: rng.lognormal(0.0, 2.0, n),
        "cauchy": lambda n: rng.standard_cauchy(n),
        "rounded": lambda n: rng.normal(size=n).round(1),
    }
    report: dict[str, object] = {"rows": options.rows, "columns": options.columns}
    for name, draw in shapes.items():
        report[name] = measure(draw, options.rows, options.columns, options.repeat)
    report["window_of_300_rows_128_features"] = small_window(4 * options.repeat)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
