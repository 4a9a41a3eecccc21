"""The side panel of one alarm: what to do first, then its life, the record of its type, and what happened to it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.services.views import AlarmBackground, AlarmRow
from aiqu_desktop.ui.alarms.facts import background_facts, facts_of
from aiqu_desktop.ui.states import PRIORITY
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.facts import Facts
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label


class AlarmDetail(QFrame):
    """acknowledge_asked, reset_asked, shelve_asked: for what is selected; the others for the alarm shown."""

    acknowledge_asked = Signal()
    reset_asked = Signal()
    shelve_asked = Signal()
    take_out_asked = Signal(object)
    model_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("alarm_detail")
        self.setProperty("surface", "card")
        self.setFixedWidth(336)
        self._alarm: AlarmRow | None = None
        self._background: AlarmBackground | None = None
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
        self.reset = make_button("Reset…", "detail_reset", "primary", self.reset_asked.emit)
        self.shelve = make_button("Shelve…", "detail_shelve", on_click=self.shelve_asked.emit)
        self.take_out = make_button("Out of service…", "detail_take_out", on_click=self._ask_take_out)
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
        buttons = QGridLayout()
        buttons.setContentsMargins(16, 8, 16, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self.acknowledge, 0, 0)
        buttons.addWidget(self.reset, 0, 0)
        buttons.addWidget(self.shelve, 0, 1)
        buttons.addWidget(self.take_out, 1, 0)
        buttons.addWidget(self.open_model, 1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 14)
        outer.addWidget(scroll, 1)
        outer.addLayout(buttons)

    def show_alarm(self, alarm: AlarmRow, selected: int) -> None:
        """Draw `alarm`, the first of `selected` ones; what stands behind it follows by `show_background`."""
        if self._alarm is None or self._alarm.id != alarm.id:
            self._background = None
        self._alarm = alarm
        self.state.set_look(PRIORITY[alarm.priority], f"{PRIORITY[alarm.priority].word} priority")
        version = "" if alarm.version is None else f", version {alarm.version}"
        self.model.setText(f"{alarm.model_title}{version} · {alarm.key}")
        self.message.setText(alarm.message)
        self.response.setText(alarm.response or "No advice was recorded for this alarm.")
        self._show_facts()
        self.acknowledge.setText("Acknowledge…" if selected == 1 else f"Acknowledge {selected}…")
        latched = alarm.state is AlarmState.LATCHED_ACKNOWLEDGED
        self.reset.setVisible(latched)
        self.acknowledge.setVisible(not latched)

    def show_background(self, alarm_id: int, background: AlarmBackground) -> None:
        """The record of the type, and the journal, of the alarm if it is still shown."""
        if self._alarm is not None and self._alarm.id == alarm_id:
            self._background = background
            self._show_facts()

    def offer(self, *, acknowledge: str, hold: str) -> None:
        """Why the buttons cannot act; empty where they can."""
        explain(self.acknowledge, acknowledge)
        for button in (self.shelve, self.take_out):
            explain(button, hold)

    def _show_facts(self) -> None:
        assert self._alarm is not None, "only what is shown has facts"
        behind = [] if self._background is None else background_facts(self._background)
        self.facts.show_facts([*facts_of(self._alarm), *behind])

    def _ask_model(self) -> None:
        if self._alarm is not None:
            self.model_asked.emit(self._alarm.model)

    def _ask_take_out(self) -> None:
        if self._alarm is not None:
            self.take_out_asked.emit(self._alarm)
