"""The life of an alarm as pure functions: delays decide when it rings, ISA-18.2 decides its states.

Source: ANSI/ISA-18.2-2016, alarm state transition diagram; on-delay and off-delay counted in answers, not in seconds,
so that a check that could not answer neither raises nor clears anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aiqu_desktop.core.words import AlarmState


class Transition(StrEnum):
    ACTIVATE = "activate"
    RETURN = "return"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Streak:
    """How often in a row the condition was bad or good, and when the present bad spell was first seen."""

    bad: int = 0
    good: int = 0
    first_bad_at: datetime | None = None


def advance(streak: Streak, *, bad: bool | None, at: datetime) -> Streak:
    """The streak after one more answer; no answer leaves it as it is."""
    if bad is None:
        return streak
    if bad:
        return Streak(streak.bad + 1, 0, streak.first_bad_at or at)
    return Streak(0, streak.good + 1, None)


def transition(streak: Streak, *, active: bool, on_delay: int, off_delay: int) -> Transition:
    """What the streak means for an alarm that is (not) active now."""
    if not active and streak.bad >= max(1, on_delay):
        return Transition.ACTIVATE
    if active and streak.good >= max(1, off_delay):
        return Transition.RETURN
    return Transition.STAY


def is_active(state: AlarmState) -> bool:
    """Whether the abnormal condition is present in this state."""
    return state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)


def after_return(state: AlarmState) -> AlarmState:
    """The condition is gone: an acknowledged alarm becomes normal, an unacknowledged one still wants to be seen."""
    return {
        AlarmState.UNACKNOWLEDGED: AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.ACKNOWLEDGED: AlarmState.NORMAL,
    }.get(state, state)


def after_acknowledgement(state: AlarmState) -> AlarmState:
    """A person has seen it."""
    return {
        AlarmState.UNACKNOWLEDGED: AlarmState.ACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED: AlarmState.NORMAL,
    }.get(state, state)
