"""A stop is an alarm of its own until the model serves again, so that nobody forgets it; a second one when it lasts
longer than the fallback card allows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard, card_of
from aiqu_desktop.lifecycle.safe_state.hold import Stopped, stopped
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry.tables import Alarm

STOPPED, OVERDUE = "stopped", "fallback-overdue"


def stop_conditions(session: Session, model_id: int, now: datetime) -> tuple[Condition, ...]:
    """What is to be said of a stop now; nothing for a model that is in service and has no such alarm open."""
    standing, card = stopped(session, model_id), card_of(session, model_id)
    rings = select(Alarm.id).where(
        Alarm.model_id == model_id, Alarm.key.in_((STOPPED, OVERDUE)), Alarm.state != AlarmState.NORMAL
    )
    if standing is None and session.scalars(rings.limit(1)).first() is None:
        return ()
    return _stopped(standing, card), _overdue(standing, card, now)


def runs_out_at(standing: Stopped, card: WrittenCard | None) -> datetime | None:
    """Until when the plant may work without the model, by the card; None where no card says so."""
    return None if card is None else standing.since + timedelta(hours=card.card.at_most_hours)


def _stopped(standing: Stopped | None, card: WrittenCard | None) -> Condition:
    message = "The model serves again."
    if standing is not None:
        message = f"Stopped by {standing.by} at {iso(standing.since)}: {standing.reason}"
    without = "There is no fallback card: ask the engineer how to work without the model."
    instead = card.card.instead if card else without
    return Condition(STOPPED, standing is not None, RECORDS[STOPPED].priority, message, instead)


def _overdue(standing: Stopped | None, card: WrittenCard | None, now: datetime) -> Condition:
    until = None if standing is None else runs_out_at(standing, card)
    late = until is not None and now > until
    message = "The plant works within what the fallback card allows."
    if late and card is not None and until is not None:
        hours = card.card.at_most_hours
        message = f"The fallback card allows {hours:g} hours without the model; they were over at {iso(until)}."
    call = f"Call {card.card.call}." if card else "Call the engineer."
    return Condition(OVERDUE, late, RECORDS[OVERDUE].priority, message, f"{call} Decide how the plant goes on.")
