"""A small trend with its limit, painted directly: gaps stay gaps, the newest point is marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def paint_sparkline(
    painter: QPainter,
    area: QRectF,
    values: Sequence[float | None],
    limit: float | None,
    ink: QColor,
    limit_ink: QColor,
) -> None:
    """Draw `values` (oldest first, None = gap) across `area`, and `limit` as a dashed line."""
    known = [v for v in values if v is not None]
    if not known:
        return
    span = [*known, limit] if limit is not None else known
    low, high = min(span), max(span)
    height = (high - low) or abs(high) * 0.02 or 1.0
    inner = area.adjusted(0, 3, -4, -3)

    def y(value: float) -> float:
        return inner.bottom() - (value - low) / height * inner.height()

    painter.setBrush(Qt.BrushStyle.NoBrush)
    if limit is not None:
        pen = QPen(limit_ink, 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(area.left(), y(limit)), QPointF(area.right(), y(limit)))
    painter.setPen(QPen(ink, 1.4))
    step = inner.width() / max(1, len(values) - 1)
    run = QPolygonF()
    for k, value in enumerate([*values, None]):
        if value is not None:
            run.append(QPointF(inner.left() + k * step, y(value)))
        elif not run.isEmpty():
            if run.size() == 1:
                painter.drawPoint(run.first())
            painter.drawPolyline(run)
            run = QPolygonF()
    if values[-1] is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(inner.right(), y(values[-1])), 2.5, 2.5)
