"""The schedules page: every check with its next run and last result; run now, pause with a reason, resume, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from aiqu_desktop.services.views import ScheduleRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.schedules.columns import COLUMNS, Timed
from aiqu_desktop.ui.shell.page import Page, make_find_field
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.dialogs import AskDialog, Question, as_person
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.labels import make_label

_CHOOSE = "Choose a check in the list first."


class SchedulesPage(Page):
    """One check at a time is acted on; why a button cannot act is said beside it."""

    title = "Schedules"

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__(desk, tasks, theme, "schedules_page")
        self.find = make_find_field("Find a model or check")
        self.find.textChanged.connect(self._filter)
        self.head.addWidget(self.find)
        self.model = RecordModel(theme, COLUMNS, lambda timed: timed.row.check_id)
        self.table = RecordTable(theme, self.model, "schedule_table", "Scheduled checks")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.table.selection_changed.connect(self._offer)
        self.empty = EmptyState(theme, "schedules", "no_schedules")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.body.addWidget(self.stack, 1)

        self.chosen = make_label("", "caption", "chosen")
        self.chosen.setMinimumWidth(80)
        self.run = make_button("Run now", "run_now", "primary", self.run_now)
        self.pause = make_button("Pause…", "pause", on_click=self.pause_check)
        self.resume = make_button("Resume", "resume", on_click=self.resume_check)
        self.cancel = make_button("Cancel run", "cancel_run", on_click=self.cancel_run)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.chosen, 1)
        for button in (self.cancel, self.resume, self.pause, self.run):
            bar.addWidget(button)
        self.body.addLayout(bar)
        self._cancelling: set[int] = set()
        self._asked: dict[int, int | None] = {}  # checks asked to run now, with the last run that they had then
        self._poll = QTimer(self)
        self._poll.setInterval(250)
        self._poll.timeout.connect(self._draw_progress)

    def refresh(self) -> None:
        self.tasks.latest("schedules", lambda: (self.desk.list_schedules(), self.desk.now()), self._show)

    def run_now(self) -> None:
        row = self._row()
        if row is not None:

            def asked(answer: object) -> None:
                self._asked[row.check_id] = row.last_run_id
                self._acted(answer)

            def ask(by: str) -> None:
                self.desk.run_now(row.check_id, by=by)

            self._as_person(f"Run {_name(row)} now", "Run now", ask, asked)

    def pause_check(self) -> None:
        row = self._row()
        if row is None:
            return
        question = Question(
            title="Pause check",
            verb="Pause check",
            lines=(_name(row),),
            consequence="Until somebody resumes it, nothing looks at this any more and its answers will grow stale.",
            way_back="Resume starts it again at once.",
            note_title="Why it is paused",
        )
        check_id = row.check_id
        self._ask(question, lambda by, note: self.desk.pause(check_id, by=by, reason=note))

    def resume_check(self) -> None:
        row = self._row()
        if row is not None:
            self._as_person(f"Resume {_name(row)}", "Resume", lambda by: self.desk.resume(row.check_id, by=by))

    def cancel_run(self) -> None:
        row = self._row()
        if row is not None:
            self._cancelling.add(row.check_id)
            self._offer()
            self.tasks.run(lambda: self.desk.cancel(row.check_id), lambda _: self.refresh())

    # asking

    def _ask(self, question: Question, act: Callable[[str, str], None]) -> None:
        def go(person: str, note: str) -> None:
            self.tasks.run(lambda: act(person, note), self._acted)

        AskDialog(question, go, self).open()

    def _as_person(
        self, title: str, verb: str, act: Callable[[str], None], done: Callable[[object], None] | None = None
    ) -> None:
        as_person(title, verb, lambda by: self.tasks.run(lambda: act(by), done or self._acted), self)

    def _acted(self, _answer: object) -> None:
        self.refresh()

    # drawing

    def _row(self) -> ScheduleRow | None:
        selected = self.table.selected_rows()
        return selected[0].row if selected else None

    def _show(self, answer: tuple[Sequence[ScheduleRow], datetime]) -> None:
        rows, now = answer
        self._cancelling &= {row.check_id for row in rows if row.running}
        for row in rows:
            if row.running or row.paused or self._asked.get(row.check_id, row.last_run_id) != row.last_run_id:
                self._asked.pop(row.check_id, None)
        ordered = sorted(rows, key=lambda r: (not r.running, not r.overdue, r.next_due))
        self.model.set_rows([Timed(row, now, row.progress) for row in ordered])
        running = sum(row.running for row in rows)
        paused = sum(row.paused for row in rows)
        parts = [fmt.plural(len(rows), "check")]
        parts += [f"{running} running"] if running else []
        parts += [f"{paused} paused"] if paused else []
        self.summary.setText(", ".join(parts) if rows else "")
        if running and self.isVisible():
            self._poll.start()
        else:
            self._poll.stop()
        self._filter()
        self._offer()

    def _draw_progress(self) -> None:
        shares = self.desk.progress()
        rows = [replace(t, progress=shares.get(t.row.check_id, t.progress)) for t in self.model.rows]
        self.model.set_rows(rows)
        if not self.isVisible():
            self._poll.stop()

    def _filter(self) -> None:
        self.table.proxy.want(text=self.find.text())
        if not self.model.rows:
            self.empty.say("Nothing is scheduled", "Checks are scheduled for each model as soon as it is imported.")
        elif not self.table.proxy.rowCount():
            self.empty.say("No check matches", "Clear the text to see all checks.")
        self.stack.setCurrentWidget(self.table if self.table.proxy.rowCount() else self.empty)

    def _offer(self) -> None:
        """Which buttons can act on the chosen check; those that cannot say why."""
        row = self._row()
        if row is None:
            self.chosen.setText(_CHOOSE)
            for button in (self.run, self.pause, self.resume, self.cancel):
                explain(button, _CHOOSE)
            self.resume.hide()
            self.cancel.hide()
            self.pause.show()
            return
        paused = f" Paused by {row.paused_by}: {row.paused_reason}" if row.paused else ""
        asked = " Asked to run now; it starts with the monitor's next look." if row.check_id in self._asked else ""
        self.chosen.setText(f"{_name(row)}.{paused}{asked}")
        self.pause.setVisible(not row.paused)
        self.resume.setVisible(row.paused)
        self.cancel.setVisible(row.running)
        explain(self.run, "It runs already." if row.running else "Resume it first." if row.paused else "")
        explain(self.pause, "")
        explain(self.resume, "")
        obeying = row.check_id in self._cancelling
        self.cancel.setText("Cancelling …" if obeying else "Cancel run")
        elsewhere = row.running and row.progress is None
        explain(self.cancel, "It stops at its next step." if obeying else "It runs in another process."
                if elsewhere else "")  # fmt: skip


def _name(row: ScheduleRow) -> str:
    return f"{row.kind.value.capitalize()} check of {row.model_title}"
