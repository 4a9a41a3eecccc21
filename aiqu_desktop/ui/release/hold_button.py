"""A button that acts only when it is held for a second: with the mouse, a finger or the space bar, never with Enter."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from aiqu_desktop.ui.theme import Theme

HOLD_MS = 1000
_FRAME_MS = 16


class HoldButton(QAbstractButton):
    """Fills while it is held. `held` comes once, after `HOLD_MS`; letting go earlier, leaving it or losing the focus
    cancels, and says so with `let_go`.

    It paints itself, since a stylesheet has no state between pressed and not pressed.
    """

    held = Signal()
    let_go = Signal()

    def __init__(self, theme: Theme, text: str, *, danger: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._danger = theme, danger
        self.setText(text)
        self.setObjectName("hold")
        self.setAccessibleName(f"{text}: press and hold for one second")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._since = QElapsedTimer()
        self._frame = QTimer(self, interval=_FRAME_MS)
        self._frame.timeout.connect(self._advance)
        theme.changed.connect(self.updateGeometry)

    @property
    def progress(self) -> float:
        """0 to 1; 0 while it is not held."""
        return min(self._since.elapsed() / HOLD_MS, 1.0) if self._since.isValid() else 0.0

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        return QSize(metrics.horizontalAdvance(self.text()) + 44, max(self._theme.density.control + 10, 40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            self._cancel()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._cancel()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._begin()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # swallowed: neither this button nor the dialog's default may act on it from here
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._cancel()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cancel()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._cancel()
        super().changeEvent(event)

    def hitButton(self, _position: object) -> bool:
        return False  # QAbstractButton's own click must never happen

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        path = QPainterPath()
        path.addRoundedRect(box, 5, 5)
        enabled = self.isEnabled()
        painter.setFont(self._font())
        if not enabled:
            pen = painter.pen()
            pen.setColor(self._theme.colour("line_strong"))
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPath(path)
            painter.setPen(self._theme.colour("ink_faint"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            return
        painter.fillPath(path, self._theme.colour("raised"))
        tint = self._theme.colour("alarm_fill" if self._danger else "accent_fill")
        pen = painter.pen()
        pen.setColor(self._theme.colour("ink") if self.hasFocus() else tint)
        pen.setWidthF(2.5 if self.hasFocus() else 1.5)
        painter.setPen(self._theme.colour("alarm" if self._danger else "accent"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        # The filled part shows the same words in the other colour, so that they stay readable under the edge.
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width() * self.progress, self.height()))
        painter.fillPath(path, tint)
        painter.setPen(self._theme.colour("alarm_ink" if self._danger else "accent_ink"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.restore()
        painter.setPen(pen)
        painter.drawPath(path)

    def _font(self) -> QFont:
        return self._theme.font(self._theme.density.body, QFont.Weight.DemiBold)

    def _begin(self) -> None:
        if self.isEnabled() and not self._since.isValid():
            self._since.start()
            self._frame.start()
            self.setDown(True)
            self.update()

    def _advance(self) -> None:
        if self.progress >= 1.0:
            self._stop()
            self.held.emit()
        self.update()

    def _cancel(self) -> None:
        if self._since.isValid():
            self._stop()
            self.let_go.emit()

    def _stop(self) -> None:
        self._since.invalidate()
        self._frame.stop()
        self.setDown(False)
        self.update()
