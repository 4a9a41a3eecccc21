"""A report's period and maker are asked, then the file is written off the main thread and its folder offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QVBoxLayout, QWidget

from aiqu_desktop.services.views import ModelPage
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.model.writing_dialog import WritingDialog
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.buttons import explain
from aiqu_desktop.ui.widgets.labels import make_label

_DAYS = {"Last 30 days": 30, "Last 90 days": 90, "Last year": 365}
_ALL, _OWN = "All data", "From and to"


class ReportDialog(WritingDialog):
    """Asks for the period of a report, and writes it."""

    def __init__(self, desk: Desk, tasks: Tasks, page: ModelPage, parent: QWidget | None = None) -> None:
        super().__init__("report-dialog", "Write a report", "Write report", parent)
        self._desk, self._tasks, self._page = desk, tasks, page
        self.setMinimumWidth(520)
        self.period = QComboBox()
        self.period.setObjectName("period")
        self.period.setAccessibleName("Period of the report")
        self.period.addItems([_ALL, *_DAYS, _OWN])
        self.start, self.end = QDateEdit(), QDateEdit()
        self._lay_out(page.tile.title)
        self.period.currentTextChanged.connect(self._choose)
        self.person.textChanged.connect(self._check)
        for field in (self.start, self.end):
            field.dateChanged.connect(self._check)
        self._choose(_ALL)

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label(f"Report on {title}", "title"))
        about = (
            "A PDF for the archive: verdicts, charts with their limits, alarms, releases, and where figures are from."
        )
        column.addWidget(make_label(about, "caption", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for place, (name, text, field) in enumerate(
            (("", "Period", self.period), ("start", "From (UTC)", self.start), ("end", "To (UTC)", self.end))
        ):
            if isinstance(field, QDateEdit):
                field.setObjectName(name)
                field.setAccessibleName(text)
                field.setCalendarPopup(True)
                field.setDisplayFormat("yyyy-MM-dd")
            grid.addWidget(make_label(text, "caption"), 0, place)
            grid.addWidget(field, 1, place)
        grid.setColumnStretch(0, 1)
        column.addLayout(grid)
        column.addWidget(make_label("Your name", "caption"))
        column.addWidget(self.person)
        column.addWidget(self.state)
        column.addLayout(self._button_row())

    def chosen(self) -> tuple[datetime | None, datetime | None]:
        """Start and end of the period; None, None for all data."""
        if self.period.currentText() == _ALL:
            return None, None
        start, end = (datetime(d.year(), d.month(), d.day(), tzinfo=UTC) for d in (self.start.date(), self.end.date()))
        return start, min(end + timedelta(days=1), self._page.site_now)

    def _choose(self, text: str) -> None:
        now = self._page.site_now
        days = _DAYS.get(text)
        first = self._page.first_data or now - timedelta(days=30)
        start = first if days is None else max(first, now - timedelta(days=days))
        if text != _OWN:
            self.start.setDate(QDate(start.year, start.month, start.day))
            self.end.setDate(QDate(now.year, now.month, now.day))
        for field in (self.start, self.end):
            field.setEnabled(text == _OWN)
        self._check()

    def _check(self) -> None:
        why = ""
        if not self.person.text().strip():
            why = "Say who makes the report."
        elif self.start.date() > self.end.date():
            why = "The period would end before it begins."
        explain(self.yes, why)
        self.state.setText(why)

    def _write(self) -> None:
        person = self.person.text().strip()
        settings.PERSON.set(person)
        start, end = self.chosen()
        name = self._page.tile.name
        explain(self.yes, "The report is being written.")
        self.state.setText("Writing the report…")
        self._tasks.run(lambda: self._desk.write_model_report(name, start, end, by=person), self._written, self._failed)

    def _written(self, path: Path) -> None:
        self._show_written(f"Written: {path}", path.parent)
