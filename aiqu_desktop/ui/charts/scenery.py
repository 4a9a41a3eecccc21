"""What lies behind and before the curves of all charts: grounds, grids, hatched spans; axes, tags, event lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPen

from aiqu_desktop.ui.charts.flag_strip import FlagStrip
from aiqu_desktop.ui.charts.gaps import Span
from aiqu_desktop.ui.charts.glyphs import mark_token
from aiqu_desktop.ui.charts.panel import Panel, Tag
from aiqu_desktop.ui.charts.picture import Curve, Picture
from aiqu_desktop.ui.charts.strips import TimeStrip
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.charts.value_ticks import spread
from aiqu_desktop.ui.theme import Theme

TAG_HEIGHT = 17.0


def margins(theme: Theme) -> tuple[float, float]:
    """Left and right of the plots in pixels: the same for all charts, so that they line up; wider for larger type."""
    scale = theme.density.small / 12
    return 134.0 * scale, 98.0 * scale


class _Layer(pg.GraphicsObject):
    def __init__(self, theme: Theme, window: TimeWindow, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.theme, self.window, self.panels = theme, window, panels
        self._bounds = QRectF()

    def set_bounds(self, bounds: QRectF) -> None:
        self.prepareGeometryChange()
        self._bounds = bounds

    def boundingRect(self) -> QRectF:
        return self._bounds

    def x_at(self, rect: QRectF, at: float) -> float:
        return rect.left() + (at - self.window.start) / self.window.width * rect.width()


class Ground(_Layer):
    """Behind the curves: the plots' ground, the grid, and spans that nobody has judged."""

    def __init__(self, theme: Theme, window: TimeWindow, panels: Sequence[Panel], axis: TimeStrip) -> None:
        super().__init__(theme, window, panels)
        self._axis = axis
        self.unlabelled: tuple[Span, ...] = ()
        self.standing: tuple[Span, ...] = ()
        self._estimated: Curve | None = None
        self.stale: Span | None = None
        self.now = 0.0
        self.setZValue(-100)

    def set_picture(self, picture: Picture) -> None:
        self.unlabelled, self.stale, self.now = picture.unlabelled, picture.stale, picture.now
        self.standing, self._estimated = picture.standing, picture.estimated

    def paint(self, painter: QPainter, *_: object) -> None:
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        grid = QPen(theme.colour("chart_grid"), 1)
        for panel in self.panels:
            if not panel.shown:
                continue
            rect = panel.rect()
            painter.fillRect(rect, theme.colour("raised"))
            if panel.name == "metric":
                self._stand(painter, rect)
            painter.setPen(grid)
            lines = [self._upright(rect, tick.at) for tick in self._axis.shown]
            if panel.name != "heat":
                lines += [self._level(rect, panel.y_at(value)) for value, _ in panel.ticks]
            painter.drawLines(lines)
            if panel.name == "metric":
                for span in self.unlabelled:
                    words = (
                        ("no labels, only estimated", "only estimated") if self._is_estimated(span) else ("no labels",)
                    )
                    self._hatch(painter, rect, span, Qt.BrushStyle.BDiagPattern, words, 110)
            if self.stale is not None:
                words = ("stale: no data",) if panel.name == "metric" else ()
                self._hatch(painter, rect, self.stale, Qt.BrushStyle.Dense6Pattern, words, 150)

    def _stand(self, painter: QPainter, rect: QRectF) -> None:
        """Where an alarm stands the ground says so, with an edge on top that does not need its colour."""
        for start, end in self.standing:
            left, right = (min(max(self.x_at(rect, at), rect.left()), rect.right()) for at in (start, end))
            painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), self.theme.colour("alarm_tint"))
            painter.fillRect(QRectF(left, rect.top(), right - left, 3), self.theme.colour("alarm", 150))

    def _is_estimated(self, span: Span) -> bool:
        curve = self._estimated
        if curve is None:
            return False
        inside = (curve.times >= span[0]) & (curve.times <= span[1])
        return bool(np.isfinite(curve.values[inside]).any())

    def _upright(self, rect: QRectF, at: float) -> QLineF:
        x = round(self.x_at(rect, at)) + 0.5
        return QLineF(x, rect.top(), x, rect.bottom())

    def _level(self, rect: QRectF, y: float) -> QLineF:
        y = round(y) + 0.5
        return QLineF(rect.left(), y, rect.right(), y)

    def _hatch(
        self, painter: QPainter, rect: QRectF, span: Span, style: Qt.BrushStyle, words: tuple[str, ...], alpha: int
    ) -> None:
        """`words`: the same said at less and less length; the first that fits is written."""
        left = max(self.x_at(rect, span[0]), rect.left())
        right = min(self.x_at(rect, span[1]), rect.right())
        if right <= left:
            return
        box = QRectF(left, rect.top(), right - left, rect.height())
        painter.fillRect(box, self.theme.colour("unknown_tint"))
        painter.fillRect(box, QBrush(self.theme.colour("unknown", alpha // 2), style))
        font = self.theme.font(self.theme.density.small - 1, QFont.Weight.Medium)
        metrics = QFontMetricsF(font)
        word = next((word for word in words if metrics.horizontalAdvance(word) + 8 < box.width()), "")
        if word:
            width = metrics.horizontalAdvance(word)
            painter.setFont(font)
            at = QRectF(box.center().x() - width / 2 - 4, box.center().y() - 8, width + 8, 16)
            painter.fillRect(at, self.theme.colour("unknown_tint"))
            painter.setPen(self.theme.colour("unknown"))
            painter.drawText(at, Qt.AlignmentFlag.AlignCenter, word)


class Front(_Layer):
    """Before the curves: frames, the lines of events, value axes on the left, tags on the right."""

    def __init__(self, theme: Theme, window: TimeWindow, panels: Sequence[Panel], flags: FlagStrip) -> None:
        super().__init__(theme, window, panels)
        self._flags = flags
        self.setZValue(100)

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        events = self._flags.lines()
        for panel in self.panels:
            if not panel.shown:
                continue
            rect = panel.rect()
            for at, kind in events:
                self._event(painter, rect, at, kind)
            painter.setPen(QPen(self.theme.colour("line"), 1))
            painter.drawRect(
                QRectF(round(rect.left()) - 0.5, round(rect.top()) - 0.5, rect.width() + 1, rect.height() + 1)
            )
            self._axis(painter, panel, rect)
            self._tags(painter, panel, rect)

    def _event(self, painter: QPainter, rect: QRectF, at: float, kind: str) -> None:
        pen = QPen(self.theme.colour(mark_token(kind), 170), 1)
        if kind == "onset":
            pen.setDashPattern([1, 3])
        elif kind in ("alarm", "rehearsed"):
            pen.setDashPattern([5, 3])
        x = round(self.x_at(rect, at)) + 0.5
        painter.setPen(pen)
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    def _axis(self, painter: QPainter, panel: Panel, rect: QRectF) -> None:
        font = self.theme.font(self.theme.density.small - 1)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self.theme.colour("chart_axis"))
        left, _ = margins(self.theme)
        for value, text in panel.ticks:
            y = panel.y_at(value)
            box = QRectF(rect.left() - left + 8, y - 8, left - 16, 16)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    def _tags(self, painter: QPainter, panel: Panel, rect: QRectF) -> None:
        shown: list[Tag] = [tag for tag in panel.tags if panel.low <= tag.value <= panel.high]
        wanted = [panel.y_at(tag.value) for tag in shown]
        middles = spread(wanted, TAG_HEIGHT, rect.top() - 4, rect.bottom() + 4)
        painter.setFont(self.theme.font(self.theme.density.small - 1))
        _, right = margins(self.theme)
        for tag, y, at in zip(shown, middles, wanted, strict=True):
            painter.setPen(QPen(self.theme.colour(tag.token), 1))
            painter.drawLine(QPointF(rect.right() + 1, round(at) + 0.5), QPointF(rect.right() + 6, round(y) + 0.5))
            box = QRectF(rect.right() + 9, y - TAG_HEIGHT / 2, right - 10, TAG_HEIGHT)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tag.text)
