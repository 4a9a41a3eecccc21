"""The note beside a flag: what happened, when, in one sentence; pinned by a click, so that nothing is hover-only."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from aiqu_desktop.services.views import Mark
from aiqu_desktop.ui.formatting import instant_full

WORDS = {
    "promotion": "Promotion",
    "rollback": "Rollback",
    "reverted": "Release reverted",
    "stop": "Stop to the safe state",
    "resume": "Resumption",
    "alarm": "Alarm activated",
    "onset": "Estimated onset",
    "rehearsed": "Alarm in the rehearsal",
}


class MarkNote(QFrame):
    """Floats over the charts; `alarm_asked` when the reader wants the alarm itself."""

    alarm_asked = Signal(object)  # the Mark

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("mark-note")
        self.setAccessibleName("What happened here")
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.pinned = False
        self._marks: tuple[Mark, ...] = ()
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._open = QPushButton("Show the alarm", self)
        self._open.setObjectName("open-alarm")
        self._open.setAccessibleName("Show the alarm")
        self._open.clicked.connect(self._ask)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 10, 12, 10)
        box.setSpacing(8)
        box.addWidget(self._text)
        box.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_marks(self, marks: tuple[Mark, ...], at: QPoint, within: QRect, *, pinned: bool) -> None:
        """Say what `marks` stand for, near `at`; without marks the note goes away (a pinned one only by a click)."""
        if not marks:
            if pinned or not self.pinned:
                self.pinned = False
                self.hide()
            return
        if self.pinned and not pinned:
            return
        self.pinned, self._marks = pinned, marks
        self._text.setText("<br>".join(_html(mark) for mark in marks[:6]))
        self._open.setVisible(pinned and any(mark.kind == "alarm" for mark in marks))
        self._text.setFixedWidth(min(320, max(within.width() - 40, 160)))
        self.adjustSize()
        left = min(max(at.x() + 12, within.left() + 4), within.right() - self.width() - 4)
        top = min(at.y() + 18, within.bottom() - self.height() - 4)
        self.move(left, max(top, within.top() + 4))
        self.show()
        self.raise_()

    def _ask(self) -> None:
        mark = next(mark for mark in self._marks if mark.kind == "alarm")
        self.pinned = False
        self.hide()
        self.alarm_asked.emit(mark)


def _html(mark: Mark) -> str:
    sentence = mark.sentence.replace("&", "&amp;").replace("<", "&lt;")
    return f"<b>{WORDS.get(mark.kind, mark.kind)}</b>&nbsp; {instant_full(mark.at)}<br>{sentence}"
