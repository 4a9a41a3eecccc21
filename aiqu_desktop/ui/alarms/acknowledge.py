"""Acknowledging: says who saw the alarm and what is done about it. It never closes a condition that still holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from aiqu_desktop.services.views import AlarmRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import plural
from aiqu_desktop.ui.states import PRIORITY
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.dialogs import AskDialog, Question

_SHOWN = 4


def question_for(alarms: Sequence[AlarmRow]) -> Question:
    """What the reader is asked before `alarms` are acknowledged."""
    lines = [f"{PRIORITY[a.priority].word} · {a.model_title}: {a.message}" for a in alarms[:_SHOWN]]
    if len(alarms) > _SHOWN:
        lines.append(f"… and {plural(len(alarms) - _SHOWN, 'more alarm')}")
    what = "this alarm" if len(alarms) == 1 else "these alarms"
    return Question(
        title="Acknowledge alarm" if len(alarms) == 1 else f"Acknowledge {plural(len(alarms), 'alarm')}",
        verb="Acknowledge" if len(alarms) == 1 else f"Acknowledge {plural(len(alarms), 'alarm')}",
        lines=tuple(lines),
        consequence=f"Your name and note go into the audit trail; everyone sees that {what} is being dealt with."
        if len(alarms) == 1
        else f"Your name and note go into the audit trail; everyone sees that {what} are being dealt with.",
        way_back="Nothing on the line changes. The alarm stays open until its condition returns to normal.",
        note_title="What is being done about it",
    )


def ask_and_acknowledge(
    parent: QWidget, desk: Desk, tasks: Tasks, alarms: Sequence[AlarmRow], on_done: Callable[[object], None]
) -> None:
    """Ask, then acknowledge those of `alarms` that wait for it; errors go to `tasks.failed`."""
    waiting = [alarm for alarm in alarms if alarm.needs_acknowledgement]
    if not waiting:
        return
    ids = tuple(alarm.id for alarm in waiting)

    def go(person: str, note: str) -> None:
        tasks.run(lambda: desk.acknowledge(ids, by=person, note=note), on_done)

    AskDialog(question_for(waiting), go, parent).open()
