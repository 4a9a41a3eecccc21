"""Makes QActions of the registry, once for a window; everything that can be pressed uses these."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from aiqu_desktop.ui.actions import ENTRIES, Act
from aiqu_desktop.ui.theme import Theme


class ActionBook:
    """One QAction for each entry, with its shortcuts alive in the whole `window`."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        self._actions: dict[Act, QAction] = {}
        self._window = window
        self._theme = theme
        for entry in ENTRIES:
            action = QAction(entry.title, window)
            action.setObjectName(f"action_{entry.act.value}")
            action.setShortcuts([QKeySequence(key) for key in entry.keys])
            window.addAction(action)
            self._actions[entry.act] = action
        theme.changed.connect(self._dress)
        self._dress()

    def __getitem__(self, act: Act) -> QAction:
        return self._actions[act]

    def connect(self, act: Act, slot: Callable[[], None]) -> None:
        self._actions[act].triggered.connect(lambda _checked=False: slot())

    def menu(self) -> QMenu:
        """Every action, in sections by group."""
        menu = QMenu(self._window)
        menu.setObjectName("main_menu")
        group = ""
        for entry in ENTRIES:
            if group and entry.group != group:
                menu.addSeparator()
            group = entry.group
            menu.addAction(self._actions[entry.act])
        return menu

    def _dress(self) -> None:
        for entry in ENTRIES:
            if entry.icon:
                self._actions[entry.act].setIcon(self._theme.icon(entry.icon))
