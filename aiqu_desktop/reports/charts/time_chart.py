"""A metric over time: line with band, limits named at the line, gaps as gaps, events above, sample sizes below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.reports.charts.alternative import series_in_words
from aiqu_desktop.reports.charts.chart import SMALL, WIDTH, Chart, Frame, draw_date_axis, draw_value_axis
from aiqu_desktop.reports.charts.events import draw_strip, lay_out
from aiqu_desktop.reports.charts.marks import MOST_MARKERS, Style, draw_band, draw_line, draw_markers, legend, styles_of
from aiqu_desktop.reports.charts.palette import BAR, INK, MUTED, SILENCE, SILENCE_LINE, VERMILLION
from aiqu_desktop.reports.charts.runs import finite, has_value, silences, thinned, unbroken_runs
from aiqu_desktop.reports.charts.svg import Drawing, shortened
from aiqu_desktop.reports.charts.ticks import nice_step
from aiqu_desktop.reports.history import AlarmEntry, ReleaseEntry
from aiqu_desktop.reports.numerals import amount, whole
from aiqu_desktop.reports.series import PerformancePoint, PerformanceSeries

_LEFT, _RIGHT, _HEAD, _FOOT, _COUNTS = 38.0, 76.0, 16.0, 24.0, 26.0
_MOST_POINTS, _MOST_BARS = 800, 150


def time_chart(
    series: PerformanceSeries,
    start: datetime,
    end: datetime,
    releases: Sequence[ReleaseEntry] = (),
    alarms: Sequence[AlarmEntry] = (),
    height: float = 130.0,
    rows: str = "labelled rows",
) -> Chart:
    """Draw `series` over [start, end].

    height: of the plot area in points. rows: what `n` counts, named beside the bars.
    """
    start, end = as_utc(start), as_utc(end)
    points = finite(p for p in series.points if start <= as_utc(p.time) <= end)
    styles = styles_of(points)
    frame = Frame(_LEFT, _HEAD, WIDTH - _LEFT - _RIGHT, height, start, end, *_value_range(series, points))
    strip = lay_out(releases, alarms, frame)
    frame = replace(frame, top=_HEAD + strip.height + (4 if strip.height else 0))
    foot = frame.bottom + 6 + _COUNTS
    words = series_in_words(series, points, start, end)
    drawing = Drawing(WIDTH, foot + _FOOT, words)
    quantity = series.quantity
    unit = "%" if quantity.is_share else quantity.unit
    room = legend(drawing, styles, series, right=WIDTH, y=8)
    drawing.text(
        (0, 8), shortened(f"{quantity.name}, {unit}" if unit else quantity.name, 8, room), INK, 7.5, weight=600
    )
    _draw_silences(drawing, frame, styles, points, series.cadence)
    draw_value_axis(drawing, frame, 100.0 if quantity.is_share else 1.0)
    draw_date_axis(drawing, frame, foot)
    draw_strip(drawing, strip, frame, _HEAD)
    runs = [(style, run) for style in styles for run in _runs(points, series.cadence, style)]
    for style, run in runs:
        draw_band(drawing, frame, run, style)
    for style, run in runs:
        draw_line(drawing, frame, run, style)
    _draw_limits(drawing, frame, series)
    crowded = sum(len(run) for _, run in runs) > MOST_MARKERS
    for style, run in runs:
        draw_markers(drawing, frame, run, style, series, crowded)
    _draw_right_labels(drawing, frame, series, points)
    _draw_counts(drawing, frame, points, foot, rows)
    return Chart(str(drawing), words)


def _runs(points: Sequence[PerformancePoint], cadence: timedelta | None, style: Style) -> list[list[PerformancePoint]]:
    """The unbroken runs of one kind of value, thinned to what paper can show."""
    runs = unbroken_runs([p for p in points if p.estimated is style.estimated], cadence)
    total = sum(len(run) for run in runs) or 1
    return [thinned(run, max(8, _MOST_POINTS * len(run) // total)) for run in runs]


def _value_range(series: PerformanceSeries, points: Sequence[PerformancePoint]) -> tuple[float, float]:
    """From the lowest to the highest thing drawn, a little more, on round numbers; shares stay within 0 and 1."""
    drawn = [v for p in points if has_value(p) for v in (p.value, p.low, p.high) if v is not None]
    drawn += [v for v in (series.limit, series.acceptance) if v is not None]
    if not drawn:
        return 0.0, 1.0
    low, high = min(drawn), max(drawn)
    if not series.quantity.higher_is_better and low >= 0:
        low = 0.0  # an error or a share of drifted features is read against nothing at all
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 0.1
    step = nice_step(high - low + 2 * pad, 5)
    low, high = ((low - pad) // step * step if low else 0.0), -((-high - pad) // step) * step
    return (max(0.0, low), min(1.0, high)) if series.quantity.is_share else (low, high)


def _draw_silences(
    drawing: Drawing,
    frame: Frame,
    styles: Sequence[Style],
    points: Sequence[PerformancePoint],
    cadence: timedelta | None,
) -> None:
    """Grey where no kind of value is known."""
    if not styles:
        drawing.rectangle((frame.left, frame.top), frame.width, frame.height, SILENCE)
        middle = (frame.left + frame.width / 2, frame.top + frame.height / 2)
        drawing.text(middle, "no value in this period", MUTED, 8, "middle")
        return
    for begin, stop in silences(unbroken_runs(points, cadence), frame.end, cadence):
        left, right = frame.x(begin) + 3, frame.x(stop) - (3 if stop < frame.end else 0)
        if right - left < 2:
            continue
        drawing.rectangle((left, frame.top), right - left, frame.height, SILENCE)
        drawing.line((left, frame.top), (left, frame.bottom), SILENCE_LINE, 0.5, "2 2")
        drawing.line((right, frame.top), (right, frame.bottom), SILENCE_LINE, 0.5, "2 2")
        if right - left > 34:
            drawing.text(((left + right) / 2, frame.bottom - 5), "no value", MUTED, 6.5, "middle")


def _draw_limits(drawing: Drawing, frame: Frame, series: PerformanceSeries) -> None:
    if series.acceptance is not None:
        y = frame.y(series.acceptance)
        drawing.line((frame.left, y), (frame.right, y), MUTED, 0.9, "1 2")
    if series.limit is not None:
        y = frame.y(series.limit)
        drawing.line((frame.left, y), (frame.right, y), VERMILLION, 1.0, "5 2.5")


def _draw_right_labels(
    drawing: Drawing, frame: Frame, series: PerformanceSeries, points: Sequence[PerformancePoint]
) -> None:
    """Names at the lines' ends, pushed apart where they would touch."""
    quantity = series.quantity
    labels: list[tuple[float, str, str, int]] = []
    if series.limit is not None:
        labels.append((frame.y(series.limit), f"limit {amount(series.limit, quantity)}", VERMILLION, 600))
    if series.acceptance is not None:
        labels.append((frame.y(series.acceptance), f"accepted {amount(series.acceptance, quantity)}", MUTED, 400))
    known = [p for p in points if has_value(p) and not p.estimated] or [p for p in points if has_value(p)]
    if known and known[-1].value is not None:
        labels.append((frame.y(known[-1].value), f"last {amount(known[-1].value, quantity)}", INK, 600))
    floor = float("-inf")
    placed = []
    for y, label, colour, weight in sorted(labels):
        floor = max(y + 2.5, floor + 9)
        placed.append((floor, label, colour, weight))
    excess = max(0.0, floor - (frame.bottom + 3))
    for y, label, colour, weight in placed:
        fitting = shortened(label, SMALL, _RIGHT - 6)
        drawing.text((frame.right + 6, y - excess), fitting, colour, SMALL, weight=weight)


