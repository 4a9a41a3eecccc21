"""A curve beside the realised metric, with its band and markers: an estimate, or a version beside the champion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from aiqu_desktop.ui.charts.drawing import Band, pen
from aiqu_desktop.ui.charts.picture import Curve
from aiqu_desktop.ui.charts.thinning import envelope, pixel_columns, thin
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.theme import Theme

Floats = npt.NDArray[np.float64]
_SPACING = 26  # pixels between two markers: some tell the curve apart, all would hide it


@dataclass(frozen=True, slots=True)
class SideStyle:
    """colour: which of the palette's curves; dash, symbol (pyqtgraph's name) and hatch tell it apart without it."""

    colour: int
    dash: tuple[float, ...]
    hatch: Qt.BrushStyle
    alpha: int
    symbol: str


class SideCurve:
    """Draws a Curve in its style; `curve` None draws nothing."""

    def __init__(self, style: SideStyle) -> None:
        self.style = style
        self.curve: Curve | None = None
        self.band = Band()
        self.line = pg.PlotCurveItem(connect="finite", antialias=True)
        self.dots = pg.ScatterPlotItem(pxMode=True)

    @property
    def items(self) -> tuple[pg.GraphicsObject, ...]:
        return self.band, self.line, self.dots

    def draw(self, window: TimeWindow, pixels: int) -> None:
        """Draw what lies in the window."""
        curve = self.curve
        for item in self.items:
            item.setVisible(curve is not None)
        if curve is None:
            return
        columns = pixel_columns(curve.times, window.start, window.end, pixels)
        self.line.setData(*thin(curve.times, curve.values, columns))
        self.band.set_data(*envelope(curve.times, curve.low, curve.high, columns))
        part = slice(columns.first, columns.last)
        x, y = curve.times[part], curve.values[part]
        x, y = x[np.isfinite(y)], y[np.isfinite(y)]
        apart = max(1, -(-x.size * _SPACING // pixels))
        self.dots.setData(x[::apart], y[::apart], symbol=self.style.symbol, size=6)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        colour = QColor(theme.palette.curves[self.style.colour])
        fill = QColor(colour)
        fill.setAlpha(self.style.alpha)
        self.line.setPen(pen(colour, dashes=list(self.style.dash)))
        self.band.brush = QBrush(fill, self.style.hatch)
        self.dots.setPen(pen(colour))
        self.dots.setBrush(QBrush(theme.colour("raised")))
        self.band.update()

    def reach(self, window: TimeWindow, pixels: int) -> list[Floats]:
        """The values that the axis must reach."""
        if self.curve is None:
            return []
        part = pixel_columns(self.curve.times, window.start, window.end, pixels).every
        return [self.curve.values[part], self.curve.low[part], self.curve.high[part]]
