"""The crosshair: one upright hairline through all charts, a level one in the chart under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from aiqu_desktop.ui.charts.curve_panel import CurvePanel
from aiqu_desktop.ui.charts.glyphs import CHALLENGED, ESTIMATED
from aiqu_desktop.ui.charts.panel import Panel
from aiqu_desktop.ui.charts.reading import Reading
from aiqu_desktop.ui.charts.strips import TimeStrip
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.formatting import number
from aiqu_desktop.ui.theme import Theme


class Crosshair:
    """`at` None hides it. The canvas paints it over the finished picture, so that moving it costs no new picture."""

    def __init__(self, theme: Theme, window: TimeWindow, panels: Sequence[Panel], axis: TimeStrip) -> None:
        self.theme, self.window, self.panels, self._axis = theme, window, panels, axis
        self.at: float | None = None
        self._y: float | None = None
        self._reading: Reading | None = None

    def place(self, at: float | None, y: float | None, reading: Reading | None) -> None:
        """Stand at instant `at`, level line at scene pixel `y`."""
        self.at, self._y, self._reading = at, y, reading

    def areas(self) -> tuple[QRectF, ...]:
        """What must be painted anew when it comes or goes: the upright strip, and the level one."""
        if self.at is None:
            return ()
        rect = self.panels[0].rect()
        bottom = self._axis.sceneBoundingRect().bottom()
        x = min(max(self._x(rect), rect.left() + 70), rect.right() - 70)  # the date is kept inside the plots
        upright = QRectF(x - 80, rect.top() - 4, 160, bottom - rect.top() + 4)
        if self._y is None:
            return (upright,)
        return upright, QRectF(0, self._y - 12, rect.right(), 24)

    def paint(self, painter: QPainter) -> None:
        """Paint over the picture, in the canvas' own pixels."""
        if self.at is None:
            return
        theme = self.theme
        first, last = self.panels[0].rect(), self.panels[-1].rect()
        x = round(self._x(first)) + 0.5
        painter.setPen(QPen(theme.colour("ink", 200), 1))
        painter.drawLine(QPointF(x, first.top()), QPointF(x, last.bottom() + 3))
        if self._y is not None:
            panel = next((p for p in self.panels if p.rect().top() <= self._y <= p.rect().bottom()), None)
            if panel is not None and panel.name != "heat":
                self._level(painter, panel)
        self._dots(painter)
        self._date(painter, x)

    def _x(self, rect: QRectF) -> float:
        return rect.left() + ((self.at or 0.0) - self.window.start) / self.window.width * rect.width()

    def _level(self, painter: QPainter, panel: Panel) -> None:
        rect, y = panel.rect(), round(self._y or 0.0) + 0.5
        painter.setPen(QPen(self.theme.colour("ink_muted", 130), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        value = panel.value_at(self._y or 0.0)
        text = panel.text(value, 3) if isinstance(panel, CurvePanel) else number(value, 0)
        self._pill(painter, text, rect.left() - 6, y, right=True)

    def _dots(self, painter: QPainter) -> None:
        if self._reading is None:
            return
        read = self._reading
        points = [("metric", point) for point in (read.estimated, read.challenger, read.metric)]
        points.append(("drift", read.drift))
        panels = {panel.name: panel for panel in self.panels}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, point in points:
            panel = panels.get(name)
            if point is None or panel is None or not np.isfinite(point.value):
                continue
            if panel.low <= point.value <= panel.high:
                rect = panel.rect()
                at = rect.left() + (point.at - self.window.start) / self.window.width * rect.width()
                painter.setPen(QPen(self.theme.colour("raised"), 1.5))
                middle = QPointF(at, panel.y_at(point.value))
                if point in (read.estimated, read.challenger):
                    style = ESTIMATED if point is read.estimated else CHALLENGED
                    painter.setBrush(QBrush(QColor(self.theme.palette.curves[style.colour])))
                    painter.drawRect(QRectF(middle.x() - 4, middle.y() - 4, 8, 8))
                else:
                    painter.setBrush(QBrush(self.theme.colour("limit" if point.wrong else "ink")))
                    painter.drawEllipse(middle, 4, 4)

    def _date(self, painter: QPainter, x: float) -> None:
        moment = datetime.fromtimestamp(self.at or 0.0, UTC)
        pattern = "%Y-%m-%d %H:%M" if self.window.width < 120 * 86_400 else "%Y-%m-%d"
        rect = self._axis.sceneBoundingRect()
        self._pill(painter, moment.strftime(pattern), x, rect.top() + 12, right=False)

    def _pill(self, painter: QPainter, text: str, x: float, y: float, *, right: bool) -> None:
        """A value in reverse: right-aligned to `x`, or centred on it and kept inside the plots."""
        font = self.theme.font(self.theme.density.small - 1)
        width = QFontMetricsF(font).horizontalAdvance(text) + 12
        area = self.panels[0].rect()
        left = x - width if right else min(max(x - width / 2, area.left()), area.right() - width)
        box = QRectF(left, y - 9, width, 18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self.theme.colour("ink")))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font)
        painter.setPen(self.theme.colour("raised"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
