"""Which feature drifted when: one row a feature, those that matter on top, colour only beyond the limit."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from aiqu_desktop.services.views import HeatMap
from aiqu_desktop.ui.charts.drawing import pen
from aiqu_desktop.ui.charts.heat_image import colourise, flag_runs, lookup, resample
from aiqu_desktop.ui.charts.panel import Key, Panel
from aiqu_desktop.ui.charts.picture import Picture
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.theme import Theme

ROW = 14  # pixels of a row with a readable name
OUTLINE_FROM, LINE_FROM = 7.0, 3.5  # pixels a row needs for an outline, for a stroke
NARROW = 4  # columns: a narrower run is a stroke, or its outline would hide it


class DriftOutlines(pg.GraphicsObject):
    """Outlines (or, in low rows, strokes) around drifted cells: the sign that is not colour."""

    def __init__(self) -> None:
        super().__init__()
        self._rects: list[QRectF] = []
        self._lines: list[QLineF] = []
        self._bounds = QRectF()
        self.pen = QPen()

    def set_runs(self, bounds: QRectF, rects: list[QRectF], lines: list[QLineF]) -> None:
        self.prepareGeometryChange()
        self._bounds, self._rects, self._lines = bounds, rects, lines
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self.pen)
        painter.drawRects(self._rects)
        painter.drawLines(self._lines)


class HeatPanel(Panel):
    """Rows [first, first + rows) of the heat map; `show_all` squeezes every feature into the panel."""

    name = "heat"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.heat: HeatMap | None = None
        self.first = 0
        self.show_all = False
        self.image = pg.ImageItem(axisOrder="row-major")
        self.outlines = DriftOutlines()
        self._table = lookup(theme.palette.heat)
        self.view.invertY(True)
        for item in (self.image, self.outlines):
            self.view.addItem(item, ignoreBounds=True)

    @property
    def count(self) -> int:
        """Features that there are."""
        return 0 if self.heat is None else len(self.heat.features)

    @property
    def rows(self) -> int:
        """Rows in view."""
        fitting = max(1, int(self.rect().height() // ROW))
        return max(1, self.count if self.show_all else min(fitting, self.count))

    def scroll_to(self, first: int) -> None:
        """Bring feature `first` to the top, as far as there are rows."""
        self.first = min(max(first, 0), max(self.count - self.rows, 0))

    def row_at(self, y: float) -> int | None:
        """The feature's index at scene pixel `y`."""
        rect = self.rect()
        if not self.shown or not self.count or not rect.top() <= y < rect.bottom():
            return None
        return min(self.first + int((y - rect.top()) / rect.height() * self.rows), self.count - 1)

    def y_at(self, value: float) -> float:
        rect = self.rect()
        return rect.top() + (value - self.first) / self.rows * rect.height()

    def set_picture(self, picture: Picture, metric: int) -> None:  # noqa: ARG002 - the same for every metric
        self.heat = picture.heat
        self.keys = (Key("ramp", "effect ÷ limit, 0 to ≥ 4"), Key("outline", "drifted: effect and evidence"))

    def draw(self, window: TimeWindow) -> None:
        self.scroll_to(0 if self.show_all else self.first)
        rows, last = self.rows, self.first + self.rows
        self.low, self.high = float(self.first), float(last)
        self.view.setRange(QRectF(window.start, self.first, window.width, rows), padding=0.0, disableAutoRange=True)
        self.title = self._title(rows)
        self.ticks = self._names(rows)
        heat = self.heat
        if heat is None or not len(heat.times) or not self.count:
            self.image.clear()
            self.outlines.set_runs(QRectF(), [], [])
            return
        part = slice(self.first, last)
        effects, has = resample(heat.times, heat.effects[part], window.start, window.end, self.pixels)
        bounds = QRectF(window.start, self.first, window.width, rows)
        self.image.setImage(colourise(effects, has, self._table), autoLevels=False)
        self.image.setRect(bounds)
        self._outline(heat, part, window, bounds)

    def dress(self) -> None:
        self._table = lookup(self.theme.palette.heat)
        self.outlines.pen = pen(self.theme.colour("ink", 150))

    def _title(self, rows: int) -> str:
        if not self.count:
            return "Drift by feature"
        if rows >= self.count:
            return f"Drift by feature: all {self.count}"
        return f"Drift by feature: {self.first + 1} to {self.first + rows} of {self.count} by importance"

    def _names(self, rows: int) -> tuple[tuple[float, str], ...]:
        """Row middles and names; of squeezed rows only every k-th has room for one."""
        if self.heat is None or not self.count:
            return ()
        every = max(1, int(np.ceil(ROW * rows / max(self.rect().height(), 1.0) - 0.01)))
        return tuple((i + 0.5, self.heat.features[i]) for i in range(self.first, self.first + rows, every))

    def _outline(self, heat: HeatMap, part: slice, window: TimeWindow, bounds: QRectF) -> None:
        height = self.rect().height() / self.rows
        rects: list[QRectF] = []
        lines: list[QLineF] = []
        if height >= LINE_FROM:
            flags, has = resample(
                heat.times, heat.drifted[part].astype(np.float64), window.start, window.end, self.pixels
            )
            pixel = window.width / self.pixels
            inset = 1.0 / height
            for row, a, b in zip(*(r.tolist() for r in flag_runs((flags > 0.5) & has)), strict=True):
                left, top = window.start + a * pixel, part.start + row
                width = max((b - a - 1) * pixel, pixel)
                if height >= OUTLINE_FROM and b - a >= NARROW:
                    rects.append(QRectF(left, top + inset, width, 1 - 2 * inset))
                else:
                    lines.append(QLineF(left, top + 0.5, left + width, top + 0.5))
        self.outlines.set_runs(bounds, rects, lines)
