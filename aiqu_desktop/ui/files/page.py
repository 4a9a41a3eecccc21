"""The files page: what was taken in, what went to quarantine and the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout

from aiqu_desktop.services.views import IngestRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.shell.page import Page, make_find_field
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.tables.record_model import Column, RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.facts import Fact, Facts
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

_TAKEN = Look("Taken in", "good", "good")
_QUARANTINED = Look("Quarantined", "quarantine", "warning")


def is_quarantined(row: IngestRow) -> bool:
    return row.outcome.startswith("quarantin")


def outcome_look(row: IngestRow) -> Look:
    """Any outcome but quarantine brought rows in, whatever its exact word."""
    return _QUARANTINED if is_quarantined(row) else _TAKEN


def _count(name: str, title: str, attribute: str, optional: int) -> Column:
    return Column(
        name, title, lambda r: fmt.number(getattr(r, attribute), 0), 92, optional=optional,
        sort=lambda r: getattr(r, attribute), right=True,
    )  # fmt: skip


COLUMNS = (
    Column("outcome", "Outcome", lambda r: outcome_look(r).word, 128, look=outcome_look),
    Column("at", "Seen", lambda r: fmt.instant(r.at), 152, figures=True, optional=1, sort=lambda r: r.at,
           tooltip=lambda r: fmt.instant_full(r.at)),
    Column("model", "Model", lambda r: r.model, 150),
    Column("name", "File", lambda r: r.name, 210),
    Column("kind", "Kind", lambda r: r.kind, 110, optional=3),
    _count("read", "Rows read", "rows_read", 4),
    _count("added", "Added", "rows_added", 2),
    _count("known", "Known", "rows_known", 6),
    _count("conflicting", "Conflicting", "rows_conflicting", 5),
    Column("reason", "Reason", lambda r: r.reason or fmt.NOTHING, stretch=True),
)  # fmt: skip


class FilesPage(Page):
    """A file is named by when it was seen, its model and its name; the same name may come again."""

    title = "Files"

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__(desk, tasks, theme, "files_page")
        self.quarantined = QCheckBox("Quarantined only")
        self.quarantined.setObjectName("quarantined_only")
        self.quarantined.toggled.connect(lambda _on: self.refresh())
        self.find = make_find_field("Find a file")
        self.find.textChanged.connect(self._filter)
        self.head.addWidget(self.quarantined)
        self.head.addWidget(self.find)
        self.model = RecordModel(theme, COLUMNS, lambda row: (row.at, row.model, row.name))
        self.table = RecordTable(theme, self.model, "file_table", "Files taken in")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.table.selection_changed.connect(self._show_selection)
        self.empty = EmptyState(theme, "files", "no_files")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.detail = QFrame()
        self.detail.setObjectName("file_detail")
        self.detail.setProperty("surface", "card")
        self.outcome = StateLabel(theme, "heading", 20, "file_outcome")
        self.reason = make_label("", "strong", "file_reason", wrap=True)
        self.facts = Facts("file_facts")
        inner = QVBoxLayout(self.detail)
        inner.setContentsMargins(16, 12, 16, 8)
        inner.addWidget(self.outcome)
        inner.addWidget(self.reason)
        inner.addWidget(self.facts)
        inner.addStretch(1)
        self.detail.setFixedWidth(300)
        self.detail.hide()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.stack, 1)
        row.addWidget(self.detail)
        self.body.addLayout(row)

    def refresh(self) -> None:
        only = self.quarantined.isChecked()
        self.tasks.latest("files", lambda: self.desk.list_files(only_quarantined=only), self._show, subject=only)

    def _show(self, rows: Sequence[IngestRow]) -> None:
        self.model.set_rows(rows)
        refused = sum(is_quarantined(row) for row in rows)
        text = f"newest {fmt.plural(len(rows), 'file')}, {refused} in quarantine"
        self.summary.setText(text if rows else "")
        self._filter()

    def _filter(self) -> None:
        self.table.proxy.want(text=self.find.text())
        if not self.model.rows and self.quarantined.isChecked():
            self.empty.say("Nothing is in quarantine", "Every file that came was taken in.")
        elif not self.model.rows:
            self.empty.say(
                "No file has come yet",
                f"Observation and label files (CSV or Parquet) are taken from {self.desk.root / 'drop'}, one folder "
                "a model.",
            )
        else:
            self.empty.say("No file matches", "Clear the text to see the others.")
        self.stack.setCurrentWidget(self.table if self.table.proxy.rowCount() else self.empty)
        self._show_selection()

    def _show_selection(self) -> None:
        rows = self.table.selected_rows() if self.stack.currentWidget() is self.table else ()
        self.detail.setVisible(bool(rows))
        if not rows:
            return
        row = rows[0]
        self.outcome.set_look(outcome_look(row))
        self.reason.setText(row.reason)
        self.reason.setVisible(bool(row.reason))
        self.facts.show_facts(
            [
                Fact("File", row.name, mono=True),
                Fact("Model", row.model),
                Fact("Kind", row.kind),
                Fact("Seen", fmt.instant_full(row.at)),
                Fact("Rows", f"{fmt.number(row.rows_read, 0)} read, {fmt.number(row.rows_added, 0)} added, "
                             f"{fmt.number(row.rows_known, 0)} known already"),
                Fact("Conflicting", f"{fmt.plural(row.rows_conflicting, 'row')} with an id that is known with other "
                                    "values" if row.rows_conflicting else "none",
                     "warning" if row.rows_conflicting else ""),
            ]
        )  # fmt: skip
