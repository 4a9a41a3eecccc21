"""What is on record about each type of alarm, before one ever rings: the rationalisation of ISA-18.2, clause 9."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiqu_desktop.core.words import Consequence, PlantState, Priority

_AT_ONCE = timedelta(hours=1)
_THIS_SHIFT = timedelta(hours=8)
# Priority by consequence and time to respond (ISA-18.2, 9.6; EEMUA 191, 4.3): at once, in this shift, later.
_PRIORITIES = {
    Consequence.SEVERE: (Priority.CRITICAL, Priority.CRITICAL, Priority.HIGH),
    Consequence.MAJOR: (Priority.HIGH, Priority.HIGH, Priority.MEDIUM),
    Consequence.MODERATE: (Priority.MEDIUM, Priority.MEDIUM, Priority.LOW),
    Consequence.MINOR: (Priority.LOW, Priority.LOW, Priority.LOW),
}


def priority_of(severity: Consequence, respond_within: timedelta) -> Priority:
    """The priority that a consequence and the time to respond give."""
    place = 0 if respond_within <= _AT_ONCE else 1 if respond_within <= _THIS_SHIFT else 2
    return _PRIORITIES[severity][place]


@dataclass(frozen=True, slots=True)
class AlarmType:
    """One type of alarm.

    cause, consequence: what makes it ring, and what comes of it if nobody responds.
    response: what the operator should do; respond_within: in what time that still helps.
    on_delay, off_delay: answers in a row that raise and clear it; None: as the check that sees it is set.
    deadband: how clear of its limit a value must be before the alarm returns, as a share of the limit.
    rehearsed: its delays are limits of its check, and are changed by a rehearsal only.
    latching: it stays until a person resets it, also when its condition is gone.
    suppressed_in: states of the plant in which it says nothing that an operator should hear.
    """

    key: str
    title: str
    cause: str
    consequence: str
    severity: Consequence
    respond_within: timedelta
    response: str
    on_delay: int | None = None
    off_delay: int | None = None
    deadband: float = 0.0
    rehearsed: bool = False
    latching: bool = False
    suppressed_in: tuple[PlantState, ...] = ()

    @property
    def priority(self) -> Priority:
        return priority_of(self.severity, self.respond_within)
