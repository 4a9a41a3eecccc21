"""One act that one person signs: a reason, and an account with its password unless who is signed in may do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.permissions import BY_SESSION, roles_for
from aiqu_desktop.services.views import PersonRow, SignedIn
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed. act: does it on a worker, with who signs (None: who is signed in) and the reason.

    leave_out: the sign-in name of someone who cannot sign this, because it was they who asked.
    """

    title: str
    lines: tuple[str, ...]
    verb: str
    meaning: Meaning
    act: Callable[[Credentials | None, str], object]
    role: str = "primary"
    needs_reason: bool = True
    leave_out: str = ""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who could sign at this desk, gathered off the main thread."""

    people: tuple[PersonRow, ...]
    demo_password: str
    signed_in: SignedIn | None


def gather_signers(desk: Desk) -> Signers:
    """Blocks; call it on a worker."""
    return Signers(desk.people(), desk.demo_password(), desk.signed_in())


class SignDialog(QDialog):
    """Open it with `.open()`. done_with: the act succeeded, with its result."""

    done_with = Signal(object)

    def __init__(self, tasks: Tasks, signing: Signing, signers: Signers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign-dialog")
        self.setWindowTitle(signing.title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        self._tasks, self._signing = tasks, signing
        roles = roles_for(signing.meaning)
        person = signers.signed_in
        self.by_session = (
            person is not None and signing.meaning in BY_SESSION and not set(roles).isdisjoint(person.roles)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label(signing.title, "title", "heading", wrap=True))
        for line in signing.lines:
            column.addWidget(make_label(line, wrap=True))
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName("Reason")
        self.reason.setPlaceholderText("It is kept in the audit trail for good")
        self.reason.textChanged.connect(self._check)
        column.addWidget(make_label("Reason" if signing.needs_reason else "Remark (may be left empty)", "caption"))
        column.addWidget(self.reason)
        self.sign = SignForm(signers.people, roles, demo_password=signers.demo_password)
        if signing.leave_out:
            self.sign.leave_out(signing.leave_out)
        self.sign.changed.connect(self._check)
        column.addWidget(self.sign)
        self._present = QWidget()
        row = QHBoxLayout(self._present)
        row.setContentsMargins(0, 0, 0, 0)
        name = person.full_name if person is not None else ""
        row.addWidget(make_label(f"Signed in: {name}", "strong", "session_person"))
        row.addWidget(make_button("Another person signs…", "another", "link", self._another))
        row.addStretch(1)
        column.addWidget(self._present)
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.no.setDefault(True)
        self.yes = make_button(signing.verb, "yes", signing.role, self._go)
        buttons = QHBoxLayout()
        buttons.addWidget(self.why_not, 1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column.addSpacing(8)
        column.addLayout(buttons)
        self._arrange()
        self.reason.setFocus()

    def _another(self) -> None:
        self.by_session = False
        self._arrange()

    def _arrange(self) -> None:
        self.sign.setVisible(not self.by_session)
        self._present.setVisible(self.by_session)
        self._check()

    def _check(self) -> None:
        why = ""
        if self._signing.needs_reason and not self.reason.text().strip():
            why = "Say why; it is kept in the audit trail."
        elif not self.by_session:
            why = self.sign.why_not
        self.why_not.setText(why)
        explain(self.yes, why)

    def _go(self) -> None:
        by = None if self.by_session else self.sign.credentials()
        reason, act = self.reason.text().strip(), self._signing.act
        self.sign.clear_password()
        explain(self.yes, "A moment: the signature is being checked.")
        self._tasks.run(lambda: act(by, reason), self._done, self._failed)

    def _done(self, result: object) -> None:
        self.accept()
        self.done_with.emit(result)

    def _failed(self, error: Exception) -> None:
        self._check()
        self.why_not.setText(sentence_of(error))


def named(people: Sequence[PersonRow], full_name: str) -> str:
    """The sign-in name of a person by the full one; empty where there is none."""
    return next((row.name for row in people if row.full_name == full_name), "")
