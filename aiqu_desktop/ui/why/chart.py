"""One feature's distribution in the reference and in the newest window, over each other; read by pointer or keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiqu_desktop.services.views import DistributionView
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.charts.value_ticks import decimals, nice_ticks
from aiqu_desktop.ui.theme import Theme

Floats = npt.NDArray[np.float64]
_LEFT, _RIGHT, _BOTTOM = 56.0, 12.0, 26.0


class DistributionChart(QWidget):
    """Left and Right move the marked bin, Escape lets it go; what it says is the accessible description too."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("distribution")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme = theme
        self.view: DistributionView | None = None
        self.marked: int | None = None
        self.message = ""
        theme.changed.connect(self.update)
        self.say("")

    def say(self, message: str) -> None:
        """Show one sentence in place of a distribution."""
        self.view, self.marked, self.message = None, None, message
        self.setAccessibleName("Distribution of a feature")
        self._describe()

    def show_view(self, view: DistributionView) -> None:
        """Draw `view`."""
        self.view, self.marked, self.message = view, None, ""
        self.setAccessibleName(f"Distribution of {view.feature}, reference and newest window")
        self._describe()

    def mark(self, place: int | None) -> None:
        """Mark one bin, so that its shares are read out."""
        bins = 0 if self.view is None else len(self.view.reference)
        self.marked = None if place is None or not bins else min(max(place, 0), bins - 1)
        self._describe()

    def reading(self) -> str:
        """The marked bin, or what lies outside of those shown."""
        view = self.view
        if view is None:
            return self.message
        if self.marked is not None:
            k = self.marked
            if len(view.names):
                where = view.names[k]
            else:
                low, high = (_value(edge, view.edges) for edge in view.edges[k : k + 2])
                where = f"{low} to {high}" + (f"\u00a0{view.unit}" if view.unit else "")
            return f"{where}: reference {fmt.percent(view.reference[k], 1)}, now {fmt.percent(view.window[k], 1)}"
        if view.outside_reference > 0 or view.outside_window > 0:
            out = f"reference {fmt.percent(view.outside_reference, 1)}, now {fmt.percent(view.outside_window, 1)}"
            return f"Outside of what is shown: {out}"
        return ""

    def legend(self) -> tuple[str, str]:
        """What the two shapes are, with counts and missing shares."""
        view = self.view
        if view is None:
            return "", ""
        return (
            f"reference, {fmt.sample(view.n_reference)}, {fmt.percent(view.missing_reference, 1)} missing",
            f"now, {fmt.sample(view.n_window)}, {fmt.percent(view.missing_window, 1)} missing",
        )

    def heights(self) -> tuple[Floats, Floats]:
        """What is drawn, [bins] each: shares, or where bins differ in width, shares by width (areas tell then)."""
        view = self.view
        if view is None or not len(view.reference):
            return np.empty(0), np.empty(0)
        if len(view.names):
            return view.reference, view.window
        widths = np.diff(view.edges)
        scale = np.divide(widths.mean(), widths, out=np.zeros_like(widths), where=widths > 0)
        scale = np.ones_like(scale) if np.allclose(scale, 1.0, rtol=0.01) else scale
        return view.reference * scale, view.window * scale

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 70)

    def sizeHint(self) -> QSize:
        return QSize(460, 240)

    # input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.mark((0 if step > 0 else 10**6) if self.marked is None else self.marked + step)
        elif event.key() == Qt.Key.Key_Escape and self.marked is not None:
            self.mark(None)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mark(self._bin_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.mark(self._bin_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.mark(None)

    def _bin_at(self, x: float) -> int | None:
        lines = self._lines(self._plot())
        inside = len(lines) > 1 and lines[0] <= x <= lines[-1]
        return int(min(np.searchsorted(lines, x, side="right") - 1, len(lines) - 2)) if inside else None

    # drawing

    def _describe(self) -> None:
        self.setAccessibleDescription("; ".join(part for part in (*self.legend(), self.reading()) if part))
        self.update()

    @property
    def _line(self) -> float:
        return self.theme.density.small * 1.5

    def _plot(self) -> QRectF:
        scale = self.theme.density.small / 12
        top = 3 * self._line + 4
        return QRectF(_LEFT * scale, top, self.width() - (_LEFT + _RIGHT) * scale,
                      max(self.height() - top - _BOTTOM * scale, 10.0))  # fmt: skip

    def _lines(self, plot: QRectF) -> Floats:
        """The bins' edges in pixels, [bins + 1]."""
        view = self.view
        if view is None or not len(view.reference):
            return np.empty(0)
        if len(view.names):
            return plot.left() + np.linspace(0.0, plot.width(), len(view.names) + 1)
        low, high = float(view.edges[0]), float(view.edges[-1])
        return plot.left() + (view.edges - low) / max(high - low, 1e-300) * plot.width()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, theme = self._plot(), self.theme
        reference, window = self.heights()
        if self.view is None or not reference.size:
            painter.setPen(theme.colour("ink_muted"))
            painter.setFont(theme.font())
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(16, 16, -16, -16), flags, self.message)
            return
        self._legend(painter, plot)
        top = max(float(np.nanmax(reference)), float(np.nanmax(window)), 1e-9) * 1.08
        self._frame(painter, plot, top)
        lines = self._lines(plot)
        if self.marked is not None:
            left, right = lines[self.marked], lines[self.marked + 1]
            painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), theme.colour("selected"))
        heights = [plot.height() * values / top for values in (reference, window)]
        if len(self.view.names):
            self._bars(painter, plot, lines, heights)
        else:
            self._steps(painter, plot, lines, heights)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _brushes(self) -> tuple[tuple[QPen, tuple[QBrush, ...]], tuple[QPen, tuple[QBrush, ...]]]:
        """Reference: a grey area with a dashed edge. Now: a hatched one in blue with a firm edge."""
        theme = self.theme
        old = QPen(theme.colour("chart_axis"), 1.2, Qt.PenStyle.DashLine)
        blue = QColor(theme.palette.curves[0])
        light, hatch = QColor(blue), QColor(blue)
        light.setAlpha(30)
        hatch.setAlpha(120)
        new = QPen(blue, 1.8)
        return (
            (old, (QBrush(theme.colour("chart_axis", 70)),)),
            (new, (QBrush(light), QBrush(hatch, Qt.BrushStyle.BDiagPattern))),
        )

    def _legend(self, painter: QPainter, plot: QRectF) -> None:
        theme, line = self.theme, self._line
        font = theme.font(theme.density.small - 1)
        painter.setFont(font)
        for row, (text, (pen, brushes)) in enumerate(zip(self.legend(), self._brushes(), strict=True)):
            box = QRectF(plot.left(), row * line + line * 0.2, 22, line * 0.6)
            for brush in brushes:
                painter.fillRect(box, brush)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            self._text(painter, QRectF(plot.left() + 30, row * line, plot.width() - 30, line), text, "ink_muted")
        self._text(painter, QRectF(plot.left(), 2 * line, plot.width(), line), self.reading(), "ink")

    def _frame(self, painter: QPainter, plot: QRectF, top: float) -> None:
        theme = self.theme
        painter.setFont(theme.font(theme.density.small - 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ticks = nice_ticks(0.0, top, max(2, int(plot.height() // 36)))
        places = max(0, decimals(ticks) - 2)
        for tick in ticks:
            y = round(plot.bottom() - plot.height() * tick / top) + 0.5
            painter.setPen(QPen(theme.colour("chart_grid"), 1))
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
            box = QRectF(0, y - 9, plot.left() - 8, 18)
            self._text(painter, box, fmt.percent(tick, places), "chart_axis", Qt.AlignmentFlag.AlignRight)
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawLine(QLineF(plot.left(), plot.bottom() + 0.5, plot.right(), plot.bottom() + 0.5))
        self._values(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _values(self, painter: QPainter, plot: QRectF) -> None:
        """The axis of the feature's own values, or the names of its categories."""
        view, lines = self.view, self._lines(plot)
        if view is None:
            return
        below = QRectF(0, plot.bottom() + 4, 10, self._line)
        if len(view.names):
            for name, left, right in zip(view.names, lines[:-1], lines[1:], strict=True):
                box = QRectF(left + 2, below.top(), right - left - 4, below.height())
                self._text(painter, box, name, "chart_axis", Qt.AlignmentFlag.AlignHCenter)
            return
        low, high = float(view.edges[0]), float(view.edges[-1])
        ticks = nice_ticks(low, high, max(2, int(plot.width() // 84)))
        places = decimals(ticks)
        for tick in ticks:
            x = plot.left() + (tick - low) / max(high - low, 1e-300) * plot.width()
            painter.setPen(QPen(self.theme.colour("line_strong"), 1))
            painter.drawLine(QLineF(x, plot.bottom(), x, plot.bottom() + 4))
            box = QRectF(x - 42, below.top(), 84, below.height())
            box.moveRight(min(box.right(), self.width()))
            self._text(painter, box, fmt.number(tick, places), "chart_axis", Qt.AlignmentFlag.AlignHCenter)

    def _steps(self, painter: QPainter, plot: QRectF, lines: Floats, heights: list[Floats]) -> None:
        floor = plot.bottom()
        for tall, (pen, brushes) in zip(heights, self._brushes(), strict=True):
            x = np.repeat(lines, 2)
            y = floor - np.concatenate(([0.0], np.repeat(tall, 2), [0.0]))
            shape = QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
            painter.setPen(Qt.PenStyle.NoPen)
            for brush in brushes:
                painter.setBrush(brush)
                painter.drawPolygon(shape)
            painter.setPen(pen)
            painter.drawPolyline(shape)

    def _bars(self, painter: QPainter, plot: QRectF, lines: Floats, heights: list[Floats]) -> None:
        floor, room = plot.bottom(), float(lines[1] - lines[0])
        width = min(room * 0.36, 44.0)
        for side, (tall, (pen, brushes)) in enumerate(zip(heights, self._brushes(), strict=True)):
            painter.setPen(pen)
            for left, height in zip(lines[:-1].tolist(), tall.tolist(), strict=True):
                box = QRectF(left + room / 2 - width + side * width, floor - height, width - 1, height)
                for brush in brushes:
                    painter.fillRect(box, brush)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)

    def _text(
        self, painter: QPainter, box: QRectF, text: str, token: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:  # fmt: skip
        painter.setPen(self.theme.colour(token))
        font: QFont = painter.font()
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


def _value(edge: float, edges: Floats) -> str:
    """An edge with as many places as tells two of them apart."""
    step = float(np.median(np.diff(edges))) or 1.0
    return fmt.number(float(edge), max(0, min(6, 1 - int(np.floor(np.log10(abs(step)))))))
