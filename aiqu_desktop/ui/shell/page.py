"""What every page of the window is: a title row, a body, and a refresh that runs only while somebody looks."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableView, QVBoxLayout, QWidget

from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.labels import make_label


class Page(QWidget):
    """Subclasses fill `head` and `body` and implement `refresh`."""

    title = ""

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.desk, self.tasks, self.theme = desk, tasks, theme
        self._stale = True
        self.summary = make_label("", "caption", "summary")
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(12)
        self.head.addWidget(make_label(self.title, "title"))
        self.head.addWidget(self.summary)
        self.head.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 16)
        column.setSpacing(10)
        column.addLayout(self.head)
        column.addLayout(self.body, 1)

    def refresh(self) -> None:
        """Ask the desk again, through `tasks.latest`."""
        raise NotImplementedError

    def find_field(self) -> QLineEdit | None:
        """Where Ctrl+F puts the cursor."""
        return self.findChild(QLineEdit, "find")

    def site_changed(self) -> None:
        """Refresh now when shown, else when next shown."""
        if self.isVisible():
            self._stale = False
            self.refresh()
        else:
            self._stale = True

    def focus_first(self) -> None:
        """Where the keyboard stands after the page was chosen."""
        table = self.findChild(QTableView)
        if table is not None:
            table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.refresh()


def make_find_field(hint: str) -> QLineEdit:
    """The filter field of a page's head."""
    field = QLineEdit()
    field.setObjectName("find")
    field.setPlaceholderText(hint)
    field.setAccessibleName(hint)
    field.setClearButtonEnabled(True)
    field.setFixedWidth(240)
    return field