def _draw_counts(drawing: Drawing, frame: Frame, points: Sequence[PerformancePoint], foot: float, rows: str) -> None:
    """How many rows stand behind each value, as bars on one scale that starts at zero; of many, the fewest."""
    counted = [p for p in points if not p.estimated] or list(points)
    most = max((p.n for p in counted), default=0)
    drawing.text((frame.right + 10, foot - 11), rows, MUTED, 6.5)
    drawing.text((frame.right + 10, foot - 3), f"n up to {whole(most)}", MUTED, 6.5)
    drawing.text((frame.left - 5, foot - _COUNTS / 2 + 2.5), "n", MUTED, SMALL, "end")
    if not most:
        return
    counted = _fewest(counted)
    places = [frame.x(p.time) for p in counted]
    nearest = min((b - a for a, b in pairwise(places) if b > a), default=8.0)
    wide = min(8.0, max(0.4, nearest * 0.7))
    for point, x in zip(counted, places, strict=True):
        tall = (_COUNTS - 2) * point.n / most
        drawing.rectangle((x - wide / 2, foot - tall), wide, tall, BAR)


def _fewest(points: list[PerformancePoint]) -> list[PerformancePoint]:
    """Of each stretch of windows the one with the fewest rows: no more bars than can be told apart."""
    stretch = math.ceil(len(points) / _MOST_BARS) or 1
    return [min(points[k : k + stretch], key=lambda p: p.n) for k in range(0, len(points), stretch)]
