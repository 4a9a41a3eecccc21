"""A metric over time: line and markers, 95 % band, limit, accepted level, and the wedge where the limit is broken."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from aiqu_desktop.ui.charts.drawing import Band, pen
from aiqu_desktop.ui.charts.glyphs import BOUNDS_DASH, CHALLENGED, ESTIMATED
from aiqu_desktop.ui.charts.panel import Key, Panel, Tag, plain, share
from aiqu_desktop.ui.charts.picture import Curve, Level, Picture
from aiqu_desktop.ui.charts.side_curve import SideCurve
from aiqu_desktop.ui.charts.thinning import Columns, envelope, pixel_columns, thin
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.charts.value_ticks import padded
from aiqu_desktop.ui.formatting import number, percent
from aiqu_desktop.ui.theme import Theme

Floats = npt.NDArray[np.float64]
MARKER_SPACING = 8  # pixels: markers nearer than that would only thicken the line


class CurvePanel(Panel):
    """The base of the metric and the drift share: everything but where the data comes from."""

    def __init__(self, theme: Theme, *, curve_colour: int, as_share: bool) -> None:
        super().__init__(theme)
        self._colour, self._as_share = curve_colour, as_share
        self.curve: Curve | None = None
        self.levels: tuple[Level, ...] = ()
        self.band, self.wedge = Band(), Band()
        self.limit_line = pg.PlotCurveItem(connect="finite", antialias=False)
        self.level_line = pg.PlotCurveItem(connect="pairs", antialias=False)
        self.line = pg.PlotCurveItem(connect="finite", antialias=True)
        self.dots = pg.ScatterPlotItem(pxMode=True)
        self.wrong_dots = pg.ScatterPlotItem(pxMode=True)
        for depth, item in enumerate(
            (self.band, self.wedge, self.level_line, self.limit_line, self.line, self.dots, self.wrong_dots)
        ):
            item.setZValue(depth)
            self.view.addItem(item, ignoreBounds=True)

    def draw(self, window: TimeWindow) -> None:
        curve = self.curve
        if curve is None:
            return
        columns = pixel_columns(curve.times, window.start, window.end, self.pixels)
        self.show_range(window, *self._range(curve, columns, window))
        self.line.setData(*thin(curve.times, curve.values, columns))
        self.band.set_data(*envelope(curve.times, curve.low, curve.high, columns))
        self._draw_wedge(curve, window)
        self.limit_line.setData(*curve.limit_line)
        pairs = [(level.start, level.end, level.value) for level in self.levels]
        self.level_line.setData(
            np.array([t for start, end, _ in pairs for t in (start, end)], float),
            np.array([value for *_, value in pairs for _ in range(2)], float),
        )
        self._draw_markers(curve, columns)
        self.tags = self._tags(curve, window)

    def dress(self) -> None:
        theme = self.theme
        colour = QColor(theme.palette.curves[self._colour])
        fill = QColor(colour)
        fill.setAlpha(theme.palette.band_alpha)
        self.line.setPen(pen(colour))
        self.band.brush = QBrush(fill)
        self.wedge.brush = QBrush(theme.colour("limit", 110))
        self.limit_line.setPen(pen(theme.colour("limit"), dashes=[7, 4]))
        self.level_line.setPen(pen(theme.colour("ink_muted"), dashes=[1, 3]))
        ground = theme.colour("raised")
        self.dots.setPen(pen(colour))
        self.dots.setBrush(QBrush(ground))
        self.wrong_dots.setPen(pen(ground))
        self.wrong_dots.setBrush(QBrush(theme.colour("limit")))
        self.band.update()
        self.wedge.update()

    def text(self, value: float, places: int | None = None) -> str:
        """A value of this chart as its axis and tags write it."""
        return percent(value, 0 if places is None else max(0, places - 2)) if self._as_share else number(value, places)

    def _range(self, curve: Curve, columns: Columns, window: TimeWindow) -> tuple[float, float]:
        part = columns.every
        shown = [curve.values[part], curve.low[part], curve.high[part], curve.limit_line[1], *self._others(window)]
        shown += [np.array([lv.value]) for lv in self.levels if lv.end > window.start and lv.start < window.end]
        pool = np.concatenate(shown)
        pool = pool[np.isfinite(pool)]
        if not pool.size:
            low, high = 0.0, 1.0
        elif self._as_share:
            high = min(max(float(pool.max()) * 1.1, 0.1), 1.0)
            low, high = self.snap(0.0, high, share)
            return low - 0.04 * high, high  # a line at nothing stays in sight
        else:
            low, high = padded(float(pool.min()), float(pool.max()), 0.05)
            if pool.min() >= 0.0:
                low = max(low, 0.0)
                if curve.unit == "" and not curve.above and pool.max() <= 1.0:
                    high = min(high, 1.0)
        low, high = self.snap(low, high, plain)
        if pool.size and pool.max() > high - 0.02 * (high - low):
            high += 0.03 * (high - low)  # a perfect score must not hide under the frame
        return low, high

    def _others(self, window: TimeWindow) -> list[Floats]:  # noqa: ARG002 - for panels with more than one curve
        """Further values that the axis must reach."""
        return []

    def _draw_wedge(self, curve: Curve, window: TimeWindow) -> None:
        x, inner, outer = curve.wedge
        columns = pixel_columns(x, window.start, window.end, self.pixels)
        low, high = (inner, outer) if curve.above else (outer, inner)
        self.wedge.set_data(*envelope(x, low, high, columns))

    def _draw_markers(self, curve: Curve, columns: Columns) -> None:
        part = slice(columns.first, columns.last)
        x, y, wrong = curve.times[part], curve.values[part], curve.wrong[part]
        known = np.isfinite(y)
        if columns.thinned or int(known.sum()) * MARKER_SPACING > self.pixels:
            # Too dense for markers, but a sample with no neighbour has no line: it would vanish without one.
            alone = known & ~np.append(known[1:], False) & ~np.append(False, known[:-1])
            known = alone if not columns.thinned else np.zeros_like(known)
        worst = "t1" if curve.above else "t"
        self.dots.setData(x[known & ~wrong], y[known & ~wrong], symbol="o", size=6)
        self.wrong_dots.setData(x[known & wrong], y[known & wrong], symbol=worst, size=10)

    def _tags(self, curve: Curve, window: TimeWindow) -> tuple[Tag, ...]:
        found = []
        x, y = curve.limit_line
        if len(x):
            limit = float(y[min(np.searchsorted(x, window.end), len(x) - 1)])
            found.append(Tag(limit, f"limit {self.text(limit)}", "limit"))
        level = next((lv for lv in reversed(self.levels) if lv.start < window.end and lv.end > window.start), None)
        if level is not None:
            found.append(Tag(level.value, f"accepted {self.text(level.value)}", "ink_muted"))
        return tuple(found)


class MetricPanel(CurvePanel):
    """The realised performance metric."""

    name = "metric"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, curve_colour=0, as_share=False)

        self.estimate, self.challenger = SideCurve(ESTIMATED), SideCurve(CHALLENGED)
        self.always: Curve | None = None
        self.bounds = (pg.PlotCurveItem(connect="finite", antialias=False), pg.PlotCurveItem(connect="finite"))
        for item in (*self.estimate.items, *self.challenger.items, *self.bounds):
            item.setZValue(-0.5)  # behind what labels have proven
            self.view.addItem(item, ignoreBounds=True)

    def draw(self, window: TimeWindow) -> None:
        super().draw(window)
        self._draw_bounds(window)
        for side in (self.estimate, self.challenger):
            side.draw(window, self.pixels)

    def _draw_bounds(self, window: TimeWindow) -> None:
        """The band that holds at every look: two dotted edges, so that it hides nothing of the narrower one."""
        always = self.always
        for item in self.bounds:
            item.setVisible(always is not None)
        if always is None:
            return
        columns = pixel_columns(always.times, window.start, window.end, self.pixels)
        for item, edge in zip(self.bounds, (always.low, always.high), strict=True):
            item.setData(*thin(always.times, edge, columns))

    def dress(self) -> None:
        super().dress()
        for item in self.bounds:
            item.setPen(pen(QColor(self.theme.palette.curves[0]), dashes=list(BOUNDS_DASH)))
        for side in (self.estimate, self.challenger):
            side.dress(self.theme)

    def _others(self, window: TimeWindow) -> list[Floats]:
        # The band of all looks is very wide while labels are few: it may run out of the picture.
        return [*self.estimate.reach(window, self.pixels), *self.challenger.reach(window, self.pixels)]

    def set_picture(self, picture: Picture, metric: int) -> None:
        self.estimate.curve = picture.estimated if metric == 0 else None
        self.challenger.curve = picture.challenger if metric == 0 else None
        self.always = picture.anytime if metric == 0 else None
        self.curve = picture.metrics[metric] if picture.metrics else None
        self.levels = picture.accepted if metric == 0 else ()
        self.title = "Performance" if self.curve is None else self.curve.title
        if self.curve is not None and self.curve.unit:
            self.title += f" ({self.curve.unit})"
        self.keys = (
            Key("line", "realised"),
            *((Key("challenger", beside.title),) if (beside := self.challenger.curve) is not None else ()),
            *((Key("estimate", "estimated without labels"),) if self.estimate.curve is not None else ()),
            Key("band", "95 % interval of one look"),
            *((Key("bounds", "of all looks at once"),) if self.always is not None else ()),
            Key("limit", "limit"),
            Key("level", "accepted with"),
            Key("hatch", "no labels"),
            Key("stale", "stale"),
        )


class DriftPanel(CurvePanel):
    """The share of features that drifted."""

    name = "drift"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, curve_colour=2, as_share=True)

    def set_picture(self, picture: Picture, metric: int) -> None:  # noqa: ARG002 - the same for every metric
        self.curve = picture.drift
        self.title = self.curve.title or "Drifted features"
        self.keys = (Key("drift", "share of features"), Key("limit", "limit"))
        self.line.setPen(pen(QColor(self.theme.palette.curves[self._colour]), Qt.PenStyle.SolidLine))
