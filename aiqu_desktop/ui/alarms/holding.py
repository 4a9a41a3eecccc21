"""Asking before an alarm is held back, let go or told again: shelve, out of service, end, reset."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from aiqu_desktop.core.words import AlarmState, Priority, ShelfTime, Suppression
from aiqu_desktop.services.views import AlarmRow, SuppressionRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import plural
from aiqu_desktop.ui.states import PRIORITY
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.widgets.dialogs import AskDialog, Choice, Question

Done = Callable[[object], None]
_SHOWN = 4
_TIMES = {
    ShelfTime.TEN_MINUTES: "10 minutes",
    ShelfTime.ONE_HOUR: "1 hour",
    ShelfTime.EIGHT_HOURS: "8 hours",
    ShelfTime.END_OF_SHIFT: "End of shift",
}
_LONG = (ShelfTime.EIGHT_HOURS, ShelfTime.END_OF_SHIFT)


def ask_and_shelve(parent: QWidget, desk: Desk, tasks: Tasks, alarms: Sequence[AlarmRow], on_done: Done) -> None:
    """Ask for how long and why, then shelve `alarms`; errors go to `tasks.failed`."""
    critical = any(alarm.priority is Priority.CRITICAL for alarm in alarms)
    why_not = "A critical alarm may be shelved for one hour at most."
    dialog: AskDialog
    ids = tuple(alarm.id for alarm in alarms)

    def go(person: str, reason: str) -> None:
        time = ShelfTime(dialog.choice)
        tasks.run(lambda: desk.shelve(ids, time, by=person, reason=reason), on_done)

    question = Question(
        title="Shelve alarm" if len(alarms) == 1 else f"Shelve {plural(len(alarms), 'alarm')}",
        verb="Shelve",
        lines=_lines(alarms),
        consequence="Until the time is over it is not told: not on the banner, not in the list of open alarms.",
        way_back="It comes back by itself, and rings again if its condition is still there. “Held back” lists it.",
        note_title="Why it is shelved",
        choice_title="For how long",
        choices=tuple(
            Choice(time.value, title, why_not if critical and time in _LONG else "") for time, title in _TIMES.items()
        ),
    )
    dialog = AskDialog(question, go, parent)
    dialog.open()


def ask_and_take_out(parent: QWidget, desk: Desk, tasks: Tasks, alarm: AlarmRow, on_done: Done) -> None:
    """Ask why, then take the type of `alarm` out of service on its model."""

    def go(person: str, reason: str) -> None:
        tasks.run(lambda: desk.take_out_of_service(alarm.model, alarm.key, by=person, reason=reason), on_done)

    question = Question(
        title="Take out of service",
        verb="Take out of service",
        lines=(f"{alarm.model_title} · {alarm.key}",),
        consequence="For maintenance: this kind of alarm of this model is not told until somebody puts it back.",
        way_back="Under “Held back”, choose it and press “Put back into service…”.",
        note_title="What is being maintained",
    )
    AskDialog(question, go, parent).open()


def ask_and_reset(parent: QWidget, desk: Desk, tasks: Tasks, alarms: Sequence[AlarmRow], on_done: Done) -> None:
    """Ask what it was, then reset those of `alarms` that are latched and acknowledged."""
    latched = [alarm for alarm in alarms if alarm.state is AlarmState.LATCHED_ACKNOWLEDGED]
    if not latched:
        return
    ids = tuple(alarm.id for alarm in latched)

    def go(person: str, note: str) -> None:
        tasks.run(lambda: desk.reset_alarms(ids, by=person, note=note), on_done)

    question = Question(
        title="Reset alarm" if len(latched) == 1 else f"Reset {plural(len(latched), 'alarm')}",
        verb="Reset",
        lines=_lines(latched),
        consequence="Its condition is gone; the reset says that a person has looked into it. It is closed then.",
        way_back="It rings again if the condition comes back. The journal keeps what you write.",
        note_title="What it was, and what was done",
    )
    AskDialog(question, go, parent).open()


def ask_and_end(parent: QWidget, desk: Desk, tasks: Tasks, row: SuppressionRow, on_done: Done) -> None:
    """Ask why, then tell again what `row` holds back; not for what the plant's state holds back."""
    shelved = row.kind is Suppression.SHELVED

    def go(person: str, reason: str) -> None:
        tasks.run(lambda: desk.end_suppression(row.model, row.key, row.kind, by=person, reason=reason), on_done)

    now = "Its condition is there: it rings at once." if row.present else "Its condition is not there now."
    question = Question(
        title="Take off the shelf" if shelved else "Put back into service",
        verb="Take off the shelf" if shelved else "Put back into service",
        lines=(f"{row.model_title} · {row.title}", f"Held back by {row.by}: {row.reason}"),
        consequence=now,
        way_back="It can be held back again.",
        note_title="Why now",
    )
    AskDialog(question, go, parent).open()


def _lines(alarms: Sequence[AlarmRow]) -> tuple[str, ...]:
    lines = [f"{PRIORITY[a.priority].word} · {a.model_title}: {a.message}" for a in alarms[:_SHOWN]]
    if len(alarms) > _SHOWN:
        lines.append(f"… and {plural(len(alarms) - _SHOWN, 'more alarm')}")
    return tuple(lines)
