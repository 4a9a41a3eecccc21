"""Charts in words, for those who hear the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiqu_desktop.reports.charts.marks import beyond
from aiqu_desktop.reports.charts.runs import has_value
from aiqu_desktop.reports.numerals import amount, day, interval, whole
from aiqu_desktop.reports.series import HeatMap, PerformancePoint, PerformanceSeries


def series_in_words(
    series: PerformanceSeries, points: Sequence[PerformancePoint], start: datetime, end: datetime
) -> str:
    """What the line shows: span, first, lowest, highest and last value, and how often it was beyond the limit."""
    quantity = series.quantity
    known = [p for p in points if has_value(p) and p.value is not None]
    head = f"Line chart of {quantity.name} from {day(start)} to {day(end)}"
    if not known:
        return f"{head}: no value in this period."
    low = min(known, key=lambda p: p.value or 0.0)
    high = max(known, key=lambda p: p.value or 0.0)
    last = known[-1]
    band = interval(last.low, last.high, quantity)
    words = [
        f"{head}, {len(known)} values",
        f"lowest {amount(low.value, quantity)} on {day(low.time)}",
        f"highest {amount(high.value, quantity)} on {day(high.time)}",
        f"last {amount(last.value, quantity)}" + (f" ({band})" if band else "") + f", n = {whole(last.n)}",
    ]
    if series.limit is not None:
        over = sum(p.value is not None and beyond(p.value, series) for p in known)
        words.append(f"limit {amount(series.limit, quantity)}, {over} values beyond it")
    return "; ".join(words) + "."


def heat_map_in_words(heat_map: HeatMap, shown: Sequence[int]) -> str:
    """What the map shows: its size, and the features most often beyond their limits."""
    if not heat_map.times or not shown:
        return "Heat map of drift by feature and time: nothing was computed in this period."
    head = (
        f"Heat map of drift effect over limit for {len(shown)} features and {len(heat_map.times)} windows "
        f"from {day(heat_map.times[0])} to {day(heat_map.times[-1])}"
    )
    worst = [(heat_map.features[row], sum(r is not None and r >= 1 for r in heat_map.ratios[row])) for row in shown[:3]]
    named = ", ".join(f"{name} ({count})" for name, count in worst if count)
    return f"{head}. Most windows beyond the limit: {named}." if named else f"{head}. No feature went beyond its limit."
