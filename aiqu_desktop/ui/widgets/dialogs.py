"""Dialogs that ask before an act: the object, the consequence, the way back; the verb on the button; default No."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from aiqu_desktop.ui import settings
from aiqu_desktop.ui.widgets.buttons import explain, make_button, make_segments
from aiqu_desktop.ui.widgets.labels import make_label


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways; `why_not` switches it off and says why."""

    value: str
    title: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """verb: what the button says; lines: what will be acted on; consequence and way_back: one sentence each.

    note_title: heading of the note field ("" for none); the note is then required.
    choices: one of them has to be chosen, under `choice_title`; none is chosen beforehand.
    """

    title: str
    verb: str
    lines: tuple[str, ...]
    consequence: str
    way_back: str
    note_title: str = ""
    role: str = "primary"
    choice_title: str = ""
    choices: tuple[Choice, ...] = ()


class AskDialog(QDialog):
    """Asks one Question. `on_yes(person, note)` is called once, after the dialog closed."""

    def __init__(self, question: Question, on_yes: Callable[[str, str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ask")
        self.setWindowTitle(question.title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        self._on_yes = on_yes
        self._needs_note = bool(question.note_title)

        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(6)
        column.addWidget(make_label(question.title, "title"))
        for line in question.lines:
            column.addWidget(make_label(line, "strong", wrap=True))
        column.addWidget(make_label(question.consequence, wrap=True))
        column.addWidget(make_label(question.way_back, "caption", wrap=True))
        column.addSpacing(8)
        self._choices = QButtonGroup(self)
        if question.choices:
            column.addWidget(make_label(question.choice_title, "caption"))
            column.addLayout(self._offer(question.choices))
        column.addWidget(make_label("Your name", "caption"))
        self.person = QLineEdit(settings.PERSON.get())
        self.person.setObjectName("person")
        self.person.setAccessibleName("Your name")
        self.person.textChanged.connect(self._check)
        column.addWidget(self.person)
        self.note = QPlainTextEdit()
        self.note.setObjectName("note")
        self.note.setAccessibleName(question.note_title)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(84)
        self.note.textChanged.connect(self._check)
        if self._needs_note:
            column.addWidget(make_label(question.note_title, "caption"))
            column.addWidget(self.note)
        else:
            self.note.setParent(self)
            self.note.hide()

        self.why_not = make_label("", "caption", "why_not")
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.yes = make_button(question.verb, "yes", question.role, self._accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.why_not)
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column.addSpacing(8)
        column.addLayout(buttons)
        self.no.setDefault(True)
        (self.note if self._needs_note and self.person.text() else self.person).setFocus()
        self._check()

    @property
    def choice(self) -> str:
        """The value of what is chosen; empty while nothing is."""
        button = self._choices.checkedButton()
        return "" if button is None else str(button.property("value"))

    def _offer(self, choices: Sequence[Choice]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        buttons = make_segments([(choice.title, f"choice_{choice.value}") for choice in choices], exclusive=False)
        for choice, button in zip(choices, buttons, strict=True):
            button.setProperty("value", choice.value)
            explain(button, choice.why_not)
            button.clicked.connect(self._check)
            self._choices.addButton(button)
            row.addWidget(button, 1)
        return row

    def _check(self) -> None:
        why = ""
        if self._choices.buttons() and not self.choice:
            why = "Choose one of them."
        elif not self.person.text().strip():
            why = "Say who you are."
        elif self._needs_note and not self.note.toPlainText().strip():
            why = "Write a note: why, and what is done about it."
        self.why_not.setText(why)
        explain(self.yes, why)

    def _accept(self) -> None:
        person, note = self.person.text().strip(), self.note.toPlainText().strip()
        settings.PERSON.set(person)
        self.accept()
        self._on_yes(person, note)


def as_person(title: str, verb: str, act: Callable[[str], None], parent: QWidget) -> None:
    """Act under the person's name: at once when it is known; else it is asked for, once."""
    person = settings.PERSON.get()
    if person:
        act(person)
        return
    question = Question(title, verb, (), "Your name goes into the audit trail.", "It is remembered on this desk.")
    AskDialog(question, lambda by, _note: act(by), parent).open()
