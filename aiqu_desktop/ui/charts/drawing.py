"""The shapes that pyqtgraph lacks: a filled band with gaps, and bars in one draw call."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

Floats = npt.NDArray[np.float64]


def pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine, dashes: list[float] | None = None) -> QPen:
    """A cosmetic pen of width 1: wider ones cost five times as much to draw."""
    made = QPen(colour, 1.0, style)
    made.setCosmetic(True)
    if dashes is not None:
        made.setDashPattern(dashes)
    return made


class Band(pg.GraphicsObject):
    """The area between two curves; NaN in either leaves a hole."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._bounds = QRectF()
        self.brush = QBrush()

    def set_data(self, x: Floats, low: Floats, high: Floats) -> None:
        """Shapes (m,); NaN splits the band."""
        self.prepareGeometryChange()
        self._path = QPainterPath()
        known = np.isfinite(low) & np.isfinite(high)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
        for a, b in zip(edges[0::2], edges[1::2], strict=True):
            around_x = np.concatenate((x[a:b], x[a:b][::-1]))
            around_y = np.concatenate((low[a:b], high[a:b][::-1]))
            if b - a > 1:
                self._path.addPath(pg.arrayToQPath(around_x, around_y, connect="all", finiteCheck=False))
        self._bounds = self._path.controlPointRect()
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # a soft edge triples the cost and is not seen
        painter.fillPath(self._path, self.brush)


class Bars(pg.GraphicsObject):
    """Upright bars from zero, all of one brush."""

    def __init__(self) -> None:
        super().__init__()
        self._rects: list[QRectF] = []
        self._bounds = QRectF()
        self.brush = QBrush()
        self.ground = QBrush(Qt.BrushStyle.NoBrush)

    def set_data(self, left: Floats, right: Floats, low: Floats, high: Floats) -> None:
        """Shapes (m,); bars without height are left out."""
        self.prepareGeometryChange()
        tall = high > low
        columns = (left[tall], low[tall], right[tall] - left[tall], high[tall] - low[tall])
        self._rects = [QRectF(*four) for four in zip(*(c.tolist() for c in columns), strict=True)]
        self._bounds = QRectF()
        if self._rects:
            bottom = float(low[tall].min())
            self._bounds = QRectF(
                float(left[tall].min()),
                bottom,
                float(right[tall].max() - left[tall].min()),
                float(high[tall].max()) - bottom,
            )
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for brush in (self.ground, self.brush):
            if brush.style() is not Qt.BrushStyle.NoBrush:
                painter.setBrush(brush)
                painter.drawRects(self._rects)
