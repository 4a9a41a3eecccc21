"""The alarm system's own figures beside what ISA-18.2 and EEMUA 191 recommend."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.services.views import AlarmFigures, Benchmark, FrequentAlarm, StaleAlarm
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.alarms.shares import DayBars, PriorityShares
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.states import PRIORITY, Look
from aiqu_desktop.ui.tables.record_model import Column, RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_segments
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

_MET = Look("Within", "good", "good")
_NOT_MET = Look("Beyond", "warning", "warning")
_UNTOLD = Look("Unknown", "unknown", "unknown")
_TITLES = {
    "average_per_10_min": "Alarms in 10 min, average",
    "peak_in_10_min": "Alarms in 10 min, peak",
    "flood_share": "Time in flood",
    "stale": "Stale, over 24 h",
    "chattering": "Chattering",
}
_PERIODS = (("24 h", 1), ("7 days", 7), ("30 days", 30), ("365 days", 365))

FREQUENT = (
    Column("title", "Ten most frequent", lambda r: r.title, stretch=True, tooltip=lambda r: r.key),
    Column("model", "Model", lambda r: r.model_title, 160),
    Column("count", "Times", lambda r: fmt.number(r.count, 0), 64, right=True, sort=lambda r: r.count),
    Column("share", "Share", lambda r: fmt.percent(r.share), 64, right=True, sort=lambda r: r.share),
)
STALE = (
    Column("priority", "Priority", lambda r: PRIORITY[r.priority].word, 100, look=lambda r: PRIORITY[r.priority]),
    Column("title", "Stale now", lambda r: r.title, stretch=True),
    Column("model", "Model", lambda r: r.model_title, 136),
    Column(
        "since",
        "Since",
        lambda r: fmt.day(r.since),
        104,
        figures=True,
        sort=lambda r: r.since,
        tooltip=lambda r: fmt.instant_full(r.since),
    ),
)


class _Card(QFrame):
    """One figure, its recommended limit, and whether it keeps it: shape and word."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(f"figure_{name}")
        self.setProperty("surface", "card")
        self.value = make_label("", "title", f"value_{name}")
        self.state = StateLabel(theme, "caption", 16)
        self.limit = make_label("", "faint")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(3)
        column.addWidget(make_label(_TITLES[name], "faint"))
        column.addWidget(self.value)
        column.addWidget(self.state)
        column.addWidget(self.limit)

    def show_benchmark(self, figure: Benchmark) -> None:
        shown = _shown(figure.name, figure.value)
        self.value.setText(shown)
        look = _UNTOLD if figure.met is None else _MET if figure.met else _NOT_MET
        limit = "none" if figure.at_most == 0 else f"at most {_shown(figure.name, figure.at_most)}"
        self.state.set_look(look)
        self.limit.setText(f"Recommended: {limit}")
        self.setAccessibleName(f"{_TITLES[figure.name]}: {shown}, {look.word}, recommended {limit}")


class FiguresView(QWidget):
    """alarm_asked: show the alarm with this id; summary_changed: one line for the head of the page."""

    alarm_asked = Signal(int)
    summary_changed = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("figures_view")
        self._desk, self._tasks = desk, tasks
        self._days = 30
        self.cards = {name: _Card(theme, name) for name in _TITLES}
        self.shares = PriorityShares(theme)
        self.days = DayBars(theme)
        self.frequent = RecordModel(theme, FREQUENT, lambda row: (row.model, row.key))
        self.frequent_table = RecordTable(theme, self.frequent, "frequent_table", "Ten most frequent alarms")
        self.stale = RecordModel(theme, STALE, lambda row: row.id)
        self.stale_table = RecordTable(theme, self.stale, "stale_table", "Stale alarms")
        self.stale_table.row_opened.connect(lambda row: self.alarm_asked.emit(row.id))
        self.held = make_label("", "caption", "held_counts", wrap=True)
        self.chatter = make_label("", "caption", "chatter", wrap=True)

        cards = QHBoxLayout()
        cards.setSpacing(10)
        for card in self.cards.values():
            cards.addWidget(card, 1)
        lower = QGridLayout()
        lower.setSpacing(10)
        lower.addWidget(self._card("Alarms told a day", self.days), 0, 0)
        lower.addWidget(self._card("Shares of the priorities", self.shares, self.chatter), 0, 1)
        lower.addWidget(self.frequent_table, 1, 0)
        lower.addWidget(self.stale_table, 1, 1)
        lower.setColumnStretch(0, 1)
        lower.setColumnStretch(1, 1)
        lower.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._periods())
        column.addLayout(cards)
        column.addLayout(lower, 1)

    def refresh(self) -> None:
        days = self._days

        def ask() -> AlarmFigures:
            end = self._desk.now()
            return self._desk.alarm_figures(end - timedelta(days=days), end)

        self._tasks.latest("alarm figures", ask, self._show, subject=days)

    def _show(self, figures: AlarmFigures) -> None:
        for figure in figures.benchmarks:
            self.cards[figure.name].show_benchmark(figure)
        self.shares.show_shares(figures.priorities)
        self.days.show_days(figures.per_day)
        frequent: tuple[FrequentAlarm, ...] = figures.most_frequent
        stale: tuple[StaleAlarm, ...] = figures.stale
        self.frequent.set_rows(frequent)
        self.stale.set_rows(stale)
        self.held.setText(
            f"Held back now: {figures.shelved_now} shelved, {figures.suppressed_now} by design, "
            f"{figures.out_of_service_now} out of service."
        )
        names = ", ".join(
            f"{c.title} of {c.model_title} ({c.most_in_a_minute} in a minute)" for c in figures.chattering
        )
        self.chatter.setText(f"Chattering: {names}." if names else "No alarm came three times within a minute.")
        told = fmt.plural(figures.annunciated, "alarm")
        self.summary_changed.emit(f"{told} told since {fmt.instant(figures.start)}")

    def _periods(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        buttons = make_segments([(title, f"period_{days}") for title, days in _PERIODS])
        for (_, days), button in zip(_PERIODS, buttons, strict=True):
            button.setChecked(days == self._days)
            button.clicked.connect(lambda _checked=False, days=days: self._choose(days))
            row.addWidget(button)
        row.addSpacing(14)
        row.addWidget(self.held, 1)
        return row

    def _choose(self, days: int) -> None:
        self._days = days
        self.refresh()

    def _card(self, title: str, *parts: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("surface", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(6)
        column.addWidget(make_label(title, "faint"))
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        return card


def _shown(name: str, value: float | None) -> str:
    if name == "flood_share":
        return fmt.percent(value, 1)
    return fmt.number(value, 2 if name == "average_per_10_min" else 0)
