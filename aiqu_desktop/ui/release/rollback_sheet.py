"""The sheet of a rollback: one person, one reason, a hold of a second."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.release.held_sheet import HeldSheet
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.labels import make_label

_ROLES = roles_for(Meaning.ROLLED_BACK)


class RollbackSheet(HeldSheet):
    """Who is signed in and may roll back gives a reason only; anybody else an account and its password as well."""

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, parent: QWidget | None = None) -> None:
        super().__init__(desk, tasks, theme, papers, _words(papers), danger=True, parent=parent)
        person = papers.signed_in
        self.by_session = person is not None and not set(_ROLES).isdisjoint(person.roles)
        self.ask_reason("Reason", "It is kept in the audit trail for good")
        self.ask_signature(SignForm(papers.people, _ROLES, demo_password=papers.demo_password))
        self._present = QWidget()
        row = QHBoxLayout(self._present)
        row.setContentsMargins(0, 4, 0, 0)
        name = person.full_name if person is not None else ""
        row.addWidget(make_label(f"Signed in: {name}", "strong", "session_person"))
        row.addWidget(make_button("Another person signs…", "another", "link", self._another))
        row.addStretch(1)
        self.fields.addWidget(self._present)
        self._arrange()
        self.form.setVisible(not self.preview.blocked)
        self.hold.setVisible(not self.preview.blocked)
        self.check()
        if self.preview.blocked:
            self.why_not.setText("")
            self.no.setText("Close")
        self.reason.setFocus()
        self.fit(600)

    def lacking(self) -> str:
        if not self.reason.text().strip():
            return "Say why; it is kept in the audit trail."
        return super().lacking()

    def go(self) -> None:
        preview, reason = self.preview, self.reason.text().strip()
        by = None if self.by_session or self.sign is None else self.sign.credentials()
        on_step = self.tasks.relay(self.report)
        desk = self.desk
        self.begin(lambda: desk.roll_back(preview, by, reason, on_step), self.released)

    def _another(self) -> None:
        self.by_session = False
        self._arrange()
        self.check()

    def _arrange(self) -> None:
        assert self.sign is not None
        self.sign.setVisible(not self.by_session)
        self._present.setVisible(self.by_session)


def _words(papers: Papers) -> tuple[str, str, str]:
    """(heading, one sentence, text of the button)."""
    new = papers.preview.to_version
    if new is None:
        return f"Roll back {papers.title}", "There is no version to go back to.", "Hold to roll back"
    return (
        f"Roll back {papers.title} to version {new.number}",
        f"The line serves version {new.number} again within seconds; the present version is withdrawn.",
        f"Hold to roll back to version {new.number}",
    )
