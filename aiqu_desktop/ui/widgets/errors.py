"""Three kinds of error, told apart on screen: the reader's, the machine's, and ours, which are logged with a trace."""

from __future__ import annotations

import logging
import traceback

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.labels import IconLabel, make_label

_log = logging.getLogger("aiqu.ui")


def headline_of(error: BaseException) -> str:
    if isinstance(error, Refused):
        return "The answer is no"
    if isinstance(error, EnvironmentFault):
        return "The machine stands in the way"
    if isinstance(error, AiquError):
        return "This cannot be done as asked"
    return "AiQu Desktop made a mistake"


def sentence_of(error: BaseException) -> str:
    """The error's own sentence, or for a bug one that says what to do with it."""
    if isinstance(error, AiquError):
        return str(error)
    return f"{type(error).__name__}: {error}. Nothing was lost; the log holds the details for whoever supports you."


class ErrorDialog(QDialog):
    """One sentence; for a bug also its trace, ready to copy. Enter closes it, nothing else."""

    def __init__(self, theme: Theme, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error")
        self.setWindowTitle(headline_of(error))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(500)
        is_bug = not isinstance(error, AiquError)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        top = QHBoxLayout()
        top.setSpacing(12)
        token = "alarm" if is_bug else "warning"
        top.addWidget(IconLabel(theme, token, token, 28), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(make_label(headline_of(error), "heading"))
        self.sentence = make_label(sentence_of(error), name="sentence", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(self.sentence)
        top.addLayout(words, 1)
        column.addLayout(top)
        if is_bug:
            trace = QPlainTextEdit("".join(traceback.format_exception(error)))
            trace.setObjectName("trace")
            trace.setAccessibleName("Trace of the mistake")
            trace.setReadOnly(True)
            trace.setFixedHeight(180)
            column.addWidget(trace)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.close_button = make_button("Close", "close", on_click=self.accept)
        self.close_button.setDefault(True)
        buttons.addWidget(self.close_button)
        column.addLayout(buttons)


class ErrorDesk:
    """Shows one error at a time over `parent`; what comes while one is open is logged, not stacked up."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._theme = theme
        self._parent = parent
        self._open: ErrorDialog | None = None

    def show(self, error: BaseException) -> None:
        if isinstance(error, AiquError):
            _log.warning("%s", error)
        else:
            _log.error("unexpected error", exc_info=error)
        if self._open is None:
            self._open = ErrorDialog(self._theme, error, self._parent)
            self._open.finished.connect(self._closed)
            self._open.open()

    def _closed(self) -> None:
        self._open = None
