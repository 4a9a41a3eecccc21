"""Points cut into unbroken runs, so that a gap in the data stays a gap in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from aiqu_desktop.reports.series import PerformancePoint

_SILENT = 1.5  # a silence longer than this many usual distances is a gap


def has_value(point: PerformancePoint) -> bool:
    return point.value is not None and math.isfinite(point.value)


def finite(points: Iterable[PerformancePoint]) -> list[PerformancePoint]:
    """`points` in time order with None for every value or end of a band that is no finite number."""
    checked = [replace(p, value=_finite(p.value), low=_finite(p.low), high=_finite(p.high)) for p in points]
    return sorted(checked, key=lambda p: p.time)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


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
    """At most about `at_most` of an unbroken run: of each stretch its first, last, lowest and highest, so that no
    extreme is lost. More would be finer than the printer's dots."""
    if len(points) <= at_most:
        return list(points)
    stretch = math.ceil(len(points) * 4 / at_most)
    kept: list[PerformancePoint] = []
    for begin in range(0, len(points), stretch):
        part = points[begin : begin + stretch]
        values = [p.value or 0.0 for p in part]
        chosen = {0, len(part) - 1, values.index(min(values)), values.index(max(values))}
        kept += [part[k] for k in sorted(chosen)]
    return kept
