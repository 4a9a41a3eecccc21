"""The side panel of one alarm: what to do first, then its whole life."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from aiqu_desktop.services.views import AlarmRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import ALARM_STATE, PRIORITY
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.facts import Fact, Facts
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label


class AlarmDetail(QFrame):
    """acknowledge_asked: for the alarm shown; model_asked: open its model's page."""

    acknowledge_asked = Signal()
    model_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("alarm_detail")
        self.setProperty("surface", "card")
        self.setFixedWidth(336)
        self._alarm: AlarmRow | None = None
        self.state = StateLabel(theme, "heading", 20, "detail_priority")
        self.model = make_label("", "caption", "detail_model")
        self.message = make_label("", "strong", "detail_message", wrap=True)
        self.response = make_label("", "body", "detail_response", wrap=True)
        advice = QFrame()
        advice.setProperty("surface", "well")
        inner = QVBoxLayout(advice)
        inner.setContentsMargins(12, 8, 12, 10)
        inner.setSpacing(2)
        inner.addWidget(make_label("What to do", "faint"))
        inner.addWidget(self.response)
        self.facts = Facts("alarm_facts")
        self.acknowledge = make_button("Acknowledge…", "detail_acknowledge", "primary", self.acknowledge_asked.emit)
        self.open_model = make_button("Open model", "detail_open_model", on_click=self._ask_model)

        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 8)
        column.setSpacing(8)
        for part in (self.state, self.model, self.message, advice, self.facts):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 0, 16, 0)
        buttons.addWidget(self.acknowledge, 1)
        buttons.addWidget(self.open_model, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 14)
        outer.addWidget(scroll, 1)
        outer.addLayout(buttons)

    def show_alarm(self, alarm: AlarmRow, selected: int) -> None:
        """Draw `alarm`, the first of `selected` ones."""
        self._alarm = alarm
        self.state.set_look(PRIORITY[alarm.priority], f"{PRIORITY[alarm.priority].word} priority")
        version = "" if alarm.version is None else f", version {alarm.version}"
        self.model.setText(f"{alarm.model_title}{version} · {alarm.key}")
        self.message.setText(alarm.message)
        self.response.setText(alarm.response or "No advice was recorded for this alarm.")
        facts = [Fact("State", ALARM_STATE[alarm.state]), Fact("Activated", fmt.instant_full(alarm.activated_at))]
        if alarm.onset_at is not None:
            lag = fmt.duration((alarm.activated_at - alarm.onset_at).total_seconds())
            facts.append(Fact("Estimated onset", f"{fmt.instant_full(alarm.onset_at)}, {lag} before the alarm"))
        if alarm.guarantee:
            facts.append(Fact("False alarms", alarm.guarantee))
        if alarm.acknowledged_at is not None:
            facts.append(Fact("Acknowledged", f"{fmt.instant_full(alarm.acknowledged_at)} by {alarm.acknowledged_by}"))
            facts.append(Fact("Note", alarm.note or fmt.NOTHING))
        if alarm.returned_at is not None:
            facts.append(Fact("Returned to normal", fmt.instant_full(alarm.returned_at)))
        self.facts.show_facts(facts)
        self.acknowledge.setText("Acknowledge…" if selected == 1 else f"Acknowledge {selected}…")

    def set_acknowledgeable(self, why_not: str) -> None:
        explain(self.acknowledge, why_not)

    def _ask_model(self) -> None:
        if self._alarm is not None:
            self.model_asked.emit(self._alarm.model)
