"""The limits of one model: propose others, rehearse them on the model's own past, and save what was rehearsed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.services.views import RehearsalRow
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.rehearsal.proposal import FIELDS, NotUsable, Value
from aiqu_desktop.ui.rehearsal.result import ResultView
from aiqu_desktop.ui.rehearsal.saving import question_for, why_not_saved
from aiqu_desktop.ui.rehearsal.side import ProposalSide
from aiqu_desktop.ui.shell.page import Page
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.dialogs import AskDialog, Question
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.errors import sentence_of

_TITLES = {CheckKind.PERFORMANCE: "Performance", CheckKind.DRIFT: "Drift"}


class _Stopped(Exception):
    """Raised in the worker when the reader cancels."""


class RehearsalPage(Page):
    """One rehearsal at a time. model_asked: back to this model's page; site_acted: limits were saved."""

    title = "Limits"
    model_asked = Signal(str)
    site_acted = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__(desk, tasks, theme, "rehearsal_page")
        self.model = ""
        self.kind = CheckKind.PERFORMANCE
        self._present: Mapping[str, Any] | None = None
        self._now: datetime | None = None
        self._why_not_read = ""
        self._running = ""  # the model whose rehearsal runs
        self._wanted: int | None = None  # the rehearsal to show when the list comes
        self._stop = threading.Event()
        self._title = ""
        self.side = ProposalSide(theme)
        self.side.form.changed.connect(self._offer)
        self.side.rehearse_asked.connect(self.rehearse)
        self.side.cancel_asked.connect(self.cancel)
        self.side.earlier.selection_changed.connect(self._choose)
        self.result = ResultView(theme)
        self.result.save_asked.connect(self.save)
        self.empty = EmptyState(theme, "rehearse", "nothing_rehearsed")
        self._add_head()
        self._lay_out()
        self._offer()

    # what is shown

    def show_model(self, name: str) -> None:
        """Turn to a model."""
        if name != self.model:
            self.model = name
            self.summary.setText(name)
            self._forget()
        self.refresh()

    def choose_kind(self, kind: CheckKind) -> None:
        """Turn to another check of the same model."""
        self.kinds[kind].setChecked(True)
        if kind is not self.kind:
            self.kind = kind
            self._forget()
            self.refresh()

    def refresh(self) -> None:
        if not self.model:
            return
        desk, model, kind = self.desk, self.model, self.kind

        def work() -> tuple[str, str, CheckKind, dict[str, Any], tuple[RehearsalRow, ...], datetime]:
            titles = {tile.name: tile.title for tile in desk.overview().tiles}
            rows = tuple(row for row in desk.list_rehearsals(model) if row.kind is kind)
            return model, titles.get(model, model), kind, desk.check_settings(model, kind), rows, desk.now()

        self.tasks.latest("rehearsals", work, self._show, self._not_read, subject=(model, kind))

    def stop(self) -> None:
        """End what runs at its next step; nothing of it is kept."""
        self._stop.set()

    # acts

    def rehearse(self) -> None:
        """Replay the past under what the form proposes."""
        try:
            changes, sizes = self.side.form.proposed()
        except NotUsable:
            return
        self._as_person(lambda person: self._go(changes, sizes, person))

    def cancel(self) -> None:
        self.stop()
        self.side.say_stopping()

    def save(self) -> None:
        """Ask, then make the shown rehearsal's settings the check's own."""
        row = self.result.row
        if row is None or self._why_not_saved():
            return

        def go(person: str, reason: str) -> None:
            self.tasks.run(lambda: self.desk.save_limits(row.id, by=person, reason=reason), self._saved)

        AskDialog(question_for(row, self._title), go, self).open()

    def _go(self, changes: Mapping[str, Value], sizes: tuple[float, ...], person: str) -> None:
        desk, model, kind = self.desk, self.model, self.kind
        stop = self._stop = threading.Event()
        send = self.tasks.relay(self._report)

        def report(fraction: float, what: str) -> None:
            if stop.is_set():
                raise _Stopped
            send(fraction, what)

        def work() -> RehearsalRow | None:
            try:
                return desk.rehearse(model, kind, changes, by=person, planted=sizes, on_progress=report)
            except _Stopped:
                return None

        self._running = model
        self.side.report(0.0, "reading the past")
        self._offer()
        self.tasks.run(work, self._rehearsed, self._failed)

    def _as_person(self, act: Callable[[str], None]) -> None:
        """At once when the name is known; else it is asked for, once."""
        person = settings.PERSON.get()
        if person:
            act(person)
            return
        question = Question("Rehearse limits", "Rehearse", (), "Your name is kept with the rehearsal.",
                            "Nothing on the line or in the checks changes.")  # fmt: skip
        AskDialog(question, lambda by, _note: act(by), self).open()

    # answers

    def _report(self, fraction: float, what: str) -> None:
        if self._running and not self._stop.is_set():
            self.side.report(fraction, what)

    def _rehearsed(self, row: RehearsalRow | None) -> None:
        self._running = ""
        self.side.say("Stopped; nothing was kept." if row is None else "")
        if row is not None and (row.model, row.kind) == (self.model, self.kind):
            self._wanted = row.id
            self._draw(row)
            self.refresh()
        self._offer()

    def _failed(self, error: Exception) -> None:
        self._running = ""
        self.side.say("")
        self._offer()
        self.tasks.failed.emit(error)

    def _saved(self, _answer: object) -> None:
        self.refresh()
        self.site_acted.emit()

    def _show(self, answer: tuple[str, str, CheckKind, dict[str, Any], tuple[RehearsalRow, ...], datetime]) -> None:
        model, title, kind, present, rows, now = answer
        if (model, kind) != (self.model, self.kind):
            return
        self._title = title
        self.summary.setText(f"{title}: what its {_TITLES[kind].lower()} check rings at")
        self._present, self._now, self._why_not_read = present, now, ""
        self.side.form.show_settings((model, kind), kind, present)
        self.side.show_earlier(rows)
        wanted, self._wanted = self._wanted, None
        if wanted is not None or (self.result.row is None and rows):
            self.side.earlier.select_key(wanted if wanted is not None else rows[0].id)
        self._offer()

    def _not_read(self, error: Exception) -> None:
        self._present = None
        self._why_not_read = sentence_of(error)
        self.empty.say("The check could not be read", self._why_not_read)
        self._offer()

    def _choose(self) -> None:
        chosen = self.side.earlier.selected_rows()
        if chosen:
            self._draw(chosen[0])
            self._offer()

    def _draw(self, row: RehearsalRow) -> None:
        self.result.show_row(row)
        self.stack.setCurrentIndex(1)

    def _forget(self) -> None:
        """Nothing of the former subject stays to be seen or saved."""
        self._present, self._title, self.result.row = None, self.model, None
        self.side.show_earlier(())
        self.empty.say(
            "Nothing rehearsed yet",
            "Propose limits on the left and rehearse them: the model's own past is replayed under them, and changes "
            "are planted to see how soon they would ring. Nothing is changed by that.",
        )
        self.stack.setCurrentIndex(0)
        self._offer()

    # what can be done

    def _offer(self) -> None:
        """Which buttons can act; those that cannot say why."""
        running = bool(self._running)
        why = self._why_not_read or ("" if self._present is not None else "The limits are being read.")
        if not why:
            try:
                self.side.form.proposed()
            except NotUsable as problem:
                why = str(problem)
        if running:
            why = f"A rehearsal of {self._running} runs." if self._running != self.model else "A rehearsal runs."
        self.side.offer(why, running=running, known=self._present is not None)
        self.result.offer_saving(self._why_not_saved())

    def _why_not_saved(self) -> str:
        if self._running:
            return "A rehearsal runs; wait for it or cancel it."
        if self._present is None or self._now is None:
            return self._why_not_read or "The limits are being read."
        return why_not_saved(self.result.row, self._present, self._now, self.desk.rehearsal_valid_for)

    def focus_first(self) -> None:
        self.side.form.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # making

    def _add_head(self) -> None:
        group = QButtonGroup(self)
        self.kinds: dict[CheckKind, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(0)
        for place, (kind, title) in enumerate(zip(FIELDS, ("Performance", "Drift"), strict=True)):
            button = make_button(title, f"kind_{kind.value}", "segment")
            button.setProperty("place", "last" if place else "first")
            button.setCheckable(True)
            button.setChecked(kind is self.kind)
            button.setAccessibleName(f"Limits of the {title.lower()} check")
            button.clicked.connect(lambda _=False, chosen=kind: self.choose_kind(chosen))
            group.addButton(button)
            self.kinds[kind] = button
            row.addWidget(button)
        self.head.addLayout(row)
        self.head.addWidget(make_button("Back to the model", "to_model", "quiet", self._ask_model))

    def _ask_model(self) -> None:
        self.model_asked.emit(self.model)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.result)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(self.side)
        both.addWidget(_scrolling(self.stack), 1)
        self.body.addLayout(both, 1)


def _scrolling(content: QWidget) -> QScrollArea:
    """So that this page, which is seldom seen, does not decide how small the window may be."""
    area = QScrollArea()
    area.setObjectName("rehearsal_area")
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area
