"""What dialogs share that write something off the main thread and then offer its folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QWidget

from aiqu_desktop.ui import settings
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.errors import sentence_of
from aiqu_desktop.ui.widgets.labels import make_label


class WritingDialog(QDialog):
    """Writes nothing before the button with the verb is pressed: a subclass lays out, checks and writes."""

    def __init__(self, name: str, title: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder_to_open: Path | None = None
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.person = QLineEdit(settings.PERSON.get())
        self.person.setObjectName("person")
        self.person.setAccessibleName("Your name")
        self.state = make_label("", name="writing_state", wrap=True)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.folder = make_button("Open the folder", "open_folder", on_click=self._open_folder)
        self.folder.hide()
        self.yes = make_button(verb, "yes", "primary", self._write)

    def _check(self) -> None:
        """Say what is missing, or free the button."""
        raise NotImplementedError

    def _write(self) -> None:
        raise NotImplementedError

    def _button_row(self) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.no, self.folder, self.yes):
            buttons.addWidget(button)
        self.no.setDefault(True)
        return buttons

    def _show_written(self, sentence: str, folder: Path) -> None:
        self._folder_to_open = folder
        self.state.setText(sentence)
        self.no.setText("Close")
        self.yes.hide()
        self.folder.show()
        self.folder.setFocus()

    def _failed(self, error: Exception) -> None:
        self._check()
        self.state.setText(sentence_of(error))

    def _open_folder(self) -> None:
        if self._folder_to_open is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder_to_open)))
