"""What is held back: shelved, out of service, or silenced by what the plant is doing; and the plant's state itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Suppression
from aiqu_desktop.services.views import PlantRow, SuppressionRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.alarms.holding import ask_and_end
from aiqu_desktop.ui.alarms.plant import ask_plant_state, plant_sentence
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.states import SUPPRESSION
from aiqu_desktop.ui.tables.record_model import Column, RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.labels import make_label


def _until(row: SuppressionRow) -> str:
    if row.until is not None:
        return fmt.instant(row.until)
    return "the plant runs" if row.kind is Suppression.BY_DESIGN else "it is put back"


def _until_key(row: SuppressionRow) -> tuple[bool, float]:
    return row.until is None, 0.0 if row.until is None else row.until.timestamp()


COLUMNS = (
    Column("kind", "Held back", lambda r: SUPPRESSION[r.kind].word, 196, look=lambda r: SUPPRESSION[r.kind]),
    Column("model", "Model", lambda r: r.model_title, 164),
    Column("title", "Alarm", lambda r: r.title, 190, tooltip=lambda r: r.key),
    Column("present", "Condition", lambda r: "Present" if r.present else "Gone", 88,
           tooltip=lambda r: r.message or "Nothing abnormal now."),
    Column("until", "Until", _until, 152, figures=True, sort=_until_key),
    Column("reason", "Reason", lambda r: r.reason, stretch=True),
    Column("by", "By", lambda r: r.by, 120, optional=1),
    Column("since", "Since", lambda r: fmt.instant(r.since), 152, figures=True, optional=4, sort=lambda r: r.since),
    Column("came", "Came", lambda r: str(r.held_back), 64, right=True, optional=2, sort=lambda r: r.held_back,
           tooltip=lambda r: f"{fmt.plural(r.held_back, 'time')} while it was held back"),
    Column("times", "Times", lambda r: str(r.times), 64, right=True, optional=3, sort=lambda r: r.times,
           tooltip=lambda r: f"Held back like this {fmt.plural(r.times, 'time')} so far"),
)  # fmt: skip


class HeldView(QWidget):
    """acted: something was changed; summary_changed: one line for the head of the page."""

    acted = Signal()
    summary_changed = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("held_view")
        self._desk, self._tasks = desk, tasks
        self._plant: tuple[PlantRow, ...] = ()
        self.plant_state = make_label("", "body", "plant_sentence", wrap=True)
        self.set_plant = make_button("Plant state…", "set_plant_state", on_click=self._ask_plant)
        self.end = make_button("Tell again…", "end_suppression", on_click=self._ask_end)
        self.model = RecordModel(theme, COLUMNS, lambda row: row.id)
        self.table = RecordTable(theme, self.model, "held_table", "Held back")
        self.table.selection_changed.connect(self._offer)
        self.empty = EmptyState(theme, "state-shelved", "nothing_held")
        self.empty.say("Nothing is held back", "Every alarm is told when its condition is there.")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.plant_state, 1)
        head.addWidget(self.set_plant)
        head.addWidget(self.end)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self._offer()

    def refresh(self) -> None:
        def ask() -> tuple[tuple[SuppressionRow, ...], tuple[PlantRow, ...]]:
            return self._desk.list_suppressed(), self._desk.plant_states()

        self._tasks.latest("held alarms", ask, self._show)

    def _show(self, answer: tuple[Sequence[SuppressionRow], tuple[PlantRow, ...]]) -> None:
        rows, self._plant = answer
        self.model.set_rows(rows)
        self.plant_state.setText(plant_sentence(self._plant))
        self.stack.setCurrentWidget(self.table if rows else self.empty)
        present = sum(row.present for row in rows)
        self.summary_changed.emit(f"{len(rows)} held back, {present} with their condition present" if rows else "")
        self._offer()

    def _offer(self) -> None:
        rows = self.table.selected_rows()
        row: SuppressionRow | None = rows[0] if len(rows) == 1 else None
        why_not = "" if row is not None else "Choose one of them first."
        if row is not None and row.kind is Suppression.BY_DESIGN:
            why_not = "The plant's state holds it back; it is told again when that changes."
        put_back = row is not None and row.kind is Suppression.OUT_OF_SERVICE
        self.end.setText("Put back into service…" if put_back else "Take off the shelf…" if row else "Tell again…")
        explain(self.end, why_not)

    def _ask_end(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            ask_and_end(self, self._desk, self._tasks, rows[0], self._done)

    def _ask_plant(self) -> None:
        ask_plant_state(self, self._desk, self._tasks, self._plant, self._done)

    def _done(self, _answer: object) -> None:
        self.refresh()
        self.acted.emit()
