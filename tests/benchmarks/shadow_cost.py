"""What a shadow costs the champion: python -m tests.benchmarks.shadow_cost [--busy N].

Files of rows are fed one at a time to a real line; the time from the rename of a file to its observations in the drop
folder is what a row waits. With and without a shadow in turn, so that both meet the same neighbours.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.line.floor import Floor, line

FILES, ROWS, TURNS = 120, 200, 5


def waits(floor: Floor) -> list[float]:
    """Milliseconds that each file waited."""
    found = []
    for place in range(FILES):
        name = f"{place:04d}"
        floor.feed(name, ROWS, seed=place)
        began, wanted = time.perf_counter(), floor.drop / f"obs-{name}.csv"
        while not wanted.exists():
            time.sleep(0.0005)
        found.append(1000 * (time.perf_counter() - began))
        wanted.unlink()
    return found


def main() -> None:
    """Measure and print medians and 99th percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=0, help="processes that keep processors busy meanwhile")
    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(parser.parse_args().busy)]
    seen: dict[str, list[float]] = {"alone": [], "with a shadow": []}
    try:
        for turn in range(TURNS):
            for name, every in seen.items():
                with tempfile.TemporaryDirectory() as place:
                    floor = Floor(Path(place) / "line")
                    floor.serve(1)
                    if name != "alone":
                        floor.shadow_by(2)
                    with line(floor.root):
                        floor.until_serving(1)
                        if name != "alone":
                            floor.until_shadowing(2)
                        every += waits(floor)
            print(f"turn {turn + 1} of {TURNS}", file=sys.stderr)
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()
    for name, every in seen.items():
        tail = statistics.quantiles(every, n=100)[98]
        print(f"{name}: median {statistics.median(every):.1f} ms, 99th percentile {tail:.1f} ms, n = {len(every)}")


if __name__ == "__main__":
    main()
