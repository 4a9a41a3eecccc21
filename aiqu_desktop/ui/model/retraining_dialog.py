"""A retraining request is asked for: what stays here, what is wished for, and where the folder goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from aiqu_desktop.services.retraining import RetrainingRequest
from aiqu_desktop.services.views import ModelPage
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.model.writing_dialog import WritingDialog
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import make_label

Features = tuple[tuple[str, bool], ...]


class RetrainingDialog(WritingDialog):
    """Asks for all that a request needs, and writes it."""

    def __init__(
        self, desk: Desk, tasks: Tasks, page: ModelPage, features: Features, parent: QWidget | None = None
    ) -> None:
        super().__init__("retraining-dialog", "Ask for retraining", "Write request", parent)
        self._desk, self._tasks, self._page = desk, tasks, page
        self.setMinimumSize(560, 600)
        self.features = QListWidget()
        self.features.setObjectName("features")
        self.features.setAccessibleName("Features that go with the request")
        for name, confidential in features:
            self.features.addItem(_item(name, confidential))
        self.wishes = QPlainTextEdit()
        self.wishes.setObjectName("wishes")
        self.wishes.setAccessibleName("What is wished for")
        self.wishes.setTabChangesFocus(True)
        self.place = QLineEdit()
        self.place.setObjectName("place")
        self.place.setAccessibleName("Folder that is made")
        self.choose = make_button("Choose…", "choose_place", "quiet", self._choose_place)
        self._lay_out(page.tile.title)
        for field in (self.place, self.person):
            field.textChanged.connect(self._check)
        self._check()

    def left_out(self) -> tuple[str, ...]:
        """The features that the person took out, beside those that the policy keeps here."""
        items = [self.features.item(row) for row in range(self.features.count())]
        ours = [item for item in items if item.flags() & Qt.ItemFlag.ItemIsEnabled]
        return tuple(item.text() for item in ours if item.checkState() is not Qt.CheckState.Checked)

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label(f"Ask for a newer {title}", "title"))
        about = (
            "A folder to carry to the data scientists: the recent observations with their labels, why they drifted, "
            "alarms and checks. It goes into the audit trail."
        )
        column.addWidget(make_label(about, "caption", wrap=True))
        column.addWidget(make_label("Features that go with it; take the tick off those that stay here", "caption"))
        column.addWidget(self.features, 1)
        column.addWidget(make_label("What you wish for", "caption"))
        self.wishes.setFixedHeight(84)
        column.addWidget(self.wishes)
        column.addWidget(make_label("Folder that is made", "caption"))
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(self.choose)
        column.addLayout(row)
        column.addWidget(make_label("Your name", "caption"))
        column.addWidget(self.person)
        column.addWidget(self.state)
        column.addLayout(self._button_row())

    def _choose_place(self) -> None:
        parent = QFileDialog.getExistingDirectory(self, "Where the folder is made")
        if parent:
            name = f"{self._page.tile.name}-request-{self._page.site_now:%Y-%m-%d}"
            self.place.setText(str(Path(parent) / name))

    def _check(self) -> None:
        why = ""
        if not self.place.text().strip():
            why = "Say which folder is to be made, on a stick for example."
        elif not self.person.text().strip():
            why = "Say who asks."
        explain(self.yes, why)
        self.state.setText(why)

    def _write(self) -> None:
        person, place = self.person.text().strip(), Path(self.place.text().strip())
        wishes, without, name = self.wishes.toPlainText(), self.left_out(), self._page.tile.name
        settings.PERSON.set(person)
        explain(self.yes, "The request is being written.")
        self.state.setText("Writing the request…")
        desk = self._desk
        self._tasks.run(
            lambda: desk.request_retraining(name, place, by=person, wishes=wishes, without=without),
            self._written,
            self._failed,
        )

    def _written(self, request: RetrainingRequest) -> None:
        left = f"; {request.left_out} features stayed here" if request.left_out else ""
        counts = f"{request.rows:,} observations, {request.labelled:,} with labels{left}"
        self._show_written(f"Written: {counts}. {request.folder}", request.folder)


def _item(name: str, confidential: bool) -> QListWidgetItem:
    item = QListWidgetItem(f"{name} (confidential: stays here)" if confidential else name)
    if confidential:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setCheckState(Qt.CheckState.Unchecked)
        item.setToolTip("The model's policy calls it confidential: it never leaves the site.")
    else:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(Qt.CheckState.Checked)
    return item
