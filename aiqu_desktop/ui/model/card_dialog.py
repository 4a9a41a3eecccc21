"""The fallback card is written or changed: its fields, why, and an engineer's signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.services.views import ModelPage, PersonRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import day
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label


class CardDialog(QDialog):
    """Shows the card that stands, and writes another once it is signed; `written` tells the page."""

    def __init__(
        self, desk: Desk, tasks: Tasks, page: ModelPage, people: Sequence[PersonRow], demo_password: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._desk, self._tasks, self._model = desk, tasks, page.tile.name
        self.setObjectName("card_dialog")
        self.setWindowTitle(f"Fallback card of {page.tile.title}")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(640)
        card = page.card
        self.instead = QPlainTextEdit(card.instead if card else "")
        self.instead.setTabChangesFocus(True)
        self.instead.setFixedHeight(96)
        self.decides, self.call = QLineEdit(card.decides if card else ""), QLineEdit(card.call if card else "")
        self.hours = QDoubleSpinBox()
        self.hours.setRange(0.5, 8_760.0)
        self.hours.setDecimals(1)
        self.hours.setSuffix(" hours")
        self.hours.setValue(card.at_most_hours if card else 8.0)
        self.instruction, self.reason = QLineEdit(card.instruction if card else ""), QLineEdit()
        self.sign = SignForm(
            people, roles_for(Meaning.WROTE_FALLBACK), title="Which engineer signs", demo_password=demo_password
        )
        self.state = make_label("", "caption", "card_state", wrap=True)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.no.setDefault(True)
        self.yes = make_button("Sign the card", "yes", "primary", self._write)
        stands = "No card was written yet."
        if card is not None:
            stands = f"Card {card.number} stands, by {card.by}, {day(card.at)}: {card.reason}"
        self._lay_out(page.tile.title, stands)
        self.check()

    def fields(self) -> dict[str, Any]:
        """What the card says."""
        return {
            "instead": self.instead.toPlainText().strip(),
            "decides": self.decides.text().strip(),
            "call": self.call.text().strip(),
            "at_most_hours": self.hours.value(),
            "instruction": self.instruction.text().strip(),
        }

    def check(self) -> None:
        """Say what is missing, or free the button."""
        said = self.fields()
        why = next((ask for key, ask in _ASKS.items() if not said[key]), "")
        if not why and not self.reason.text().strip():
            why = "Say why the card is written or changed; it is kept in the audit trail."
        why = why or self.sign.why_not
        explain(self.yes, why)
        self.state.setText(why)

    def _lay_out(self, title: str, stands: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(make_label(f"How the plant works without {title}", "title", wrap=True))
        column.addWidget(make_label(stands, "caption", "card_stands", wrap=True))
        form = QFormLayout()
        form.setSpacing(8)
        rows = (
            ("instead", "What the plant does without the model", self.instead),
            ("decides", "Who decides by hand", self.decides),
            ("call", "Whom to call", self.call),
            ("hours", "At most", self.hours),
            ("instruction", "Instruction (number or link; may be empty)", self.instruction),
            ("reason", "Reason", self.reason),
        )
        for name, text, field in rows:
            field.setObjectName(name)
            field.setAccessibleName(text)
            form.addRow(make_label(text, "caption"), field)
            if isinstance(field, QLineEdit | QPlainTextEdit):
                field.textChanged.connect(self.check)
        column.addLayout(form)
        column.addWidget(self.sign)
        self.sign.changed.connect(self.check)
        column.addWidget(self.state)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column.addLayout(buttons)

    def _write(self) -> None:
        desk, model, fields, by, reason = (
            self._desk, self._model, self.fields(), self.sign.credentials(), self.reason.text().strip(),
        )  # fmt: skip
        self.sign.clear_password()
        explain(self.yes, "The card is being signed.")
        self._tasks.run(lambda: desk.write_card(model, fields, by, reason), self._written, self._failed)

    def _written(self, _card: object) -> None:
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.check()
        self.state.setText(sentence_of(error))


_ASKS = {
    "instead": "Say what the plant does without the model.",
    "decides": "Say who decides by hand.",
    "call": "Say whom to call.",
}
