"""What a page shows when there is nothing to show: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.labels import IconLabel, make_label

_WIDTH = 480


class EmptyState(QWidget):
    """A drawing, one headline, one sentence; centred in the space that it is given."""

    def __init__(self, theme: Theme, icon: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.headline = make_label("", "heading")
        self.sentence = make_label("", "caption", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.headline, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(_WIDTH)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(8)
        self.column.addStretch(2)
        self.column.addWidget(IconLabel(theme, icon, "line_strong", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.headline, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(3)

    def say(self, headline: str, sentence: str) -> None:
        self.headline.setText(headline)
        self.sentence.setText(sentence)
        self.sentence.ensurePolished()
        self.sentence.setFixedHeight(self.sentence.heightForWidth(_WIDTH))
        self.setAccessibleName(f"{headline} {sentence}")
