"""A shadow is begun or ended: what it does, why, and who signs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.services.views import ModelTile, PersonRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label


class ShadowDialog(QDialog):
    """Nothing happens before the button with the verb is pressed. acted: it was begun or ended."""

    acted = Signal()

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        tile: ModelTile,
        number: int,
        people: Sequence[PersonRow],
        demo_password: str,
        *,
        ends: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._model, self._number, self._ends = desk, tasks, tile.name, number, ends
        self.setObjectName("shadow-dialog")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        heading, about = _words(tile, number, ends)
        self.setWindowTitle(heading)
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName("Reason")
        roles = roles_for(Meaning.SHADOW_ENDED if ends else Meaning.SHADOW_BEGUN)
        self.sign = SignForm(people, roles, demo_password=demo_password)
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.yes = make_button("End the shadow" if ends else "Begin the shadow", "yes", "primary", self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label(heading, "title"))
        column.addWidget(make_label(about, wrap=True))
        column.addSpacing(4)
        column.addWidget(make_label("Reason; it is kept in the audit trail for good", "caption"))
        column.addWidget(self.reason)
        column.addWidget(self.sign)
        column.addWidget(self.why_not)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.no, self.yes):
            buttons.addWidget(button)
        self.no.setDefault(True)
        column.addLayout(buttons)
        self.reason.textChanged.connect(self._check)
        self.sign.changed.connect(self._check)
        self._check()
        self.reason.setFocus()

    def _check(self) -> None:
        why = self.sign.why_not if self.reason.text().strip() else "Say why; it is kept in the audit trail."
        explain(self.yes, why)
        self.why_not.setText(why)

    def _go(self) -> None:
        by, reason = self.sign.credentials(), self.reason.text().strip()
        self.sign.clear_password()
        desk, model, number, ends = self._desk, self._model, self._number, self._ends
        explain(self.yes, "It is being done.")
        self.why_not.setText("One moment…")
        self._tasks.run(
            lambda: desk.end_shadow(model, by, reason) if ends else desk.begin_shadow(model, number, by, reason),
            self._done,
            self._failed,
        )

    def _done(self, _result: object) -> None:
        self.acted.emit()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._check()
        self.why_not.setText(sentence_of(error))


def _words(tile: ModelTile, number: int, ends: bool) -> tuple[str, str]:
    """(heading, what it does)."""
    if ends:
        return (
            f"End the shadow of version {number}",
            f"Version {number} of {tile.title} no longer answers beside the champion. What it answered stays.",
        )
    return (
        f"Let version {number} answer beside the champion",
        f"The line gives version {number} every row that version {tile.champion} of {tile.title} has answered, at the "
        "lowest priority. Its answers are kept and compared and otherwise unused: what serves does not change.",
    )
