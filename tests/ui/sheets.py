"""Hands and eyes for the tests of the release sheets."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel

from aiqu_desktop.ui.release.papers import gather
from tests.ui.people_story import PASSWORD, make_request


def press(button, kind=QEvent.Type.MouseButtonPress, at=None):
    """A mouse event without QTest's own waiting."""
    position = QPointF(button.rect().center()) if at is None else at
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, position, button.mapToGlobal(position), left, held, Qt.KeyboardModifier.NoModifier)
    {
        QEvent.Type.MouseButtonPress: button.mousePressEvent,
        QEvent.Type.MouseMove: button.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: button.mouseReleaseEvent,
    }[kind](event)


def texts(widget):
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def hold_to_the_end(qtbot, sheet):
    with qtbot.waitSignal(sheet.ended, timeout=10_000):
        press(sheet.hold)


def sign(sheet, name, reason="Beats version 2 on the plant's own data.", password=PASSWORD):
    """Give a reason, an account and its password."""
    sheet.reason.setText(reason)
    sheet.sign.choose(name)
    sheet.sign.password.setText(password)


def asked(desk, *, override=False, approved=False):
    """Jonas has asked for version 4 of the gas classifier; the preview that he saw."""
    preview = desk.preview_promotion("gas-classifier", 4)
    reason = "Better on the plant's own data."
    desk.requests = (make_request(desk.now_is, "jonas", reason, preview, override=override, approved=approved),)
    return preview


def opened(kind, desk, tasks, theme, preview, window):
    """A sheet as the model page opens it."""
    sheet = kind(desk, tasks, theme, gather(desk, preview, "Gas classifier"), window)
    sheet.open()
    return sheet
