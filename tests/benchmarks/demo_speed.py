"""How long a replayed day of the demo takes: line, ingest, checks and people, all three models.

    python -m tests.benchmarks.demo_speed [--start 2008-11-01] [--days 60]

Prints one JSON object: seconds to set the stage, milliseconds of a day (median, 95 % and longest), observations a
second, and what the whole story would take at the median. `sort_ms` is np.sort of a million numbers in the same run,
the unit to compare machines by.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from aiqu_desktop.demo import stage
from aiqu_desktop.demo.story import load_story
from aiqu_desktop.registry.tables import CheckRun, ObservationId


def sort_milliseconds() -> float:
    """The best of five sorts of a million normal numbers."""
    numbers = np.random.default_rng(0).normal(size=1_000_000)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        np.sort(numbers)
        times.append(time.perf_counter() - began)
    return 1000 * min(times)


def measure(root: Path, start: datetime, days: int) -> dict[str, float]:
    """Play `days` days of the story from `start` in an empty folder."""
    whole = load_story()
    story = replace(whole, start=start, end=start + timedelta(days=days))
    stage.load_story = lambda: story
    ends: list[float] = []
    began = time.perf_counter()
    with stage.set_stage(root) as set_up:
        ready = time.perf_counter()
        set_up.replay.run(story.end, people_act=True, on_day=lambda _: ends.append(time.perf_counter()))
        with set_up.registry.read() as session:
            rows = session.scalar(select(func.count()).select_from(ObservationId)) or 0
            checks = session.scalar(select(func.count()).select_from(CheckRun)) or 0
    took = 1000 * np.diff([ready, *ends])
    return {
        "stage_seconds": ready - began,
        "days": days,
        "day_median_ms": float(np.median(took)),
        "day_95_ms": float(np.percentile(took, 95)),
        "day_longest_ms": float(took.max()),
        "observations_a_second": rows / (ends[-1] - ready),
        "checks": checks,
        "whole_story_seconds_at_the_median": float(np.median(took)) / 1000 * (whole.end - whole.start).days,
        "sort_ms": sort_milliseconds(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
                        default=datetime(2008, 11, 1, tzinfo=UTC))  # fmt: skip
    parser.add_argument("--days", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aiqu-demo-speed-") as folder:
        result = measure(Path(folder) / "site", options.start, options.days)
    print(json.dumps({name: round(value, 2) for name, value in result.items()}, indent=2))


if __name__ == "__main__":
    main()
