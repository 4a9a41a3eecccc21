"""The tab that says why the model drifted: one sentence, the ranked reasons, and the chosen one's distributions."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aiqu_desktop.services.views import DistributionView, WhyView
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.why.chart import DistributionChart
from aiqu_desktop.ui.why.columns import REASONS
from aiqu_desktop.ui.widgets.labels import make_label


class WhyPanel(QWidget):
    """feature_chosen: the reader (or the first reason of a new answer) wants this feature's distributions."""

    feature_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        self.view: WhyView | None = None
        self._feature = ""
        self.sentence = make_label("", "body", "why_sentence", wrap=True)
        flags = Qt.TextInteractionFlag
        self.sentence.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.about = make_label("", "caption", "why_about", wrap=True)
        self.reasons = RecordModel(theme, REASONS, lambda row: row.feature)
        self.reasons.setParent(self)
        self.table = RecordTable(theme, self.reasons, "reasons", "Features that explain the drift, weightiest first")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.table.selection_changed.connect(self._choose)
        self.chart = DistributionChart(theme)
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 8, 8, 6)
        inside.setSpacing(4)
        self.heading = make_label("", "strong", "why_feature")
        inside.addWidget(self.heading)
        inside.addWidget(self.chart, 1)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.table, 13)
        row.addWidget(card, 9)
        self._stack = QStackedWidget()
        self._stack.addWidget(QWidget())
        self._stack.addWidget(both)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.sentence)
        column.addWidget(self.about)
        column.addWidget(self._stack, 1)
        self.start_reading()

    def start_reading(self) -> None:
        """Another model: nothing of the former one is shown."""
        self.view, self._feature = None, ""
        self.sentence.setText("The newest window is being compared with the reference …")
        self.about.setText("")
        self.about.hide()
        self.reasons.set_rows(())
        self._stack.setCurrentIndex(0)

    def show_why(self, view: WhyView) -> None:
        """Draw an answer; the chosen feature stays chosen while it is among the reasons."""
        self.view = view
        self.sentence.setText(view.sentence)
        parts = [] if view.version is None else [f"version {view.version} against what it was accepted on"]
        parts += [] if view.at is None else [f"window up to {fmt.instant(view.at)}"]
        where = (
            view.segment if view.segment.endswith(".") or not view.segment else f"It hurts most where {view.segment}."
        )
        about = ", ".join(parts)
        self.about.setText(
            " ".join(part for part in (f"{about[:1].upper()}{about[1:]}." if about else "", view.worst, where) if part)
        )
        self.about.setVisible(bool(self.about.text()))
        self.reasons.set_rows(view.reasons)
        self._stack.setCurrentIndex(1 if view.reasons else 0)
        if view.reasons and not self.table.selected_rows():
            self.table.select_key(view.reasons[0].feature)
        elif self._feature:
            self.feature_chosen.emit(self._feature)

    def show_error(self, sentence: str) -> None:
        """Say why there is no answer."""
        self.start_reading()
        self.sentence.setText(sentence)

    def show_distribution(self, view: DistributionView) -> None:
        """Draw the distributions of the chosen feature; an answer about another one is dropped."""
        if view.feature == self._feature:
            self.chart.show_view(view)

    def show_no_distribution(self, sentence: str) -> None:
        self.chart.say(sentence)

    def focus_first(self) -> None:
        """Where the keyboard stands after the tab was asked for."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """Small: the tab that is in front decides the height, not this one while it is hidden."""
        return QSize(480, 76)

    def _choose(self) -> None:
        chosen = self.table.selected_rows()
        if chosen and chosen[0].feature != self._feature:
            row = chosen[0]
            self._feature = row.feature
            self.heading.setText(f"{row.feature} ({row.unit})" if row.unit else row.feature)
            self.chart.say("The distributions are being read …")
            self.feature_chosen.emit(row.feature)
