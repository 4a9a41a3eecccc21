"""Mouse, wheel, touch and keys on the charts, turned into moves of the time window and the cursor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

from aiqu_desktop.services.views import Mark
from aiqu_desktop.ui.charts.canvas import ChartCanvas

WHEEL_STEP = 0.8  # of the width for one notch
PAN_STEP = 0.2
DRAG_FROM = 5  # pixels before a press becomes a drag


class Gestures(QObject):
    """Watches a canvas. Left drag moves in time, right drag or Shift and drag picks a span, a click asks for a flag."""

    marks_asked = Signal(object, QPointF, bool)  # tuple of Mark (empty: nothing there), where, clicked
    span_moved = Signal(object)  # (left pixel, right pixel) while a span is picked, None when done

    def __init__(self, canvas: ChartCanvas) -> None:
        super().__init__(canvas)
        self._canvas, self._window = canvas, canvas.span
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._picking = False
        self._dragging = False
        viewport = canvas.viewport()
        viewport.setMouseTracking(True)
        viewport.grabGesture(Qt.GestureType.PinchGesture)
        viewport.installEventFilter(self)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas:
            return event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QGestureEvent):
            return self._pinch(event)
        if event.type() == QEvent.Type.Leave:
            self._canvas.clear_cursor()
            self.marks_asked.emit((), QPointF(), False)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        position = event.position()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed = self._last = position
            self._picking = bool(
                event.button() == Qt.MouseButton.RightButton or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            )
            self._dragging = False
            self._canvas.point_at(position)
        elif event.type() == QEvent.Type.MouseMove:
            self._move(position)
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._release(position)
        return True

    def _move(self, position: QPointF) -> None:
        if self._pressed is not None and self._last is not None:
            if not self._dragging and abs(position.x() - self._pressed.x()) < DRAG_FROM:
                return
            self._dragging = True
            if self._picking:
                self.span_moved.emit((self._pressed.x(), position.x()))
            else:
                self._window.pan_seconds((self._last.x() - position.x()) * self._seconds_per_pixel())
            self._last = position
        else:
            marks: tuple[Mark, ...] = self._canvas.marks_at(position)
            self.marks_asked.emit(marks, position, False)
        self._canvas.point_at(position)

    def _release(self, position: QPointF) -> None:
        pressed, self._pressed, self._last = self._pressed, None, None
        if self._picking:
            self.span_moved.emit(None)
        if pressed is None:
            return
        if self._dragging and self._picking and abs(position.x() - pressed.x()) >= 2 * DRAG_FROM:
            first, second = sorted((self._time(pressed.x()), self._time(position.x())))
            self._window.show(first, second)
        elif not self._dragging:
            self.marks_asked.emit(self._canvas.marks_at(position), position, True)
        self._dragging = self._picking = False

    def _wheel(self, event: QWheelEvent) -> bool:
        delta = event.angleDelta()
        heat = self._canvas.heat_panel
        over_names = heat.rect().contains(event.position()) is False and heat.row_at(event.position().y()) is not None
        if over_names or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._canvas.scroll_features(heat.first - round(delta.y() / 40))
        elif abs(delta.x()) > abs(delta.y()):
            self._window.pan(-PAN_STEP * delta.x() / 120)
        elif delta.y():
            self._window.zoom(WHEEL_STEP ** (delta.y() / 120), self._time(event.position().x()))
        event.accept()
        return True

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture) and pinch.scaleFactor() > 0:
            self._pressed = None
            self._window.zoom(1 / pinch.scaleFactor(), self._time(pinch.centerPoint().x()))
        return True

    def _key(self, event: QKeyEvent) -> bool:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys = Qt.Key
        if key in (keys.Key_Plus, keys.Key_Equal):
            self._window.zoom(WHEEL_STEP, self._canvas.cursor_at)
        elif key == keys.Key_Minus:
            self._window.zoom(1 / WHEEL_STEP, self._canvas.cursor_at)
        elif key in (keys.Key_Left, keys.Key_Right):
            sign = 1 if key == keys.Key_Right else -1
            if shift:
                self._step_cursor(sign)
            else:
                self._window.pan(sign * PAN_STEP)
        elif key in (keys.Key_Up, keys.Key_Down):
            self._canvas.scroll_features(self._canvas.heat_panel.first + (1 if key == keys.Key_Down else -1))
        elif key == keys.Key_Home:
            self._window.choose("all")
        elif key == keys.Key_End:
            self._window.set_live(True)
        elif key == keys.Key_Escape:
            self._canvas.clear_cursor()
            self.marks_asked.emit((), QPointF(), True)
        else:
            return False
        return True

    def _step_cursor(self, sign: int) -> None:
        """Move the crosshair to the next sample of the metric: values are read without a pointer."""
        picture, window = self._canvas.picture, self._window
        curve = picture.metrics[self._canvas.metric_index] if picture is not None and picture.metrics else None
        if curve is None or not curve.times.size:
            return
        at = self._canvas.cursor_at
        if at is None:
            at = window.end if sign < 0 else window.start
        later = curve.times[curve.times > at + 1e-6] if sign > 0 else curve.times[curve.times < at - 1e-6]
        if later.size:
            self._canvas.set_cursor(float(later[0] if sign > 0 else later[-1]))

    def _time(self, x: float) -> float:
        rect = self._canvas.metric_panel.rect()
        return self._window.start + (x - rect.left()) * self._seconds_per_pixel()

    def _seconds_per_pixel(self) -> float:
        return self._window.width / max(self._canvas.metric_panel.rect().width(), 1.0)
