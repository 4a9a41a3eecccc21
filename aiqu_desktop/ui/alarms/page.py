"""The alarms page: what is open, worst first; what is held back; all of the past; and the alarm system's figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.services.views import AlarmBackground, AlarmRow
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.alarms.acknowledge import ask_and_acknowledge
from aiqu_desktop.ui.alarms.columns import COLUMNS
from aiqu_desktop.ui.alarms.detail import AlarmDetail
from aiqu_desktop.ui.alarms.figures import FiguresView
from aiqu_desktop.ui.alarms.held import HeldView
from aiqu_desktop.ui.alarms.holding import ask_and_reset, ask_and_shelve, ask_and_take_out
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import plural
from aiqu_desktop.ui.shell.page import Page, make_find_field
from aiqu_desktop.ui.states import PRIORITY_ORDER
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_segments
from aiqu_desktop.ui.widgets.empty import EmptyState

_ALL_MODELS = "All models"
_SEGMENTS = (("Open", "show_open"), ("All", "show_all"), ("Held back", "show_held"), ("Figures", "show_figures"))
_WHY_NOT_ACKNOWLEDGED = {
    AlarmState.ACKNOWLEDGED: "Acknowledged already; it closes by itself.",
    AlarmState.LATCHED_ACKNOWLEDGED: "Acknowledged already; reset it once its cause is mended.",
    AlarmState.NORMAL: "It is closed.",
}


class AlarmsPage(Page):
    """model_asked: open that model's page; site_acted: something was changed that other pages show."""

    title = "Alarms"
    model_asked = Signal(str)
    site_acted = Signal()

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
        self.find.setMinimumWidth(160)
        self.find.setMaximumWidth(420)
        self.models.setMaximumWidth(300)
        self.find.textChanged.connect(self._filter)
        segments = make_segments(_SEGMENTS)
        self.open_only, self.all, self.show_held, self.show_figures = segments
        (self.all if settings.ALARMS_SHOW_ALL.get() else self.open_only).setChecked(True)
        segment = QHBoxLayout()
        segment.setSpacing(0)
        for button in segments:
            button.clicked.connect(self._switch)
            segment.addWidget(button)
        self.head.addLayout(segment)

        self.model = RecordModel(theme, COLUMNS, lambda row: row.id)
        self.table = RecordTable(theme, self.model, "alarm_table", "Alarms")
        self.table.selection_changed.connect(self._show_selection)
        self.table.row_opened.connect(lambda row: self.model_asked.emit(row.model))
        self.detail = AlarmDetail(theme)
        self.detail.acknowledge_asked.connect(self.acknowledge_selected)
        self.detail.reset_asked.connect(self._reset_selected)
        self.detail.shelve_asked.connect(self._shelve_selected)
        self.detail.take_out_asked.connect(self._take_out)
        self.detail.model_asked.connect(self.model_asked)
        self.detail.hide()
        self.empty = EmptyState(theme, "alarms", "no_alarms")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.lists = QWidget()
        row = QHBoxLayout(self.lists)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        filters = QHBoxLayout()
        filters.setSpacing(12)
        filters.addWidget(self.find, 2)
        filters.addWidget(self.models, 1)
        filters.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(filters)
        left.addWidget(self.stack, 1)
        row.addLayout(left, 1)
        row.addWidget(self.detail)
        self.held = HeldView(desk, tasks, theme)
        self.held.acted.connect(self.site_acted)
        self.held.summary_changed.connect(self.summary.setText)
        self.figures = FiguresView(desk, tasks, theme)
        self.figures.alarm_asked.connect(self.select_alarm)
        self.figures.summary_changed.connect(self.summary.setText)
        self.views = QStackedWidget()
        for view in (self.lists, self.held, self.figures):
            self.views.addWidget(view)
        self.body.addWidget(self.views)

    def refresh(self) -> None:
        view = self.views.currentWidget()
        if isinstance(view, HeldView | FiguresView):
            view.refresh()
            return
        only_open = self.open_only.isChecked()
        self.tasks.latest("alarms", lambda: self.desk.list_alarms(only_open=only_open), self._show, subject=only_open)

    def select_alarm(self, alarm_id: int) -> None:
        """Show the alarm as soon as it is listed, also when it is closed already."""
        self._wanted = alarm_id
        shown = self.views.currentWidget() is self.lists
        if not (shown and self.table.select_key(alarm_id)) and not (shown and self.all.isChecked()):
            self.all.setChecked(True)
            self._switch()

    def acknowledge_selected(self) -> None:
        ask_and_acknowledge(self, self.desk, self.tasks, self.table.selected_rows(), self._acknowledged)

    def _reset_selected(self) -> None:
        ask_and_reset(self, self.desk, self.tasks, self.table.selected_rows(), self._acknowledged)

    def _shelve_selected(self) -> None:
        chosen = [row for row in self.table.selected_rows() if not why_not_held(row)]
        ask_and_shelve(self, self.desk, self.tasks, chosen, self._acknowledged)

    def _take_out(self, alarm: AlarmRow) -> None:
        ask_and_take_out(self, self.desk, self.tasks, alarm, self._acknowledged)

    def _acknowledged(self, _changed: object) -> None:
        self.refresh()
        self.site_acted.emit()

    def _switch(self, _checked: bool = False) -> None:
        view = (
            self.held if self.show_held.isChecked() else self.figures if self.show_figures.isChecked() else self.lists
        )
        self.views.setCurrentWidget(view)
        if view is self.lists:
            settings.ALARMS_SHOW_ALL.set(self.all.isChecked())
        self.summary.setText("")
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
            why_not = (
                "" if waiting else _WHY_NOT_ACKNOWLEDGED.get(rows[0].state, "It is held back; nothing is to be seen.")
            )
            self.detail.offer(acknowledge=why_not, hold=next((why_not_held(row) for row in rows), ""))
            self._ask_background(rows[0].id)

    def _ask_background(self, alarm_id: int) -> None:
        def show(background: AlarmBackground) -> None:
            self.detail.show_background(alarm_id, background)

        self.tasks.latest("alarm background", lambda: self.desk.alarm_background(alarm_id), show, subject=alarm_id)


def why_not_held(alarm: AlarmRow) -> str:
    """Why an alarm can be neither shelved nor taken out of service from the list; empty where it can."""
    if not alarm.is_open:
        return "It is closed; there is nothing to hold back."
    return "It is held back already; “Held back” lists it." if alarm.state.suppressed else ""
