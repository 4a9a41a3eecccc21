"""The modal sheet of one promotion or rollback: preview, name and reason, hold to confirm, progress, proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.release.hold_button import HoldButton
from aiqu_desktop.ui.release.preview_view import PreviewView, blocking_banner
from aiqu_desktop.ui.release.progress_view import ProgressView
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.labels import make_label

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.preview import Preview
    from aiqu_desktop.lifecycle.release import ReleaseOutcome


class ReleaseSheet(QDialog):
    """Open it with `.open()`. It cannot be closed while a release is under way: that ends in seconds, either way.

    ended: the release is over (ReleaseOutcome), or was refused (the exception); the sheet still shows it.
    """

    ended = Signal(object)

    def __init__(
        self, desk: Desk, tasks: Tasks, theme: Theme, preview: Preview, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self.preview = desk, tasks, preview
        self._running = False
        self.setObjectName("release-sheet")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading, verb, explanation = _words(preview, title)
        self.setWindowTitle(heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(make_label(heading, "title", "heading", wrap=True))
        column.addWidget(make_label(explanation, "caption", wrap=True))
        if preview.blocked:
            column.addWidget(blocking_banner(theme, preview))
        self.progress = ProgressView(theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(_scrolling(PreviewView(theme, preview)))
        self._pages.addWidget(_scrolling(self.progress))
        column.addWidget(self._pages, 1)
        self._form = self._make_form()
        column.addWidget(self._form)
        self._form.setVisible(not preview.blocked)
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.no = make_button("Close" if preview.blocked else "Cancel", "no", on_click=self.reject)
        self.no.setDefault(True)
        self.hold = HoldButton(theme, verb, danger=preview.kind is ReleaseKind.ROLLBACK)
        self.hold.setVisible(not preview.blocked)
        self.hold.held.connect(self._go)
        self.hold.let_go.connect(self._say_hold)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.why_not, 1)
        row.addWidget(self.no)
        row.addWidget(self.hold)
        column.addLayout(row)
        self._check()
        (self.reason if self.person.text() else self.person).setFocus()
        tall = preview.kind is ReleaseKind.PROMOTION
        self.resize(820, 730 if tall else 560)

    def reject(self) -> None:
        """Cancel or Escape; not while the line is being switched."""
        if not self._running:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field moves on to the next one; it never confirms and never throws the typed words away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QLineEdit):
            self.focusNextChild()
            return
        super().keyPressEvent(event)

    def _make_form(self) -> QWidget:
        form = QWidget()
        row = QHBoxLayout(form)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        self.person, self.reason = QLineEdit(settings.PERSON.get()), QLineEdit()
        fields = ((self.person, "person", "Your name", 2), (self.reason, "reason", "Reason", 5))
        for field, name, title, share in fields:
            field.setObjectName(name)
            field.setAccessibleName(title)
            field.textChanged.connect(self._check)
            box = QVBoxLayout()
            box.setSpacing(2)
            box.addWidget(make_label(title, "caption"))
            box.addWidget(field)
            row.addLayout(box, share)
        self.reason.setPlaceholderText("It is kept in the audit trail for good")
        return form

    def _check(self) -> None:
        why = ""
        if not self.person.text().strip():
            why = "Say who you are."
        elif not self.reason.text().strip():
            why = "Say why; it is kept in the audit trail."
        self.hold.setEnabled(not why)
        self.hold.setToolTip(why)
        self.why_not.setText(why if why else "Press and hold for one second, or hold the space bar.")
        if self.preview.blocked:
            self.why_not.setText("")

    def _say_hold(self) -> None:
        if not self._running:
            self.why_not.setText("Let go too early: nothing was done. Hold it for one second.")

    def _go(self) -> None:
        person, reason = self.person.text().strip(), self.reason.text().strip()
        settings.PERSON.set(person)
        self._running = True
        self._form.hide()
        self.hold.hide()
        self.no.setEnabled(False)
        self.why_not.setText("A few seconds: the sheet stays until the line has answered.")
        self._pages.setCurrentIndex(1)
        act = self._desk.promote if self.preview.kind is ReleaseKind.PROMOTION else self._desk.roll_back
        on_step = self._tasks.relay(self.progress.report)
        preview = self.preview
        self._tasks.run(lambda: act(preview, actor=person, reason=reason, on_step=on_step), self._done, self._failed)

    def _done(self, outcome: ReleaseOutcome) -> None:
        self.progress.finish(outcome)
        self._stop(outcome)

    def _failed(self, error: Exception) -> None:
        self.progress.break_off(error)
        self._stop(error)

    def _stop(self, result: object) -> None:
        self._running = False
        self.no.setText("Close")
        self.no.setAccessibleName("Close")
        self.no.setEnabled(True)
        self.no.setFocus()
        self.why_not.setText("")
        self.ended.emit(result)


def _words(preview: Preview, title: str) -> tuple[str, str, str]:
    """(heading, text of the button, one sentence)."""
    new = preview.to_version
    if preview.kind is ReleaseKind.PROMOTION:
        number = "–" if new is None else new.number
        return (
            f"Promote {title} to version {number}",
            f"Hold to promote version {number}",
            "The line is told to serve this version and must prove it; if it does not, the present one is restored.",
        )
    if new is None:
        return f"Roll back {title}", "Hold to roll back", "There is no version to go back to."
    return (
        f"Roll back {title} to version {new.number}",
        f"Hold to roll back to version {new.number}",
        f"The line serves version {new.number} again within seconds; the present version is withdrawn.",
    )


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
