"""Labels: by kind, elided, and the state label that joins shape, word and colour."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme, icons, set_state


def make_label(text: str = "", kind: str = "body", name: str = "", *, wrap: bool = False) -> QLabel:
    """A plain-text label dressed by its `kind`; what comes from files is never taken for markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", kind)
    label.setObjectName(name)
    label.setWordWrap(wrap)
    return label


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis when it does not fit; the whole text is its tooltip and accessible name."""

    def __init__(self, text: str = "", kind: str = "body", name: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(40)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setToolTip(text)
            self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


class IconLabel(QLabel):
    """A drawing in a theme colour that follows the theme."""

    def __init__(self, theme: Theme, icon: str = "good", token: str = "ink_muted", size: int = 16) -> None:
        super().__init__()
        self._theme, self._icon, self._token, self._size = theme, icon, token, size
        self.setFixedSize(size, size)
        theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, icon: str, token: str) -> None:
        if (icon, token) != (self._icon, self._token):
            self._icon, self._token = icon, token
            self._draw()

    def _draw(self) -> None:
        colour = getattr(self._theme.palette, self._token)
        self.setPixmap(icons.pixmap(self._icon, colour, self._size, self.devicePixelRatioF()))


class StateLabel(QWidget):
    """Shape and word of one state, in its colour."""

    def __init__(self, theme: Theme, kind: str = "strong", size: int = 16, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.icon = IconLabel(theme, size=size)
        self.word = make_label("", kind)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.icon)
        row.addWidget(self.word)
        row.addStretch(1)

    def set_look(self, look: Look, text: str = "") -> None:
        """Show `look`, with `text` in place of its plain word."""
        self.icon.set_icon(look.icon, look.token)
        self.word.setText(text or look.word)
        set_state(self.word, health=look.token)
        self.setAccessibleName(text or look.word)
