"""Shapes for events and legend keys: each kind has its own, so that none is told by colour alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen, QPolygonF

from aiqu_desktop.ui.charts.side_curve import SideStyle
from aiqu_desktop.ui.theme import Theme

KIND_TOKEN = {
    "promotion": "accent",
    "rollback": "ink",
    "reverted": "warning",
    "stop": "alarm",
    "resume": "accent",
    "alarm": "alarm",
    "onset": "alarm",
    "rehearsed": "alarm",
}
GLYPH_WIDTH = 22
BOUNDS_DASH = (1.5, 2.5)
ESTIMATED = SideStyle(colour=4, dash=(4.0, 3.0), hatch=Qt.BrushStyle.FDiagPattern, alpha=90, symbol="s")
CHALLENGED = SideStyle(colour=3, dash=(8.0, 2.5, 1.5, 2.5), hatch=Qt.BrushStyle.Dense6Pattern, alpha=120, symbol="t1")


def mark_token(kind: str) -> str:
    """The palette colour of an event kind."""
    return KIND_TOKEN.get(kind, "ink_muted")


def paint_mark(painter: QPainter, kind: str, centre: QPointF, size: float, colour: QColor, ground: QColor) -> None:
    """The sign of one event, `size` pixels high: up arrow, back arrow, octagon, triangle, cross, diamonds."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.scale(size / 14, size / 14)
    pen = QPen(colour, 1.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(QBrush(colour))
    if kind == "promotion":
        painter.drawPolygon(_polygon((0, -6), (6, 0), (2.5, 0), (2.5, 6), (-2.5, 6), (-2.5, 0), (-6, 0)))
    elif kind == "rollback":
        painter.drawPolygon(_polygon((-6.5, 0), (0, -6), (0, -2.5), (6, -2.5), (6, 2.5), (0, 2.5), (0, 6)))
    elif kind == "stop":
        octagon = ((-2.5, -6), (2.5, -6), (6, -2.5), (6, 2.5), (2.5, 6), (-2.5, 6), (-6, 2.5), (-6, -2.5))
        painter.drawPolygon(_polygon(*octagon))
        painter.fillRect(QRectF(-2.4, -2.4, 4.8, 4.8), ground)
    elif kind == "resume":
        painter.drawPolygon(_polygon((-4.5, -6), (6, 0), (-4.5, 6)))
    elif kind == "reverted":
        painter.setBrush(QBrush(ground))
        painter.drawEllipse(QPointF(0, 0), 6, 6)
        painter.drawLine(QPointF(-2.6, -2.6), QPointF(2.6, 2.6))
        painter.drawLine(QPointF(-2.6, 2.6), QPointF(2.6, -2.6))
    elif kind in ("alarm", "rehearsed"):
        painter.drawPolygon(_polygon((0, -7), (7, 0), (0, 7), (-7, 0)))
        painter.setPen(QPen(ground, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(0, -3.4), QPointF(0, 0.6))
        painter.drawPoint(QPointF(0, 3.6))
    elif kind == "onset":
        painter.setBrush(QBrush(ground))
        painter.drawPolygon(_polygon((0, -6), (6, 0), (0, 6), (-6, 0)))
    else:
        painter.drawEllipse(QPointF(0, 0), 4, 4)
    painter.restore()


def paint_key(painter: QPainter, glyph: str, rect: QRectF, theme: Theme) -> None:
    """A legend key inside `rect`, drawn the way the chart draws it."""
    _KEYS[glyph](painter, rect, theme)


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def _stroke(
    painter: QPainter, rect: QRectF, colour: QColor, dashes: list[float] | None = None, width: float = 1.4
) -> None:
    pen = QPen(colour, width)
    if dashes is not None:
        pen.setDashPattern(dashes)
    painter.setPen(pen)
    y = round(rect.center().y()) + 0.5
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _line(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    colour = QColor(theme.palette.curves[0])
    _stroke(painter, rect, colour)
    painter.setBrush(QBrush(theme.colour("raised")))
    painter.drawEllipse(rect.center() + QPointF(0, 0.5), 2.8, 2.8)


def _drift(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    _stroke(painter, rect, QColor(theme.palette.curves[2]))


def _band(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    colour = QColor(theme.palette.curves[0])
    colour.setAlpha(theme.palette.band_alpha + 20)
    painter.fillRect(rect.adjusted(0, 1, 0, -1), colour)


def _bounds(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    pen = QPen(QColor(theme.palette.curves[0]), 1.2)
    pen.setDashPattern(list(BOUNDS_DASH))
    painter.setPen(pen)
    for y in (round(rect.top()) + 1.5, round(rect.bottom()) - 1.5):
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _side(painter: QPainter, rect: QRectF, theme: Theme, style: SideStyle) -> None:
    colour = QColor(theme.palette.curves[style.colour])
    fill = QColor(colour)
    fill.setAlpha(style.alpha + 30)
    painter.fillRect(rect.adjusted(0, 1, 0, -1), QBrush(fill, style.hatch))
    _stroke(painter, rect, colour, list(style.dash))
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(QBrush(theme.colour("raised")))


def _estimate(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    _side(painter, rect, theme, ESTIMATED)
    painter.drawRect(QRectF(rect.center().x() - 2.5, round(rect.center().y()) - 2, 5, 5))


def _challenger(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    _side(painter, rect, theme, CHALLENGED)
    painter.translate(rect.center())
    painter.drawPolygon(_polygon((0, -3.5), (3.5, 3), (-3.5, 3)))
    painter.translate(-rect.center())


def _standing(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.fillRect(rect, theme.colour("alarm_tint"))
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), theme.colour("alarm", 150))


def _limit(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    _stroke(painter, rect, theme.colour("limit"), [4, 2.5])


def _level(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    _stroke(painter, rect, theme.colour("ink_muted"), [1, 2])


def _hatch(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.fillRect(rect, theme.colour("unknown_tint"))
    painter.fillRect(rect, QBrush(theme.colour("unknown", 110), Qt.BrushStyle.BDiagPattern))


def _stale(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.fillRect(rect, theme.colour("unknown_tint"))
    painter.fillRect(rect, QBrush(theme.colour("unknown", 150), Qt.BrushStyle.Dense6Pattern))


def _ramp(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    wide = rect.adjusted(-40, 0, 0, 0)
    gradient = QLinearGradient(wide.topLeft(), wide.topRight())
    for effect, colour in theme.palette.heat:
        gradient.setColorAt(min(effect / 4.0, 1.0), QColor(colour))
    painter.fillRect(wide, QBrush(gradient))
    x = wide.left() + wide.width() / 4
    painter.setPen(QPen(theme.colour("ink"), 1))
    painter.drawLine(QPointF(x, wide.top() - 2), QPointF(x, wide.bottom() + 1))


def _outline(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(theme.colour("ink", 200), 1))
    painter.setBrush(QBrush(QColor(theme.palette.heat[-2][1])))
    painter.drawRect(QRectF(rect.left() + 0.5, rect.top() + 0.5, rect.width() - 1, rect.height() - 1))


def _labelled(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.fillRect(rect, theme.colour("chart_axis", 190))


def _unlabelled(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.fillRect(rect, theme.colour("chart_axis", 40))
    painter.fillRect(rect, QBrush(theme.colour("chart_axis", 120), Qt.BrushStyle.BDiagPattern))


_KEYS: dict[str, Callable[[QPainter, QRectF, Theme], None]] = {
    "line": _line,
    "drift": _drift,
    "band": _band,
    "estimate": _estimate,
    "challenger": _challenger,
    "standing": _standing,
    "limit": _limit,
    "level": _level,
    "bounds": _bounds,
    "hatch": _hatch,
    "stale": _stale,
    "ramp": _ramp,
    "outline": _outline,
    "labelled": _labelled,
    "unlabelled": _unlabelled,
}
