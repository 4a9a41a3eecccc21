"""The tables under (or beside) the charts: versions, alarms, releases and check runs of one model."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from aiqu_desktop.core.words import FlowState, VersionState
from aiqu_desktop.services.views import ActionState, ModelPage, VersionRow
from aiqu_desktop.ui.model import columns
from aiqu_desktop.ui.tables.record_model import Column, RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.why import WhyPanel
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import make_label

MOST_METRICS = 3
LEAST_HEIGHT = 170  # pixels: the names, the head of a table and three of its rows


class TableTab(QWidget):
    """A table, or one sentence when it has no rows."""

    def __init__(self, theme: Theme, shown: Sequence[Column], key: Any, name: str, title: str, nothing: str) -> None:
        super().__init__()
        self.records = RecordModel(theme, shown, key)
        self.records.setParent(self)
        self.table = RecordTable(theme, self.records, name, title)
        self._nothing = make_label(nothing, "caption", f"{name}_empty", wrap=True)
        self._nothing.setContentsMargins(12, 12, 12, 12)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nothing)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(6)
        self.box.addWidget(self._stack, 1)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show `rows` in the order given, unless the reader sorted by a column."""
        self.records.set_rows(rows)
        self._stack.setCurrentIndex(0 if rows else 1)


class ModelTabs(QTabWidget):
    """Draws a ModelPage's rows.

    acknowledge_asked: for these AlarmRows; alarm_opened: go to this alarm's id; promote_asked: this version's number.
    test_asked, stop_asked: test this version's number again, or stop its tests.
    shadow_asked: let this version's number answer beside the champion; unshadow_asked: end that.
    """

    acknowledge_asked = Signal(object)
    alarm_opened = Signal(int)
    promote_asked = Signal(int)
    test_asked = Signal(int)
    stop_asked = Signal(int)
    shadow_asked = Signal(int)
    unshadow_asked = Signal(int)
    folded_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._metrics: tuple[str, ...] = ()
        self._promotion = ActionState(False, "The model is being read.")
        self.folded = False
        self.setObjectName("model-tabs")
        self.setAccessibleName("Versions, alarms, releases, check runs, and why it drifted")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        by_id = _key("id")
        self.versions = self._versions_tab(())
        self.alarms = TableTab(
            theme,
            columns.ALARMS,
            by_id,
            "model_alarms",
            "Alarms of this model",
            "No alarms: nothing abnormal was found since the model came.",
        )
        self.releases = TableTab(
            theme,
            columns.RELEASES,
            by_id,
            "model_releases",
            "Releases of this model",
            "No releases yet: the first promotion puts a version live.",
        )
        self.runs = TableTab(
            theme,
            columns.RUNS,
            by_id,
            "model_runs",
            "Check runs of this model",
            "No check has run yet; see Schedules for when the next one is due.",
        )
        self.why = WhyPanel(theme)
        self._add_corner()
        for tab, title in (
            (self.versions, "Versions"),
            (self.alarms, "Alarms"),
            (self.releases, "Releases"),
            (self.runs, "Check runs"),
            (self.why, "Why it drifted"),
        ):
            self.addTab(tab, title)
        self._turn()

    def show_page(self, page: ModelPage) -> None:
        """Draw one answer; selections stay."""
        names = {name: None for version in page.versions for name in version.metrics}
        primary = page.tile.metric
        metrics = tuple(sorted(names, key=lambda name: name != primary))[:MOST_METRICS]
        if metrics != self._metrics:
            self._metrics = metrics
            chosen = self.currentIndex()
            self.removeTab(0)
            self.versions.deleteLater()
            self.versions = self._versions_tab(metrics)
            self.insertTab(0, self.versions, "Versions")
            self.setCurrentIndex(chosen)
        self._promotion = page.promote
        self.versions.show_rows(page.versions)
        self.alarms.show_rows(page.alarms)
        self.releases.show_rows(page.releases)
        self.runs.show_rows(page.runs)
        waiting = sum(alarm.needs_acknowledgement for alarm in page.alarms)
        self.setTabText(0, f"Versions ({len(page.versions)})")
        self.setTabText(1, f"Alarms ({waiting} to acknowledge)" if waiting else f"Alarms ({len(page.alarms)})")
        self.setTabText(2, f"Releases ({len(page.releases)})")
        self._offer()

    @property
    def shows_why(self) -> bool:
        """True while the reasons of the drift are in front."""
        return not self.folded and self.currentWidget() is self.why

    def open_tab(self, tab: QWidget) -> None:
        """Bring a tab to the front."""
        self.setCurrentWidget(tab)

    def _versions_tab(self, metrics: tuple[str, ...]) -> TableTab:
        tab = TableTab(
            self._theme,
            columns.versions(metrics),
            _key("number"),
            "model_versions",
            "Versions of this model",
            "No versions yet: import a bundle with “aiqu import FOLDER”.",
        )
        tab.table.selection_changed.connect(self._offer)
        return tab

    def fold(self, folded: bool) -> None:
        """Show only the tabs' names, to leave the height to the charts; or show the tables again."""
        self.folded = folded
        self.findChild(QStackedWidget, "qt_tabwidget_stackedwidget").setVisible(not folded)
        self.setMaximumHeight(self.tabBar().sizeHint().height() + 4 if folded else 16_777_215)
        self.setMinimumHeight(self.tabBar().sizeHint().height() + 4 if folded else LEAST_HEIGHT)
        self.toggle.setText("Show tables" if folded else "Hide")  # beside the tables, room is short
        self.toggle.setAccessibleName("Show tables" if folded else "Hide tables")
        self.folded_changed.emit(folded)

    def _add_corner(self) -> None:
        table = self.alarms.table
        self.acknowledge = make_button("Acknowledge…", "acknowledge", on_click=self._ask)
        self.show_alarm = make_button("Show in alarms", "show_alarm", "quiet", self._open)
        self.promote = make_button("Promote…", "promote_selected", "quiet", self._ask_promotion)
        self.test = make_button("Test again", "test_selected", "quiet", self._ask_test)
        self.shadow = make_button("Shadow…", "shadow_selected", "quiet", self._ask_shadow)
        self.toggle = make_button("Hide", "toggle_tables", "quiet", lambda: self.fold(not self.folded))
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(6)
        for button in (self.test, self.shadow, self.promote, self.show_alarm, self.acknowledge, self.toggle):
            row.addWidget(button)
        self.setCornerWidget(corner)
        table.selection_changed.connect(self._offer)
        table.row_opened.connect(lambda alarm: self.alarm_opened.emit(alarm.id))
        self.currentChanged.connect(self._turn)
        self.tabBarClicked.connect(lambda _index: self.fold(False) if self.folded else None)

    def _turn(self) -> None:
        """The buttons of the versions and of the alarms stand beside the tabs only while these are shown."""
        for button in (self.test, self.shadow, self.promote):
            button.setVisible(self.currentWidget() is self.versions)
        on_alarms = self.currentWidget() is self.alarms
        self.acknowledge.setVisible(on_alarms)
        self.show_alarm.setVisible(on_alarms)

    def _wanted(self) -> tuple[Any, ...]:
        """The selected alarms, or without a selection all that wait."""
        rows = self.alarms.table.selected_rows() or self.alarms.records.rows
        return tuple(alarm for alarm in rows if alarm.needs_acknowledgement)

    def _offer(self) -> None:
        number = self._chosen_version()
        none = "Select one version that is not live first."
        why = self._promotion.why_not if not self._promotion.enabled else none if number is None else ""
        explain(self.promote, why)
        self.promote.setText("Promote…" if number is None else f"Promote {number}…")
        self.promote.setAccessibleName(why or self.promote.text())
        self._offer_tests()
        self._offer_shadow()
        count = len(self._wanted())
        why = (
            ""
            if count
            else ("No alarm waits to be acknowledged." if self.alarms.records.rows else "There are no alarms.")
        )
        explain(self.acknowledge, why)
        self.acknowledge.setAccessibleName(why or "Acknowledge alarms")
        self.acknowledge.setText(f"Acknowledge {count} alarms…" if count > 1 else "Acknowledge…")
        chosen = self.alarms.table.selected_rows()
        explain(self.show_alarm, "" if chosen else "Select an alarm first.")

    def _offer_tests(self) -> None:
        chosen = self._one_version()
        runs = chosen is not None and chosen.tests is not None and chosen.tests.state.open
        explain(self.test, "" if chosen is not None else "Select one version first.")
        self.test.setText("Stop tests" if runs else "Test again")
        named = "" if chosen is None else f" of version {chosen.number}" if runs else f" version {chosen.number}"
        self.test.setAccessibleName(f"{self.test.text()}{named}")

    def _offer_shadow(self) -> None:
        chosen = self._one_version()
        runs = chosen is not None and chosen.shadow is not None and chosen.shadow.runs
        explain(self.shadow, self._why_no_shadow(chosen))
        self.shadow.setText("End shadow…" if runs else "Shadow…")
        named = "" if chosen is None else f" of version {chosen.number}" if runs else f" by version {chosen.number}"
        self.shadow.setAccessibleName(f"{self.shadow.text()}{named}")

    def _why_no_shadow(self, chosen: VersionRow | None) -> str:
        if chosen is None:
            return "Select one version first."
        if chosen.shadow is not None and chosen.shadow.runs:
            return ""
        if chosen.state is VersionState.CHAMPION:
            return "This version is live; a shadow is of another one."
        running = next((row for row in self.versions.records.rows if row.shadow is not None and row.shadow.runs), None)
        if running is not None:
            return f"Version {running.number} runs beside the champion already; end that shadow first."
        if chosen.tests is None or chosen.tests.state not in (FlowState.READY, FlowState.AWAITING_ROWS):
            return "Only a version that has passed its tests may run beside the champion."
        return ""

    def _ask_shadow(self) -> None:
        chosen = self._one_version()
        if chosen is not None:
            runs = chosen.shadow is not None and chosen.shadow.runs
            (self.unshadow_asked if runs else self.shadow_asked).emit(chosen.number)

    def _one_version(self) -> VersionRow | None:
        chosen = self.versions.table.selected_rows()
        return chosen[0] if len(chosen) == 1 else None

    def _ask_test(self) -> None:
        chosen = self._one_version()
        if chosen is not None:
            runs = chosen.tests is not None and chosen.tests.state.open
            (self.stop_asked if runs else self.test_asked).emit(chosen.number)

    def _chosen_version(self) -> int | None:
        """The selected version, when it is just one and may go live: also one that was live before."""
        chosen = self._one_version()
        return chosen.number if chosen is not None and chosen.number in self._promotion.versions else None

    def _ask_promotion(self) -> None:
        number = self._chosen_version()
        if number is not None:
            self.promote_asked.emit(number)

    def _ask(self) -> None:
        self.acknowledge_asked.emit(self._wanted())

    def _open(self) -> None:
        for alarm in self.alarms.table.selected_rows()[:1]:
            self.alarm_opened.emit(alarm.id)


def _key(name: str) -> Any:
    def key(row: Any) -> Hashable:
        return getattr(row, name)

    return key
