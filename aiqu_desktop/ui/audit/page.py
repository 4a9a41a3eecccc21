"""The audit page: the chain newest first, a filter that asks the registry, and the verification of the whole chain."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from aiqu_desktop.security.audit import ChainVerdict
from aiqu_desktop.services.views import AuditRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.audit.pretty import changes
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.shell.page import Page, make_find_field
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.tables.record_model import Column, RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.facts import Fact, Facts
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

PAGE = 200
_WHOLE = Look("Chain whole", "verified", "good")
_BROKEN = Look("Chain broken", "alarm", "alarm")

COLUMNS = (
    Column("sequence", "No.", lambda r: str(r.sequence), 64, sort=lambda r: r.sequence, right=True),
    Column("at", "At", lambda r: fmt.instant(r.at, seconds=True), 176, figures=True, sort=lambda r: r.at,
           tooltip=lambda r: fmt.instant_full(r.at)),
    Column("actor", "Who", lambda r: r.actor, 118),
    Column("action", "Act", lambda r: r.action, 158),
    Column("subject", "On what", lambda r: r.subject, 220, optional=1),
    Column("reason", "Reason", lambda r: r.reason or fmt.NOTHING, stretch=True),
)  # fmt: skip


class AuditPage(Page):
    """Records are append-only, so pages that were read stay valid; newer ones are put on top."""

    title = "Audit"

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__(desk, tasks, theme, "audit_page")
        self._limit = PAGE
        self.find = make_find_field("Find who, act, subject, reason")
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(200)
        self._typed.timeout.connect(self.refresh)
        self.find.textChanged.connect(lambda _text: self._typed.start())
        self.verdict = StateLabel(theme, "strong", 18, "chain_verdict")
        self.verdict.hide()
        self.verify = make_button("Verify chain", "verify_chain", on_click=self.verify_chain)
        for part in (self.verdict, self.find, self.verify):
            self.head.addWidget(part)
        self.finding = make_label("", "caption", "chain_finding", wrap=True)
        self.finding.hide()
        self.body.addWidget(self.finding)

        self.model = RecordModel(theme, COLUMNS, lambda row: row.sequence)
        self.table = RecordTable(theme, self.model, "audit_table", "Audit records, newest first")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.table.selection_changed.connect(self._show_selection)
        self.older = make_button("Show older records", "older", "link", self._show_older)
        self.empty = EmptyState(theme, "audit", "no_records")
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self.older)
        self.stack = QStackedWidget()
        self.stack.addWidget(listed)
        self.stack.addWidget(self.empty)
        self.detail = QFrame()
        self.detail.setObjectName("audit_detail")
        self.detail.setProperty("surface", "card")
        self.detail.setFixedWidth(336)
        self.headline = make_label("", "heading", "audit_headline", wrap=True)
        self.facts = Facts("audit_facts")
        self._lay_out_detail()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.stack, 1)
        row.addWidget(self.detail)
        self.body.addLayout(row, 1)
        self.detail.hide()

    def refresh(self) -> None:
        text, limit = self.find.text().strip(), self._limit
        self.tasks.latest(
            "audit", lambda: self.desk.list_audit(limit=limit, text=text), self._show, subject=(text, limit)
        )

    def verify_chain(self) -> None:
        """Recompute the whole chain on a worker and say what was found."""
        self.verify.setText("Verifying …")
        explain(self.verify, "The chain is being recomputed from its first record.")
        self.tasks.run(self.desk.verify_chain, self._verified, self._not_verified)

    def _verified(self, verdict: ChainVerdict) -> None:
        self._ready_again()
        look = _WHOLE if verdict.intact else _BROKEN
        self.verdict.set_look(look)
        self.verdict.show()
        head = f" Head {fmt.digest(verdict.head)}." if verdict.intact else ""
        self.finding.setText(f"{verdict.finding}{head}")
        self.finding.show()

    def _not_verified(self, error: Exception) -> None:
        self._ready_again()
        self.verdict.hide()
        self.finding.hide()
        self.tasks.failed.emit(error)

    def _ready_again(self) -> None:
        self.verify.setText("Verify chain")
        explain(self.verify, "")

    def _show(self, rows: Sequence[AuditRow]) -> None:
        self.model.set_rows(rows)
        self.older.setVisible(len(rows) >= self._limit)
        self.summary.setText(f"newest {fmt.plural(len(rows), 'record')}" if rows else "")
        if self.find.text().strip():
            self.empty.say("No record matches", "Clear the text to see the others.")
        else:
            self.empty.say("Nothing was recorded yet", "Every change of this site will be listed here.")
        self.stack.setCurrentIndex(0 if rows else 1)
        self._show_selection()

    def _show_older(self) -> None:
        self._limit += PAGE
        self.refresh()

    def _show_selection(self) -> None:
        rows = self.table.selected_rows() if self.stack.currentIndex() == 0 else ()
        self.detail.setVisible(bool(rows))
        if not rows:
            return
        row = rows[0]
        self.headline.setText(f"{row.sequence} · {row.action}")
        facts = [Fact("Who", row.actor), Fact("On what", row.subject), Fact("At", fmt.instant_full(row.at))]
        facts += [Fact("Reason", row.reason)] if row.reason else []
        facts += [Fact(field.replace("_", " ").capitalize(), text) for field, text in changes(row.old, row.new)]
        facts.append(Fact("Hash", " ".join(row.hash[k : k + 16] for k in range(0, len(row.hash), 16)), mono=True))
        self.facts.show_facts(facts)

    def _lay_out_detail(self) -> None:
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(16, 12, 16, 8)
        inner.addWidget(self.headline)
        inner.addWidget(self.facts)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        outer = QVBoxLayout(self.detail)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
