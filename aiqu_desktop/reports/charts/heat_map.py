"""Features by time: how far each feature was from its limit in each window, in five classes told apart by mark too."""

from __future__ import annotations

import math

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.reports.charts.alternative import heat_map_in_words
from aiqu_desktop.reports.charts.chart import SMALL, WIDTH, Chart, Frame, draw_date_axis
from aiqu_desktop.reports.charts.palette import HEAT_CLASSES, INK, MUTED, SILENCE_LINE
from aiqu_desktop.reports.charts.svg import Drawing, shortened, text_width
from aiqu_desktop.reports.series import HeatMap

MOST_FEATURES = 20
MOST_WINDOWS = 120
_NAMES, _FOOT, _KEY = 118.0, 24.0, 18.0


def heat_map_chart(heat_map: HeatMap, at_most: int = MOST_FEATURES) -> Chart:
    """Draw the `at_most` features that were most often and most strongly beyond their limits, the worst on top."""
    shown = worst_features(heat_map, at_most)
    columns = _columns(len(heat_map.times))
    cell = min(11.0, max(7.5, 250.0 / max(len(shown), 1)))
    words = heat_map_in_words(heat_map, shown)
    if not shown or not columns:
        return Chart(str(Drawing(WIDTH, 1, words)), words)
    width = WIDTH - _NAMES
    times = [as_utc(moment) for moment in heat_map.times]
    frame = Frame(_NAMES, 4, width, cell * len(shown), times[0], times[-1], 0, 1)
    drawing = Drawing(WIDTH, frame.bottom + _FOOT + _KEY, words)
    wide = width / len(columns)
    for line, row in enumerate(shown):
        y = frame.top + cell * line
        name = shortened(heat_map.features[row], SMALL, _NAMES - 10)
        drawing.text((_NAMES - 5, y + cell / 2 + 2.5), name, INK, SMALL, "end")
        for index, (first, last) in enumerate(columns):
            known = [r for r in heat_map.ratios[row][first:last] if r is not None and not math.isnan(r)]
            _draw_cell(drawing, frame.left + wide * index, y, wide, cell, max(known, default=None))
    # The axis runs between the middles of the first and the last column.
    axis = Frame(
        frame.left + wide / 2, frame.top, width - wide, frame.height, frame.start, frame.end, 0, 1
    )  # fmt: skip
    draw_date_axis(drawing, axis, frame.bottom + 1.5, grid=False)
    _draw_key(drawing, frame.bottom + _FOOT + 6)
    return Chart(str(drawing), words)


def worst_features(heat_map: HeatMap, at_most: int) -> list[int]:
    """Row numbers: most windows beyond the limit first, then the greatest ratio, then the order given."""

    def badness(row: int) -> tuple[int, float, int]:
        known = [r for r in heat_map.ratios[row] if r is not None and not math.isnan(r)]
        return (-sum(r >= 1 for r in known), -max(known, default=0.0), row)

    return sorted(range(len(heat_map.features)), key=badness)[:at_most]


def _columns(windows: int) -> list[tuple[int, int]]:
    """Windows [first, last) of each drawn column; beyond MOST_WINDOWS a column shows the greatest of several."""
    together = math.ceil(windows / MOST_WINDOWS) or 1
    return [(first, min(first + together, windows)) for first in range(0, windows, together)]


def _draw_cell(drawing: Drawing, x: float, y: float, wide: float, tall: float, ratio: float | None) -> None:
    gap = 0.6 if wide > 4 else 0.2
    corner, w, h = (x + gap / 2, y + gap / 2), wide - gap, tall - gap
    if ratio is None:
        drawing.rectangle(corner, w, h, "#ffffff")
        drawing.line((corner[0], corner[1] + h), (corner[0] + w, corner[1]), SILENCE_LINE, 0.5)
        return
    _, fill, mark = next(c for c in HEAT_CLASSES if ratio < c[0] or math.isinf(c[0]))
    drawing.rectangle(corner, w, h, fill)
    middle = (x + wide / 2, y + tall / 2)
    reach = min(w, h) / 2 - 0.6
    if mark == "dot" and reach > 0.4:
        drawing.circle(middle, min(1.3, reach), INK)
    elif mark == "cross" and reach > 0.4:
        r = min(2.0, reach)
        for slope in (1, -1):
            drawing.line((middle[0] - r, middle[1] - slope * r), (middle[0] + r, middle[1] + slope * r), "#ffffff", 0.9)


def _draw_key(drawing: Drawing, y: float) -> None:
    """The classes in words, in the same cells."""
    x = _NAMES
    drawing.text((0, y + 6.5), "effect as a multiple of its limit", MUTED, SMALL)
    labels = ("below ¼", "¼ to ½", "½ to 1", "1 to 2: beyond", "2 or more")
    for (top, _, _), label in zip(HEAT_CLASSES, labels, strict=True):
        _draw_cell(drawing, x, y, 13, 9, 9.0 if math.isinf(top) else top * 0.9)
        drawing.text((x + 17, y + 6.8), label, MUTED, SMALL)
        x += 17 + text_width(label, SMALL) + 12
    _draw_cell(drawing, x, y, 13, 9, None)
    drawing.text((x + 17, y + 6.8), "not computed", MUTED, SMALL)
