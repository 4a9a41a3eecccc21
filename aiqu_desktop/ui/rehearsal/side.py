"""The left of the rehearsal page: the proposal with its buttons and progress, and the earlier rehearsals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from aiqu_desktop.services.views import RehearsalRow
from aiqu_desktop.ui.rehearsal import columns
from aiqu_desktop.ui.rehearsal.form import ProposalForm
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import make_label

_WIDTH = 388
_LEAST_LIST = 96


class ProposalSide(QScrollArea):
    """Draws what the page decides."""

    rehearse_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proposal_area")
        self._theme = theme
        self.form = ProposalForm(theme)
        self.problem = make_label("", "caption", "problem", wrap=True)
        self.rehearse = make_button("Rehearse", "rehearse", "primary", self.rehearse_asked.emit)
        self.reset = make_button("Reset", "reset", "quiet", self.form.reset)
        self.cancel = make_button("Cancel rehearsal", "cancel_rehearsal", on_click=self.cancel_asked.emit)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setObjectName("rehearsal_progress")
        self.bar.setAccessibleName("Progress of the rehearsal")
        self.what = make_label("", "caption", "rehearsal_step", wrap=True)
        self.records = RecordModel(theme, columns.EARLIER, lambda row: row.id)
        self.records.setParent(self)
        self.earlier = RecordTable(theme, self.records, "rehearsals", "Earlier rehearsals of this check")
        self.earlier.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.earlier.setMinimumHeight(_LEAST_LIST)
        self.none_earlier = make_label("No rehearsal of this check yet.", "caption", "no_rehearsals", wrap=True)
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress()

    def show_earlier(self, rows: Sequence[RehearsalRow]) -> None:
        """List them, newest first."""
        self.records.set_rows(rows)
        self.earlier.setVisible(bool(rows))
        self.none_earlier.setVisible(not rows)

    def report(self, fraction: float, what: str) -> None:
        """Show how far the rehearsal is."""
        self.bar.setValue(round(1000 * fraction))
        self.say(f"{what[:1].upper()}{what[1:]} …")

    def say(self, text: str) -> None:
        """One line under the bar."""
        self.what.setText(text)
        self.what.setVisible(bool(text))

    def say_stopping(self) -> None:
        """The reader cancelled; the worker has not obeyed yet."""
        self.say("Stopping at the next step …")
        explain(self.cancel, "It stops at its next step.")

    def offer(self, why_not: str, *, running: bool, known: bool) -> None:
        """Which buttons can act. known: what holds now was read."""
        explain(self.rehearse, why_not)
        same = "" if self.form.differs else "Nothing is proposed that differs from now."
        explain(self.reset, why_not if running else same)
        self.form.setEnabled(known and not running)
        self.problem.setText("" if running else why_not)
        self.problem.setVisible(bool(self.problem.text()))
        self.cancel.setVisible(running)
        self.rehearse.setVisible(not running)
        self.bar.setVisible(running)
        if not running:
            explain(self.cancel, "")

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 10, 14, 12)
        inside.setSpacing(8)
        inside.addWidget(self.form)
        inside.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.reset)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.rehearse)
        inside.addLayout(buttons)
        inside.addWidget(self.bar)
        inside.addWidget(self.what)
        self.what.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(card)
        column.addWidget(make_label("Earlier rehearsals", "strong"))
        column.addWidget(self.none_earlier)
        column.addWidget(self.earlier, 1)
        column.addStretch(0)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def _dress(self) -> None:
        self.setFixedWidth(round(_WIDTH * self._theme.density.body / 13))
