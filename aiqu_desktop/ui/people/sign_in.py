"""Signing in at the desk, and the button that says who is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from aiqu_desktop.services.views import PersonRow, SignedIn
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label

LOOK_AGAIN_MS = 5_000  # a session ends by itself; the button must say so


class SignInDialog(QDialog):
    """Asks who is at the desk. signed_in: the session has begun; the one before it, if any, has ended."""

    signed_in = Signal()

    def __init__(
        self, desk: Desk, tasks: Tasks, people: Sequence[PersonRow], demo_password: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self.setObjectName("sign_in")
        self.setWindowTitle("Sign in")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self.form = SignForm(people, title="Who is at the desk", demo_password=demo_password)
        self.form.changed.connect(self._check)
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.yes = make_button("Sign in", "yes", "primary", self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label("Sign in", "title"))
        said = (
            "A rollback and an acknowledgement then carry your name. A request and an approval ask for the password "
            "each time. When nobody acts for 15 minutes, the session ends."
        )
        column.addWidget(make_label(said, wrap=True))
        column.addWidget(self.form)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.why_not, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        column.addSpacing(8)
        column.addLayout(row)
        self.no.setDefault(True)
        self.form.password.returnPressed.connect(self._go)
        self._check()

    def _check(self) -> None:
        why = self.form.why_not
        self.why_not.setText(why)
        explain(self.yes, why)

    def _go(self) -> None:
        if self.form.why_not:
            return
        given = self.form.credentials()
        self.form.clear_password()
        explain(self.yes, "The password is being checked.")
        self._tasks.run(lambda: self._desk.sign_in(given), self._done, self._failed)

    def _done(self, person: SignedIn) -> None:
        settings.PERSON.set(person.full_name)
        self.accept()
        self.signed_in.emit()

    def _failed(self, error: Exception) -> None:
        self._check()
        self.why_not.setText(sentence_of(error))
        self.form.password.setFocus()


class PersonButton(QPushButton):
    """Says who is signed in at this desk; a press signs in, changes the person or signs out."""

    def __init__(self, desk: Desk, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self._name = ""
        self.setObjectName("person_button")
        self.setProperty("role", "nav")
        self.clicked.connect(self._pressed)
        self._look = QTimer(self, interval=LOOK_AGAIN_MS)
        self._look.timeout.connect(self.show_person)
        self._look.start()
        self.show_person()

    def show_person(self) -> None:
        """Say who is signed in now."""
        person = self._desk.signed_in()
        if person is None and self._name and settings.PERSON.get() == self._name:
            settings.PERSON.set("")  # the session has ended: nobody's name is filled in any more
        self._name = "" if person is None else person.full_name
        self.setText("Sign in…" if person is None else person.full_name)
        roles = "Nobody is signed in at this desk." if person is None else f"Signed in; {', '.join(person.roles)}"
        self.setToolTip(roles)
        self.setAccessibleName(self.text() if person is None else f"Signed in: {person.full_name}")

    def ask(self) -> None:
        """Open the dialog in which one signs in, also over another person's session."""
        desk = self._desk
        self._tasks.run(lambda: (desk.people(), desk.demo_password()), self._open)

    def sign_out(self) -> None:
        """End the session."""
        self._tasks.run(self._desk.sign_out, lambda _done: self.show_person())

    def _pressed(self) -> None:
        if self._desk.signed_in() is None:
            self.ask()
            return
        menu = QMenu(self)
        menu.setObjectName("person_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Another person signs in…", self.ask)
        menu.addAction("Sign out", self.sign_out)
        above = self.mapToGlobal(self.rect().topLeft())
        above.setY(above.y() - menu.sizeHint().height())  # it sits at the foot of the rail
        menu.popup(above)

    def _open(self, answer: tuple[Sequence[PersonRow], str]) -> None:
        dialog = SignInDialog(self._desk, self._tasks, *answer, parent=self.window())
        dialog.signed_in.connect(self.show_person)
        dialog.open()
