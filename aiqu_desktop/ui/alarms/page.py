"""The alarms page: what is open, worst first; all of the past on request; acknowledgement of one or several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget

from aiqu_desktop.services.views import AlarmRow
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.alarms.acknowledge import ask_and_acknowledge
from aiqu_desktop.ui.alarms.columns import COLUMNS
from aiqu_desktop.ui.alarms.detail import AlarmDetail
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import plural
from aiqu_desktop.ui.shell.page import Page, make_find_field
from aiqu_desktop.ui.states import PRIORITY_ORDER
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.empty import EmptyState

_ALL_MODELS = "All models"


class AlarmsPage(Page):
    """model_asked: open that model's page."""

    title = "Alarms"
    model_asked = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__(desk, tasks, theme, "alarms_page")
        self._wanted: int | None = None
        self.models = QComboBox()
        self.models.setObjectName("model_filter")
        self.models.setAccessibleName("Show alarms of")
        self.models.setMinimumWidth(190)
        self.models.addItem(_ALL_MODELS, "")
        self.models.currentIndexChanged.connect(self._filter)
        self.find = make_find_field("Find in alarms")
        self.find.textChanged.connect(self._filter)
        self.open_only = self._segment("Open", "show_open", "first")
        self.all = self._segment("All", "show_all", "last")
        (self.all if settings.ALARMS_SHOW_ALL.get() else self.open_only).setChecked(True)
        segment = QHBoxLayout()
        segment.setSpacing(0)
        segment.addWidget(self.open_only)
        segment.addWidget(self.all)
        self.head.addWidget(self.find)
        self.head.addWidget(self.models)
        self.head.addLayout(segment)

        self.model = RecordModel(theme, COLUMNS, lambda row: row.id)
        self.table = RecordTable(theme, self.model, "alarm_table", "Alarms")
        self.table.selection_changed.connect(self._show_selection)
        self.table.row_opened.connect(lambda row: self.model_asked.emit(row.model))
        self.detail = AlarmDetail(theme)
        self.detail.acknowledge_asked.connect(self.acknowledge_selected)
        self.detail.model_asked.connect(self.model_asked)
        self.detail.hide()
        self.empty = EmptyState(theme, "alarms", "no_alarms")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.stack, 1)
        row.addWidget(self.detail)
        self.body.addLayout(row)

    def refresh(self) -> None:
        only_open = self.open_only.isChecked()
        self.tasks.latest("alarms", lambda: self.desk.list_alarms(only_open=only_open), self._show, subject=only_open)

    def select_alarm(self, alarm_id: int) -> None:
        """Show the alarm as soon as it is listed, also when it is closed already."""
        self._wanted = alarm_id
        if not self.table.select_key(alarm_id) and self.open_only.isChecked():
            self.all.setChecked(True)
            self._switch()

    def acknowledge_selected(self) -> None:
        ask_and_acknowledge(self, self.desk, self.tasks, self.table.selected_rows(), self._acknowledged)

    def _acknowledged(self, _changed: object) -> None:
        self.refresh()

    def _segment(self, text: str, name: str, place: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("role", "segment")
        button.setProperty("place", place)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: self._switch())
        return button

    def _switch(self) -> None:
        settings.ALARMS_SHOW_ALL.set(self.all.isChecked())
        self.refresh()

    def _show(self, rows: Sequence[AlarmRow]) -> None:
        ordered = sorted(rows, key=lambda r: (not r.is_open, not r.needs_acknowledgement, PRIORITY_ORDER[r.priority],
                                              -r.activated_at.timestamp()))  # fmt: skip
        self.model.set_rows(ordered)
        self._offer_models(rows)
        self._filter()
        if self._wanted is not None and self.table.select_key(self._wanted):
            self._wanted = None
        self._show_selection()

    def _offer_models(self, rows: Sequence[AlarmRow]) -> None:
        wanted = {"": _ALL_MODELS} | dict(sorted({r.model: r.model_title for r in rows}.items()))
        chosen = self.models.currentData()
        present = [self.models.itemData(k) for k in range(self.models.count())]
        if present != list(wanted):
            self.models.blockSignals(True)
            self.models.clear()
            for name, title in wanted.items():
                self.models.addItem(title, name)
            self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
            self.models.blockSignals(False)

    def _filter(self) -> None:
        name = self.models.currentData()
        self.table.proxy.want(text=self.find.text(), accepts=lambda row: not name or row.model == name)
        shown = self.table.shown_rows()
        waiting = sum(row.needs_acknowledgement for row in shown)
        self.summary.setText(f"{plural(len(shown), 'alarm')} shown, {waiting} to acknowledge" if shown else "")
        if not self.model.rows:
            if self.open_only.isChecked():
                self.empty.say("No open alarms", "Choose All to see those that were closed.")
            else:
                self.empty.say("No alarms yet", "Nothing abnormal was found since this site was made.")
        elif not shown:
            self.empty.say("No alarm matches", "Clear the text or choose All models to see the others.")
        self.stack.setCurrentWidget(self.table if shown else self.empty)
        self._show_selection()

    def _show_selection(self) -> None:
        rows = self.table.selected_rows() if self.stack.currentWidget() is self.table else ()
        self.detail.setVisible(bool(rows))
        if rows:
            waiting = [row for row in rows if row.needs_acknowledgement]
            self.detail.show_alarm(rows[0], max(1, len(waiting)))
            self.detail.set_acknowledgeable("" if waiting else "Acknowledged already; it closes by itself.")
