"""The sheet of an act that one person decides alone: one reason, a hold of a second."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aiqu_desktop.core.words import Role
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.release.held_sheet import HeldSheet
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.labels import make_label


class AloneSheet(HeldSheet):
    """Who is signed in and has one of `roles` gives a reason only; anybody else an account and its password as well."""

    def __init__(
        self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, words: tuple[str, str, str],
        roles: Sequence[Role], parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk, tasks, theme, papers, words, danger=True, parent=parent)
        person = papers.signed_in
        self.by_session = person is not None and not set(roles).isdisjoint(person.roles)
        self.ask_reason("Reason", "It is kept in the audit trail for good")
        self.ask_signature(SignForm(papers.people, roles, demo_password=papers.demo_password))
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

    def signer(self) -> Credentials | None:
        """Who signs; None: who is signed in at the desk."""
        return None if self.by_session or self.sign is None else self.sign.credentials()

    def _another(self) -> None:
        self.by_session = False
        self._arrange()
        self.check()

    def _arrange(self) -> None:
        assert self.sign is not None
        self.sign.setVisible(not self.by_session)
        self._present.setVisible(self.by_session)
