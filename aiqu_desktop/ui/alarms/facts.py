"""One alarm in words: its life, the record of its type, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence

from aiqu_desktop.core.words import AlarmEvent
from aiqu_desktop.services.views import AlarmBackground, AlarmRow, AlarmTypeRow, JournalRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import ALARM_STATE, PLANT
from aiqu_desktop.ui.widgets.facts import Fact

_HAPPENED = {
    AlarmEvent.ACTIVATED: "Activated",
    AlarmEvent.RETURNED: "Condition gone",
    AlarmEvent.ACKNOWLEDGED: "Acknowledged",
    AlarmEvent.RESET: "Reset",
    AlarmEvent.SUPERSEDED: "Came back",
    AlarmEvent.SHELVED: "Shelved",
    AlarmEvent.UNSHELVED: "Back from the shelf",
    AlarmEvent.SUPPRESSED: "Suppressed by design",
    AlarmEvent.UNSUPPRESSED: "Suppression ended",
    AlarmEvent.REMOVED: "Taken out of service",
    AlarmEvent.RESTORED: "Put back into service",
}


def facts_of(alarm: AlarmRow) -> list[Fact]:
    """State and instants of the alarm itself."""
    facts = [Fact("State", ALARM_STATE[alarm.state])]
    if alarm.held:
        facts.append(Fact("Held back", alarm.held))
    if alarm.first_out:
        facts.append(Fact("First out", "It came first of the open alarms of this model; look here for the cause."))
    facts.append(Fact("Activated", fmt.instant_full(alarm.activated_at)))
    if alarm.onset_at is not None:
        lag = fmt.duration((alarm.activated_at - alarm.onset_at).total_seconds())
        facts.append(Fact("Estimated onset", f"{fmt.instant_full(alarm.onset_at)}, {lag} before the alarm"))
    if alarm.guarantee:
        facts.append(Fact("False alarms", alarm.guarantee))
    if alarm.acknowledged_at is not None:
        facts.append(Fact("Acknowledged", f"{fmt.instant_full(alarm.acknowledged_at)} by {alarm.acknowledged_by}"))
        facts.append(Fact("Note", alarm.note or fmt.NOTHING))
    if alarm.returned_at is not None:
        facts.append(Fact("Returned to normal", fmt.instant_full(alarm.returned_at)))
    return facts


def background_facts(background: AlarmBackground) -> list[Fact]:
    """What is on record about the type of alarm, then what happened to the alarm, newest first."""
    return [*_record_facts(background.type), *_journal_facts(background.history)]


def _record_facts(record: AlarmTypeRow | None) -> list[Fact]:
    if record is None:
        return []
    silent = ", ".join(PLANT[state].lower() for state in record.suppressed_in)
    facts = [
        Fact("Cause", record.cause),
        Fact(f"If nobody responds ({record.severity.value})", record.consequence),
        Fact("Time to respond", fmt.duration(60 * record.respond_within_minutes)),
    ]
    if silent:
        facts.append(Fact("Not told while the plant's state is", silent))
    if record.latching:
        facts.append(Fact("Latching", "It stays until a person resets it."))
    if record.changed_at is not None:
        facts.append(Fact("Record changed", f"{fmt.instant_full(record.changed_at)} by {record.changed_by}"))
    return facts


def _journal_facts(history: Sequence[JournalRow]) -> list[Fact]:
    return [
        Fact(
            f"{_HAPPENED[step.event]}, {fmt.instant_full(step.at)}",
            f"{step.by}: {step.note}" if step.note else f"{step.by}: {ALARM_STATE[step.after].lower()}",
        )
        for step in reversed(history)
    ]
