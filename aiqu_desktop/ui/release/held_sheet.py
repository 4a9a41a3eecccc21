"""A sheet whose act changes what the line serves: it is confirmed by holding a button for a second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.release.hold_button import HoldButton
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.release.sheet import ReleaseSheet
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme


class HeldSheet(ReleaseSheet):
    """`go` is called when the button was held to the end."""

    def __init__(
        self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, words: tuple[str, str, str], *, danger: bool,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        heading, explanation, verb = words
        super().__init__(desk, tasks, theme, papers, heading, explanation, parent)
        self.hold = HoldButton(theme, verb, danger=danger)
        self.hold.held.connect(self._held)
        self.hold.let_go.connect(self._say_hold)
        self.buttons.addWidget(self.hold)

    def go(self) -> None:
        """Begin the act."""
        raise NotImplementedError

    def check(self) -> None:
        why = self.lacking()
        self.set_gesture(not why)
        self.hold.setToolTip(why)
        self.why_not.setText(why or "Press and hold for one second, or hold the space bar.")

    def set_gesture(self, on: bool) -> None:
        self.hold.setEnabled(on)

    def hide_gesture(self) -> None:
        self.hold.hide()

    def _held(self) -> None:
        if not self.lacking():
            self.go()

    def _say_hold(self) -> None:
        if not self._running and not self.lacking():
            self.why_not.setText("Let go too early: nothing was done. Hold it for one second.")
