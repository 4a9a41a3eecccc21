"""What the sheets of a request, an approval and a rollback share: preview, who signs, the gesture, progress, proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.release.preview_view import PreviewView, blocking_banner
from aiqu_desktop.ui.release.progress_view import ProgressView
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.release import ReleaseOutcome


_SMALL_SCREEN = 780  # pixels in height: what a screen of 800 leaves to a dialog
_BESIDE = 2 * 24 + 16  # margins left and right, and a scroll bar
_SLACK = 12


class ReleaseSheet(QDialog):
    """Open it with `.open()`. It cannot be closed while the line is switched: that ends in seconds, either way.

    ended: the act is over, with its result or with the exception that refused it. A refusal before the first step
    leaves the sheet open for another try.
    """

    ended = Signal(object)

    def __init__(
        self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, heading: str, explanation: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.desk, self.tasks, self.theme, self.papers = desk, tasks, theme, papers
        self.preview = papers.preview
        self._running = False
        self.setObjectName("release-sheet")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 18, 24, 18)
        self.column.setSpacing(8)
        self.heading = make_label(heading, "title", "heading", wrap=True)
        self.column.addWidget(self.heading)
        self.column.addWidget(make_label(explanation, "caption", wrap=True))
        if self.preview.blocked:
            self.column.addWidget(blocking_banner(theme, self.preview))
        self.progress = ProgressView(theme)
        self.pages = QStackedWidget()
        self.shown_preview = PreviewView(theme, self.preview)
        self.pages.addWidget(scrolling(self.shown_preview))
        self.pages.addWidget(scrolling(self.progress))
        self.column.addWidget(self.pages, 1)
        self.form = QWidget()
        self.fields = QVBoxLayout(self.form)
        self.fields.setContentsMargins(0, 4, 0, 4)
        self.fields.setSpacing(6)
        self.column.addWidget(self.form)
        self.reason = QLineEdit()
        self.sign: SignForm | None = None
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.no.setDefault(True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(12)
        self.buttons.addWidget(self.why_not, 1)
        self.buttons.addWidget(self.no)
        self.column.addLayout(self.buttons)

    def fit(self, least: int) -> None:
        """As tall as its preview asks, `least` pixels or more; never taller than a small screen, where it scrolls."""
        width = 820 if self.theme.density.name == "desk" else 1040
        content = self.shown_preview.heightForWidth(width - _BESIDE)
        around = self.sizeHint().height() - self.pages.sizeHint().height()
        self.resize(width, min(max(least, around + content + _SLACK), _SMALL_SCREEN))

    def grow(self, pixels: int) -> None:
        """Taller by so much, as far as a small screen allows."""
        self.resize(self.width(), min(self.height() + pixels, _SMALL_SCREEN))

    # what a sheet adds

    def ask_reason(self, title: str, hint: str) -> None:
        """A line for the reason."""
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName(title)
        self.reason.setPlaceholderText(hint)
        self.reason.textChanged.connect(self.check)
        self.fields.addWidget(make_label(title, "caption"))
        self.fields.addWidget(self.reason)

    def ask_signature(self, form: SignForm) -> None:
        """Who signs, and the password."""
        self.sign = form
        form.changed.connect(self.check)
        self.fields.addWidget(form)

    def lacking(self) -> str:
        """What keeps the act from being done; empty when nothing does."""
        return self.sign.why_not if self.sign is not None and self.sign.isVisibleTo(self) else ""

    def check(self) -> None:
        """Switch the gesture on or off, and say why."""
        raise NotImplementedError

    # acting

    def begin(self, act: Callable[[], object], on_done: Callable[[object], None]) -> None:
        """Run `act` off the main thread; nothing typed as a password stays in the sheet."""
        self._running = True
        self.form.setEnabled(False)
        self.no.setEnabled(False)
        self.set_gesture(False)
        self.why_not.setText("A moment: the signature is being checked.")
        if self.sign is not None:
            self.sign.clear_password()
        self.tasks.run(act, on_done, self._failed)

    def set_gesture(self, on: bool) -> None:
        """Switch whatever starts the act on or off."""
        raise NotImplementedError

    def report(self, step: str, detail: str) -> None:
        """The lifecycle reported a step: from now on the sheet shows the progress."""
        if self.pages.currentIndex() == 0:
            self.pages.setCurrentIndex(1)
            self.form.hide()
            self.hide_gesture()
            self.why_not.setText("A few seconds: the sheet stays until the target has answered.")
        self.progress.report(step, detail)

    def hide_gesture(self) -> None:
        """The act has begun, and is not begun twice."""
        raise NotImplementedError

    def released(self, outcome: ReleaseOutcome) -> None:
        """The line has answered."""
        self.pages.setCurrentIndex(1)
        self.form.hide()
        self.hide_gesture()
        self.progress.finish(outcome)
        self.stop(outcome)

    def stop(self, result: object) -> None:
        """Nothing more happens in this sheet by itself."""
        self._running = False
        self.no.setText("Close")
        self.no.setAccessibleName("Close")
        self.no.setEnabled(True)
        self.no.setFocus()
        self.why_not.setText("")
        self.ended.emit(result)

    def _failed(self, error: Exception) -> None:
        if self.pages.currentIndex() == 1:
            self.progress.break_off(error)
            self.stop(error)
            return
        self._running = False
        self.form.setEnabled(True)
        self.no.setEnabled(True)
        self.check()
        self.why_not.setText(sentence_of(error))
        self.ended.emit(error)

    # the dialog

    def reject(self) -> None:
        """Cancel or Escape; not while it acts."""
        if not self._running:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field moves on to the next one; it never confirms and never throws the typed words away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QAbstractButton):
            self.focusNextChild()
            return
        super().keyPressEvent(event)


def scrolling(content: QWidget) -> QScrollArea:
    """A page that scrolls up and down when it is too tall."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
