"""The window: banner on top, rail on the left, one page at a time. It wires parts together and draws nothing itself."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from aiqu_desktop.services.views import Overview
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.actions import Act
from aiqu_desktop.ui.alarms.acknowledge import ask_and_acknowledge
from aiqu_desktop.ui.alarms.page import AlarmsPage
from aiqu_desktop.ui.alarms.sound import AlarmSound, SoundDialog
from aiqu_desktop.ui.audit.page import AuditPage
from aiqu_desktop.ui.automatic import CountdownBanner
from aiqu_desktop.ui.changes import SiteChanges
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.files.page import FilesPage
from aiqu_desktop.ui.model.page import ModelPageWidget
from aiqu_desktop.ui.overview.page import OverviewPage
from aiqu_desktop.ui.overview.present import OverviewView, present
from aiqu_desktop.ui.people.sign_in import PersonButton
from aiqu_desktop.ui.rehearsal import RehearsalPage
from aiqu_desktop.ui.schedules.page import SchedulesPage
from aiqu_desktop.ui.shell.action_book import ActionBook
from aiqu_desktop.ui.shell.banner import Banner
from aiqu_desktop.ui.shell.navigation import PAGES, History, Place
from aiqu_desktop.ui.shell.rail import Rail
from aiqu_desktop.ui.shell.shortcuts import ShortcutsDialog
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.errors import ErrorDesk

_log = logging.getLogger("aiqu.ui")
HEARTBEAT_MS = 2000  # the site is asked at least this often, so that a dead monitor is seen without any change


class MainWindow(QMainWindow):
    """Takes over `desk` and `tasks`: closing the window closes both.

    site_wanted: the reader wants another site; overview_drawn: an answer of the site is on the screen;
    closed: everything that the window held was let go.
    """

    site_wanted = Signal()
    overview_drawn = Signal()
    closed = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("AiQu Desktop")
        self.setMinimumSize(1024, 640)
        self.resize(1280, 800)
        self.desk, self.tasks, self.theme = desk, tasks, theme
        self.errors = ErrorDesk(theme, self)
        self.history = History()
        self.actions_book = ActionBook(self, theme)
        self._worst_failure = ""
        self.sound = AlarmSound(parent=self)

        self.banner = Banner(theme)
        self.countdown = CountdownBanner(desk, tasks, theme)
        self.overview = OverviewPage(theme)
        self.person = PersonButton(desk, tasks)
        self.rail = Rail(theme, self.overview.model, self.person)
        self.pages: dict[str, QWidget] = {
            Act.OVERVIEW.value: self.overview,
            Act.ALARMS.value: AlarmsPage(desk, tasks, theme),
            Act.SCHEDULES.value: SchedulesPage(desk, tasks, theme),
            Act.FILES.value: FilesPage(desk, tasks, theme),
            Act.AUDIT.value: AuditPage(desk, tasks, theme),
            "model": ModelPageWidget(desk, tasks, theme),
            "rehearsal": RehearsalPage(desk, tasks, theme),
        }
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        for page in self.pages.values():
            self.stack.addWidget(page)
        self._lay_out()
        self._connect()
        self.changes = SiteChanges(desk, self)
        self.changes.site_changed.connect(self._on_site_changed)
        self._heartbeat = QTimer(self)
        self._heartbeat.setInterval(HEARTBEAT_MS)
        self._heartbeat.timeout.connect(self.refresh_overview)
        self._heartbeat.start()
        geometry: QByteArray = settings.GEOMETRY.get()
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self.setFocus()
        self.go(Place.from_text(settings.PLACE.get()))
        self.refresh_overview()

    # going places

    def go(self, place: Place) -> None:
        """Show `place` and remember the way."""
        self.history.visit(place)
        self._show(place)

    def go_back(self) -> None:
        place = self.history.back()
        if place is not None:
            self._show(place)

    def open_alarm(self, alarm_id: int) -> None:
        """The alarms page with that alarm chosen."""
        self.pages[Act.ALARMS.value].select_alarm(alarm_id)
        self.go(Place(Act.ALARMS.value))

    def open_limits(self) -> None:
        """The limits of the model whose page is shown."""
        current = self.history.current
        if current is not None and current.model:
            self.go(Place("rehearsal", current.model))

    def open_why(self) -> None:
        """Why the model drifted whose page is shown."""
        current = self.history.current
        if current is not None and current.model:
            self.go(Place("model", current.model))
            self.pages["model"].show_why()

    def open_worst_alarm(self) -> None:
        if self.banner.alarm.alarm is not None:
            self.go(Place("model", self.banner.alarm.alarm.model))

    def acknowledge_worst(self) -> None:
        if self.banner.alarm.alarm is not None:
            ask_and_acknowledge(self, self.desk, self.tasks, [self.banner.alarm.alarm], self._acknowledged)

    def _acknowledged(self, _changed: object) -> None:
        self._on_site_changed()

    def step_model(self, step: int) -> None:
        """The model `step` places further in the rail."""
        count = self.overview.model.rowCount()
        if count:
            current = self.history.current
            row = self.overview.model.row_of(current.model) if current else -1
            row = (row + step) % count if row >= 0 else 0
            self.go(Place("model", self.overview.model.index(row).data(self.overview.model.NameRole)))

    # asking the site

    def refresh_overview(self) -> None:
        """Banner, rail and tiles, from one answer."""
        self.tasks.latest("overview", self._ask_overview, self._draw_overview, self._overview_failed)

    def refresh(self) -> None:
        """What F5 does: everything that is on the screen."""
        self.refresh_overview()
        page = self.stack.currentWidget()
        if page is not self.overview:
            page.refresh()

    def _ask_overview(self) -> tuple[Overview, OverviewView]:
        overview = self.desk.overview()
        return overview, present(overview)

    def _draw_overview(self, answer: tuple[Overview, OverviewView]) -> None:
        overview, view = answer
        self._worst_failure = ""
        self.banner.show_overview(overview)
        self.countdown.show_overview(overview)
        self.sound.hear(overview.waiting)
        self.overview.show_overview(view)
        self.rail.show_alarm_count(overview.unacknowledged_alarms, overview.open_alarms)
        if self.history.current is not None:
            self.rail.show_place(self.history.current)
        marked = f"({overview.unacknowledged_alarms}) " if overview.unacknowledged_alarms else ""
        self.setWindowTitle(f"{marked}{overview.site} – AiQu Desktop")
        self.actions_book[Act.ACKNOWLEDGE].setEnabled(overview.worst_alarm is not None)
        self.actions_book[Act.WORST_ALARM].setEnabled(overview.worst_alarm is not None)
        self.overview_drawn.emit()

    def _overview_failed(self, error: Exception) -> None:
        """Asked every two seconds: the same failure is shown once, and the status strip grows unknown meanwhile."""
        if str(error) != self._worst_failure:
            self._worst_failure = str(error)
            self.errors.show(error)

    def _on_site_changed(self) -> None:
        self.refresh_overview()
        for page in self.pages.values():
            page.site_changed()

    # making

    def _lay_out(self) -> None:
        lower = QHBoxLayout()
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(0)
        lower.addWidget(self.rail)
        lower.addWidget(self.stack, 1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.countdown)
        column.addLayout(lower, 1)
        central = QWidget()
        central.setLayout(column)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        book = self.actions_book
        for act in PAGES:
            book.connect(act, partial(self.go, Place(act.value)))
        book.connect(Act.BACK, self.go_back)
        book.connect(Act.NEXT_MODEL, partial(self.step_model, 1))
        book.connect(Act.PREVIOUS_MODEL, partial(self.step_model, -1))
        book.connect(Act.WORST_ALARM, self.open_worst_alarm)
        book.connect(Act.ACKNOWLEDGE, self.acknowledge_worst)
        book.connect(Act.SILENCE, self.sound.silence)
        book.connect(Act.ALARM_SOUND, lambda: SoundDialog(self.sound, self.theme, self).open())
        book.connect(Act.WHY, self.open_why)
        book.connect(Act.LIMITS, self.open_limits)
        book.connect(Act.SIGN_IN, self.person.ask)
        book.connect(Act.REFRESH, self.refresh)
        book.connect(Act.FIND, self._find)
        book.connect(Act.TOGGLE_THEME, self._toggle_theme)
        book.connect(Act.TOGGLE_GLOVE, self._toggle_glove)
        book.connect(Act.OPEN_SITE, self.site_wanted.emit)
        book.connect(Act.SHORTCUTS, lambda: ShortcutsDialog(self).open())
        book.connect(Act.QUIT, self.close)
        banner = self.banner
        banner.back.clicked.connect(book[Act.BACK].trigger)
        banner.theme_button.clicked.connect(book[Act.TOGGLE_THEME].trigger)
        banner.menu_button.setMenu(book.menu())
        banner.menu_button.setPopupMode(banner.menu_button.ToolButtonPopupMode.InstantPopup)
        banner.alarm.opened.connect(self.open_worst_alarm)
        banner.alarm.acknowledge_asked.connect(self.acknowledge_worst)
        self.countdown.acted.connect(self._on_site_changed)
        self.countdown.model_asked.connect(lambda name: self.go(Place("model", name)))
        banner.alarm.silence_asked.connect(book[Act.SILENCE].trigger)
        self.sound.sounding_changed.connect(banner.alarm.silence.setVisible)
        self.sound.sounding_changed.connect(book[Act.SILENCE].setEnabled)
        book[Act.SILENCE].setEnabled(False)
        self.rail.place_chosen.connect(self.go)
        self.overview.model_opened.connect(lambda name: self.go(Place("model", name)))
        self.pages["model"].open_alarm.connect(self.open_alarm)
        self.pages["model"].site_acted.connect(self._on_site_changed)
        self.pages["model"].limits_asked.connect(book[Act.LIMITS].trigger)
        self.pages["rehearsal"].model_asked.connect(lambda name: self.go(Place("model", name)))
        self.pages["rehearsal"].site_acted.connect(self._on_site_changed)
        self.pages[Act.ALARMS.value].model_asked.connect(lambda name: self.go(Place("model", name)))
        self.pages[Act.ALARMS.value].site_acted.connect(self.refresh_overview)
        self.tasks.failed.connect(self.errors.show)

    def _show(self, place: Place) -> None:
        page = self.pages[place.page]
        self.stack.setCurrentWidget(page)
        if place.model:
            page.show_model(place.model)
        for act in (Act.WHY, Act.LIMITS):
            self.actions_book[act].setEnabled(bool(place.model))
        self.rail.show_place(place)
        self.banner.back.setEnabled(self.history.can_go_back)
        self.actions_book[Act.BACK].setEnabled(self.history.can_go_back)
        settings.PLACE.set(place.to_text())
        if hasattr(page, "focus_first"):
            page.focus_first()

    def _find(self) -> None:
        field = self.stack.currentWidget().findChild(QLineEdit, "find")
        if field is not None:
            field.setFocus()
            field.selectAll()

    def _toggle_theme(self) -> None:
        self.theme.toggle()
        settings.THEME.set(self.theme.name)

    def _toggle_glove(self) -> None:
        self.theme.set_density("desk" if self.theme.density.name == "glove" else "glove")
        settings.DENSITY.set(self.theme.density.name)

    def closeEvent(self, event: QCloseEvent) -> None:
        settings.GEOMETRY.set(self.saveGeometry())
        self.hide()  # a check that is just running may take a moment to end
        self._heartbeat.stop()
        self.changes.close()
        self.pages["rehearsal"].stop()
        self.tasks.close()
        self.desk.close()
        super().closeEvent(event)
        self.closed.emit()
