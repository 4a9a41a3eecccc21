"""An account to choose and its password: what every signature in the window begins with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from aiqu_desktop.core.words import Role
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services.views import PersonRow
from aiqu_desktop.ui.widgets.labels import make_label


class SignForm(QWidget):
    """Only accounts that hold one of `roles` can be chosen (all, where none is named); `changed` on every edit.

    demo_password: shown on a demo site, where everybody has the same; empty elsewhere.
    """

    changed = Signal()

    def __init__(
        self,
        people: Sequence[PersonRow],
        roles: Sequence[Role] = (),
        *,
        title: str = "Who signs",
        demo_password: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sign_form")
        self._roles = tuple(roles)
        self._fit = [row for row in people if row.disabled_at is None and (not roles or row.has(*roles))]
        self.account, self.password = QComboBox(), QLineEdit()
        self.account.setObjectName("account")
        self.account.setAccessibleName(title)
        self.account.addItem("Choose…", "")
        for row in self._fit:
            self.account.addItem(f"{row.full_name}, {', '.join(row.roles)}", row.name)
        self.password.setObjectName("password")
        self.password.setAccessibleName("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.account.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.password.textChanged.connect(lambda _text: self.changed.emit())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.addWidget(make_label(title, "caption"), 0, 0)
        grid.addWidget(make_label("Password", "caption"), 0, 1)
        grid.addWidget(self.account, 1, 0)
        grid.addWidget(self.password, 1, 1)
        if demo_password:
            said = f"A demonstration: everybody's password is {demo_password}"
            grid.addWidget(make_label(said, "caption", "demo_password"), 2, 0, 1, 2)

    def choose(self, name: str) -> None:
        """Choose an account by its sign-in name, if it can sign this."""
        place = self.account.findData(name)
        if place > 0:
            self.account.setCurrentIndex(place)

    def leave_out(self, name: str) -> None:
        """Take an account off the list: it cannot sign this, whoever knows its password."""
        place = self.account.findData(name)
        if place > 0:
            self.account.removeItem(place)

    @property
    def why_not(self) -> str:
        """What is still lacking; empty when nothing is."""
        if self.account.count() == 1:
            roles = " or ".join(self._roles) or "any role"
            return f"No account can sign this: it takes {roles}. An administrator adds one: aiqu people add."
        if not self.account.currentData():
            return "Choose who you are."
        return "" if self.password.text() else "Give your password."

    def credentials(self) -> Credentials:
        """What was given, to be used at once."""
        return Credentials(self.account.currentData(), self.password.text())

    def clear_password(self) -> None:
        """After every attempt: nothing typed stays behind."""
        self.password.clear()
