"""The life of an alarm as pure functions: delays and deadband decide when it rings, ISA-18.2 decides its states.

Source: ANSI/ISA-18.2-2016 (IEC 62682), figure "Alarm state transition diagram"; on-delay and off-delay counted in
answers, not in seconds, so that a check that could not answer neither raises nor clears anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Suppression


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


def within_deadband(*, bad: bool | None, margin: float | None, deadband: float, active: bool) -> bool | None:
    """The answer as an alarm takes it: an active one returns only once the value is clear of its limit (ISA-18.2, 10).

    Args:
        bad: what the check says.
        margin: how far the value is on the good side of its limit, as a share of the limit; None where none is known.
        deadband: the margin that a return takes; 0 for none.
        active: the condition counts as present now.
    """
    return True if active and bad is False and margin is not None and margin < deadband else bad


def transition(streak: Streak, *, active: bool, on_delay: int, off_delay: int) -> Transition:
    """What the streak means for an alarm that is (not) active now."""
    if not active and streak.bad >= max(1, on_delay):
        return Transition.ACTIVATE
    if active and streak.good >= max(1, off_delay):
        return Transition.RETURN
    return Transition.STAY


_HELD_AS = {
    Suppression.OUT_OF_SERVICE: AlarmState.OUT_OF_SERVICE,
    Suppression.BY_DESIGN: AlarmState.SUPPRESSED_BY_DESIGN,
    Suppression.SHELVED: AlarmState.SHELVED,
}
# What begins and what ends each kind of suppression.
HOLDS = {
    AlarmEvent.SHELVED: Suppression.SHELVED,
    AlarmEvent.SUPPRESSED: Suppression.BY_DESIGN,
    AlarmEvent.REMOVED: Suppression.OUT_OF_SERVICE,
}
RELEASES = {
    AlarmEvent.UNSHELVED: Suppression.SHELVED,
    AlarmEvent.UNSUPPRESSED: Suppression.BY_DESIGN,
    AlarmEvent.RESTORED: Suppression.OUT_OF_SERVICE,
}


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of an alarm; its state follows.

    present: the abnormal condition is there, past its delay.
    unseen: it rang, and no person has acknowledged or set it aside.
    latched: the condition went away, and a person has to reset the alarm.
    held: why it is not told to the operator.
    """

    present: bool = False
    unseen: bool = False
    latched: bool = False
    held: frozenset[Suppression] = frozenset()

    @property
    def state(self) -> AlarmState:
        for reason, state in _HELD_AS.items():
            if reason in self.held:
                return state
        if self.present:
            return AlarmState.UNACKNOWLEDGED if self.unseen else AlarmState.ACKNOWLEDGED
        if self.latched:
            return AlarmState.LATCHED_UNACKNOWLEDGED if self.unseen else AlarmState.LATCHED_ACKNOWLEDGED
        return AlarmState.RETURNED_UNACKNOWLEDGED if self.unseen else AlarmState.NORMAL

    @property
    def over(self) -> bool:
        """Nothing of it is left to be told, now or after a suppression."""
        return not (self.present or self.unseen or self.latched)


def permitted(life: Life, event: AlarmEvent) -> bool:
    """Whether `event` can happen to an alarm in this state; an acknowledgement comes before a reset."""
    if event is AlarmEvent.ACTIVATED:
        return not life.present
    if event is AlarmEvent.RETURNED:
        return life.present
    if event is AlarmEvent.ACKNOWLEDGED:
        return life.state.needs_acknowledgement
    if event is AlarmEvent.RESET:
        return life.state is AlarmState.LATCHED_ACKNOWLEDGED
    if event in HOLDS:
        return HOLDS[event] not in life.held
    if event in RELEASES:
        return RELEASES[event] in life.held
    return False


def after(life: Life, event: AlarmEvent, *, latching: bool = False) -> Life:
    """The alarm after `event`; one that cannot happen changes nothing.

    A suppressed alarm becomes unacknowledged or normal when it is no longer held, as the condition is. Two things go
    beyond the figure, so that no alarm is lost: what rang unseen before a suppression by design, and what latched
    meanwhile, still waits to be acknowledged after it.
    """
    if not permitted(life, event):
        return life
    if event is AlarmEvent.ACTIVATED:
        return replace(life, present=True, unseen=life.unseen or not life.held, latched=False)
    if event is AlarmEvent.RETURNED:
        return replace(life, present=False, latched=latching)
    if event is AlarmEvent.ACKNOWLEDGED:
        return replace(life, unseen=False)
    if event is AlarmEvent.RESET:
        return replace(life, latched=False)
    if event in HOLDS:
        seen = event is not AlarmEvent.SUPPRESSED  # a person shelves or takes out of service what they have seen
        return replace(life, held=life.held | {HOLDS[event]}, unseen=life.unseen and not seen)
    held = life.held - {RELEASES[event]}
    return replace(life, held=held, unseen=life.unseen or (not held and (life.present or life.latched)))


def is_active(state: AlarmState) -> bool:
    """Whether the abnormal condition is present, and told to the operator, in this state."""
    return state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
