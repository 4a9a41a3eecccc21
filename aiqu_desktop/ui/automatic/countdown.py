"""The strip under the banner while an automatic rollback counts down: what, why, how long yet, and the veto."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.core.words import AutomaticState, Meaning
from aiqu_desktop.services.views import AutomaticRow, Overview
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.automatic.sign_dialog import SignDialog, Signers, Signing, gather_signers
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import ElidedLabel, IconLabel, make_label


class CountdownBanner(QFrame):
    """Hidden while nothing counts down. acted: somebody vetoed; model_asked: the reader wants the model's page."""

    acted = Signal()
    model_asked = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("countdown")
        self._desk, self._tasks = desk, tasks
        self.row: AutomaticRow | None = None
        self._left = 0.0
        self._drawn = 0.0
        self._runs = False
        icon = IconLabel(theme, "warning", "warning", 26)
        self.headline = ElidedLabel("", "heading", "countdown_headline")
        self.why = make_label("", "caption", "countdown_why", wrap=True)
        self.left = make_label("", "value", "countdown_left")
        self.open = make_button("Look at it", "countdown_open", on_click=self._open)
        self.veto = make_button("Veto…", "veto", "danger", self._ask)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.headline)
        words.addWidget(self.why)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 16, 8)
        line.setSpacing(14)
        line.addWidget(icon)
        line.addLayout(words, 1)
        line.addWidget(self.left)
        line.addWidget(self.open)
        line.addWidget(self.veto)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._say_left)
        self.hide()

    def show_overview(self, overview: Overview) -> None:
        """Draw the rollback that is due first; a replayed site's clock does not run between two answers."""
        rows = overview.countdowns
        self.row = row = rows[0] if rows else None
        self.setVisible(row is not None)
        if row is None:
            self._second.stop()
            return
        others = f"   (+{len(rows) - 1} more)" if len(rows) > 1 else ""
        self.headline.set_text(
            f"{row.model_title} rolls back by itself: version {row.from_version} → {row.to_version}{others}"
        )
        signed = f"Policy {row.policy}, signed by {row.signed_by}. "
        self.why.setText(f"{signed}{row.alarm_message} {row.guarantee}")
        due = row.due_at or row.noted_at
        self._left = (due - overview.site_now).total_seconds()
        self._drawn, self._runs = time.monotonic(), not overview.is_demo
        acting = row.state is AutomaticState.ACTING
        explain(self.veto, "It is being carried out: the line is told to serve the other version." if acting else "")
        self._say_left()
        self._second.start()

    def _say_left(self) -> None:
        if self.row is None:
            return
        if self.row.state is AutomaticState.ACTING:
            self.left.setText("now")
            return
        passed = time.monotonic() - self._drawn if self._runs else 0.0
        left = max(0.0, self._left - passed)
        self.left.setText(f"in {clock(left)}" if left else "now")
        self.setAccessibleName(f"{self.headline.text()}, {self.left.text()}. {self.why.text()}")

    def _open(self) -> None:
        if self.row is not None:
            self.model_asked.emit(self.row.model)

    def _ask(self) -> None:
        desk = self._desk
        self._tasks.run(lambda: gather_signers(desk), self._open_dialog)

    def _open_dialog(self, signers: Signers) -> None:
        row, desk = self.row, self._desk
        if row is None:
            return
        signing = Signing(
            title=f"Veto the rollback of {row.model_title}",
            lines=(
                f"Version {row.from_version} stays live, although its alarm stands: {row.alarm_message}",
                "This alarm will not be answered automatically again; you can roll back by hand at any time.",
            ),
            verb="Veto",
            meaning=Meaning.VETOED,
            act=lambda by, reason: desk.veto(row.model, by, reason),
            role="danger",
        )
        dialog = SignDialog(self._tasks, signing, signers, self.window())
        dialog.done_with.connect(lambda _row: self.acted.emit())
        dialog.open()


def clock(seconds: float) -> str:
    """ "1:59:59", "9:59", or days where it is longer."""
    if seconds >= 2 * 86_400:
        return fmt.duration(seconds)
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
