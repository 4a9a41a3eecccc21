"""What the plant is doing, in a sentence, and asking before that is set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from aiqu_desktop.core.words import PlantState
from aiqu_desktop.services.views import PlantRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import instant
from aiqu_desktop.ui.states import PLANT
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.dialogs import AskDialog, Choice, Question


def plant_sentence(rows: Sequence[PlantRow]) -> str:
    """One line: the plant's state, and where a model's part of it differs."""
    if not rows:
        return ""
    states = {row.state for row in rows}
    if len(states) == 1:
        row = rows[0]
        since = "" if row.since is None else f" since {instant(row.since)} ({row.by}: {row.reason})"
        return f"Plant: {PLANT[row.state].lower()}{since}."
    parts = [
        f"{PLANT[state].lower()} for {', '.join(row.model_title for row in rows if row.state is state)}"
        for state in PlantState
        if state in states and state is not PlantState.RUNNING
    ]
    return f"Plant: {'; '.join(parts)}; running for the others."


def ask_plant_state(
    parent: QWidget, desk: Desk, tasks: Tasks, rows: Sequence[PlantRow], on_done: Callable[[object], None]
) -> None:
    """Ask what the whole plant is doing and why, then set it."""
    dialog: AskDialog

    def go(person: str, reason: str) -> None:
        state = PlantState(dialog.choice)
        tasks.run(lambda: desk.set_plant_state(state, model=None, by=person, reason=reason), on_done)

    question = Question(
        title="Set the plant's state",
        verb="Set state",
        lines=(plant_sentence(rows),) if rows else (),
        consequence="Alarms whose record names the state are held back while it lasts, and told again after it.",
        way_back="Set it to running again. What is held back meanwhile is listed here.",
        note_title="Why",
        choice_title="What is the plant doing?",
        choices=tuple(Choice(state.value, title) for state, title in PLANT.items()),
    )
    dialog = AskDialog(question, go, parent)
    dialog.open()
