"""Buttons that say why they cannot act."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from aiqu_desktop.ui.theme import Theme


def make_button(text: str, name: str, role: str = "", on_click: Callable[[], None] | None = None) -> QPushButton:
    """role: "" (plain), "primary", "danger", "quiet" or "link". Enter never presses it unless it has the focus."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("role", role)
    button.setAutoDefault(False)
    button.setDefault(False)
    button.setAccessibleName(text)
    if on_click is not None:
        button.clicked.connect(lambda _checked=False: on_click())
    return button


def make_segments(choices: Sequence[tuple[str, str]], *, exclusive: bool = True) -> list[QPushButton]:
    """Checkable buttons that stand side by side as one control: (text, object name) each; one is down, or several."""
    buttons = []
    last = len(choices) - 1
    for number, (text, name) in enumerate(choices):
        button = make_button(text, name, "segment")
        button.setProperty("place", "first" if number == 0 else "last" if number == last else "")
        button.setCheckable(True)
        button.setAutoExclusive(exclusive)
        buttons.append(button)
    return buttons


def make_icon_button(theme: Theme, icon: str, title: str, name: str) -> QToolButton:
    """A square button with a drawing only; its title is the tooltip and the accessible name."""
    button = QToolButton()
    button.setObjectName(name)
    button.setProperty("role", "icon")
    button.setAccessibleName(title)
    button.setToolTip(title)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def dress() -> None:
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(theme.density.icon, theme.density.icon))

    theme.changed.connect(dress)
    dress()
    return button


def explain(button: QPushButton, why_not: str) -> None:
    """Switch `button` off with the reason as its tooltip and description, or on when `why_not` is empty."""
    button.setEnabled(not why_not)
    button.setToolTip(why_not)
    button.setAccessibleDescription(why_not)
