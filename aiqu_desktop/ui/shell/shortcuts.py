"""The list of keyboard shortcuts, read from the registry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from aiqu_desktop.ui.actions import ENTRIES
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.labels import make_label

_NATIVE = QKeySequence.SequenceFormat.NativeText


class ShortcutsDialog(QDialog):
    """What can be reached without the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(make_label("Keyboard shortcuts", "title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(6)
        for row, entry in enumerate(ENTRIES):
            keys = "  or  ".join(QKeySequence(key).toString(_NATIVE) for key in entry.keys)
            grid.addWidget(make_label(entry.title), row, 0)
            grid.addWidget(make_label(keys, "caption"), row, 1)
        column.addLayout(grid)
        close = make_button("Close", "close", on_click=self.accept)
        close.setDefault(True)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
