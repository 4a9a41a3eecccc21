"""How a point, a line and a band look: realised and estimated values differ in colour, dash and marker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiqu_desktop.reports.charts.chart import SMALL, Frame
from aiqu_desktop.reports.charts.palette import BLUE, BLUE_TINT, MUTED, PURPLE, PURPLE_TINT, VERMILLION
from aiqu_desktop.reports.charts.runs import has_value
from aiqu_desktop.reports.charts.svg import Drawing, shortened, text_width
from aiqu_desktop.reports.series import PerformancePoint, PerformanceSeries

_LONGEST_ENTRY = 150.0
MOST_MARKERS = 120  # beyond this they would touch; the ones beyond the limit are always drawn


@dataclass(frozen=True, slots=True)
class Style:
    estimated: bool
    label: str
    colour: str
    tint: str
    dash: str


REALISED = Style(False, "realised", BLUE, BLUE_TINT, "")
ESTIMATED = Style(True, "estimated without labels", PURPLE, PURPLE_TINT, "3 2")


def styles_of(points: Sequence[PerformancePoint]) -> list[Style]:
    """The styles that `points` need, the one drawn below first."""
    known = {p.estimated for p in points if has_value(p)}
    return [style for style in (ESTIMATED, REALISED) if style.estimated in known]


def beyond(value: float, series: PerformanceSeries) -> bool:
    """Whether `value` is on the bad side of the limit."""
    if series.limit is None:
        return False
    return value < series.limit if series.quantity.higher_is_better else value > series.limit


def draw_band(drawing: Drawing, frame: Frame, run: Sequence[PerformancePoint], style: Style) -> None:
    """The band as an area; as a bar with feet where a point stands alone."""
    ends = [(p.time, p.low, p.high) for p in run if p.low is not None and p.high is not None]
    if len(ends) == 1:
        moment, low, high = ends[0]
        x, top, bottom = frame.x(moment), frame.y(high), frame.y(low)
        drawing.line((x, top), (x, bottom), style.colour, 0.7)
        for y in (top, bottom):
            drawing.line((x - 2, y), (x + 2, y), style.colour, 0.7)
    elif ends:
        upper = [(frame.x(moment), frame.y(high)) for moment, _, high in ends]
        lower = [(frame.x(moment), frame.y(low)) for moment, low, _ in ends]
        drawing.polygon(upper + lower[::-1], style.tint)


def draw_line(drawing: Drawing, frame: Frame, run: Sequence[PerformancePoint], style: Style) -> None:
    if len(run) > 1:
        places = [(frame.x(p.time), frame.y(p.value)) for p in run if p.value is not None]
        drawing.polyline(places, style.colour, 1.2, style.dash)
        if style.estimated:  # its band stays visible where the realised one lies over it
            for ends in ([p.low for p in run], [p.high for p in run]):
                edge = [(frame.x(p.time), frame.y(y)) for p, y in zip(run, ends, strict=True) if y is not None]
                drawing.polyline(edge, style.colour, 0.5, "1 1.5")


def draw_markers(
    drawing: Drawing,
    frame: Frame,
    points: Sequence[PerformancePoint],
    style: Style,
    series: PerformanceSeries,
    crowded: bool,
) -> None:
    """A disc for a realised value, a ring for an estimated one, a diamond beyond the limit (small where crowded)."""
    for point in points:
        if not has_value(point) or point.value is None:
            continue
        centre = frame.x(point.time), frame.y(point.value)
        if beyond(point.value, series):
            draw_diamond(drawing, centre, 1.6 if crowded else 3.0, hollow=style.estimated)
        elif not crowded:
            drawing.circle(centre, 1.9, "#ffffff" if style.estimated else style.colour, style.colour, 0.8)


def draw_diamond(drawing: Drawing, centre: tuple[float, float], reach: float, hollow: bool = False) -> None:
    x, y = centre
    corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    drawing.polygon(corners, "#ffffff" if hollow else VERMILLION, VERMILLION if hollow else "#ffffff", 0.7)


def legend(drawing: Drawing, styles: Sequence[Style], series: PerformanceSeries, right: float, y: float) -> float:
    """What is on the chart, set from the right; a band is named only when it is drawn. Returns where it begins."""
    banded = any(p.low is not None and p.high is not None for p in series.points)
    beyond_limit = any(p.value is not None and has_value(p) and beyond(p.value, series) for p in series.points)
    if beyond_limit:
        right = _entry(drawing, "beyond the limit", right, y)
        draw_diamond(drawing, (right + 12, y - 2.5), 3.0)
        right -= 8
    for style in styles if len(styles) > 1 or banded else ():
        label = style.label
        if banded and not style.estimated:
            label = shortened(f"{label}, {series.band}", SMALL, _LONGEST_ENTRY)
        right = _entry(drawing, label, right, y)
        if banded:
            drawing.rectangle((right, y - 6), 16, 7, style.tint)
        drawing.line((right, y - 2.5), (right + 16, y - 2.5), style.colour, 1.2, style.dash)
        drawing.circle((right + 8, y - 2.5), 1.9, "#ffffff" if style.estimated else style.colour, style.colour, 0.8)
        right -= 8
    return right


def _entry(drawing: Drawing, label: str, right: float, y: float) -> float:
    """Write `label` so that it ends at `right`; returns where its sample of 16 points begins."""
    drawing.text((right, y), label, MUTED, SMALL, "end")
    return right - text_width(label, SMALL) - 20
