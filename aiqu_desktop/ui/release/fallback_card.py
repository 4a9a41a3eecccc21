"""A fallback card as it is read in a hurry: each field with its title, the first one large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from aiqu_desktop.ui.theme import set_state
from aiqu_desktop.ui.widgets.labels import make_label

NO_CARD = "There is no fallback card: nobody wrote down how the plant works without this model. Ask the engineer."


class FallbackCardFrame(QFrame):
    """`show_card` draws one; without lines it says that there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fallback_card")
        self.setProperty("surface", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 10)
        self._column.setSpacing(4)
        self._body: QWidget | None = None
        self._shown: tuple[tuple[tuple[str, str], ...], str] = ((), "")

    def show_card(self, lines: Sequence[tuple[str, str]], written: str) -> None:
        """lines: (title, text) of each field; written: which card it is, in a few words."""
        if self._body is not None and self._shown == (tuple(lines), written):
            return
        self._shown = (tuple(lines), written)
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.deleteLater()
        self._body = QWidget()
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(make_label(f"Fallback card{', ' if written else ''}{written}", "caption"), 0, 0, 1, 2)
        for row, (title, text) in enumerate(lines, start=1):
            grid.addWidget(make_label(title, "strong"), row, 0, Qt.AlignmentFlag.AlignTop)
            said = make_label(text, "heading" if row == 1 else "body", f"card_{row}", wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(said, row, 1)
        if not lines:
            none = make_label(NO_CARD, "strong", "no_card", wrap=True)
            set_state(none, health="alarm")
            grid.addWidget(none, 1, 0, 1, 2)
        self._column.addWidget(self._body)
        self._body.show()
