"""Points cut into unbroken runs, so that a gap in the data stays a gap in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from aiqu_desktop.reports.series import PerformancePoint

_SILENT = 1.5  # a silence longer than this many usual distances is a gap


def has_value(point: PerformancePoint) -> bool:
    return point.value is not None and math.isfinite(point.value)


def unbroken_runs(points: Sequence[PerformancePoint], cadence: timedelta | None) -> list[list[PerformancePoint]]:
    """`points` in time order, cut at every missing value and at every silence longer than 1.5 times `cadence`."""
    runs: list[list[PerformancePoint]] = [[]]
    for point in sorted(points, key=lambda p: p.time):
        if not has_value(point):
            runs.append([])
            continue
        if runs[-1] and cadence and point.time - runs[-1][-1].time > cadence * _SILENT:
            runs.append([])
        runs[-1].append(point)
    return [run for run in runs if run]


def silences(
    runs: Sequence[Sequence[PerformancePoint]], end: datetime, cadence: timedelta | None
) -> list[tuple[datetime, datetime]]:
    """The spans between `runs`, and the one from the last point to `end` if it is longer than a usual distance."""
    found = [(a[-1].time, b[0].time) for a, b in pairwise(runs)]
    if runs and cadence and end - runs[-1][-1].time > cadence * _SILENT:
        found.append((runs[-1][-1].time, end))
    return found


def thinned(points: Sequence[PerformancePoint], at_most: int = 600) -> list[PerformancePoint]:
    """At most about `at_most` of `points`: of each stretch its first, lowest, highest and a missing one, so that
    no extreme and no gap is lost. More would be finer than the printer's dots."""
    ordered = sorted(points, key=lambda p: p.time)
    if len(ordered) <= at_most:
        return ordered
    stretch = math.ceil(len(ordered) / (at_most / 4))
    kept: list[PerformancePoint] = []
    for begin in range(0, len(ordered), stretch):
        part = ordered[begin : begin + stretch]
        known = [p for p in part if has_value(p)]
        missing = [p for p in part if not has_value(p)]
        chosen = [part[0], *missing[:1]]
        if known:
            chosen += [min(known, key=lambda p: p.value or 0.0), max(known, key=lambda p: p.value or 0.0)]
        kept += [p for p in part if any(p is c for c in chosen)]
    return kept
