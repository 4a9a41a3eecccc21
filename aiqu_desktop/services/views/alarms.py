"""What is shown of alarms beside their list: what is held back, what happened, what is on record, and the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Consequence, PlantState, Priority, Suppression


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """One condition that is held back.

    until: when it comes back by itself; None where a person or the plant's state ends it.
    present: the condition is there now. held_back: how often it came meanwhile.
    times: how often this condition was held back in this way, this time included.
    """

    id: int
    model: str
    model_title: str
    key: str
    title: str
    kind: Suppression
    since: datetime
    until: datetime | None
    by: str
    reason: str
    present: bool
    message: str
    held_back: int
    times: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One thing that happened to one alarm."""

    at: datetime
    event: AlarmEvent
    before: AlarmState
    after: AlarmState
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class AlarmTypeRow:
    """What is on record about a type of alarm. on_delay, off_delay: None where the check that sees it decides.

    changed_by is empty where the product's own record stands.
    """

    key: str
    title: str
    priority: Priority
    cause: str
    consequence: str
    severity: Consequence
    respond_within_minutes: int
    response: str
    on_delay: int | None
    off_delay: int | None
    deadband: float
    latching: bool
    suppressed_in: tuple[PlantState, ...]
    changed_by: str
    changed_at: datetime | None
    change_reason: str


@dataclass(frozen=True, slots=True)
class AlarmBackground:
    """What stands behind one alarm: the record of its type, where there is one, and what happened to it."""

    type: AlarmTypeRow | None
    history: tuple[JournalRow, ...]


@dataclass(frozen=True, slots=True)
class PlantRow:
    """What a model's part of the plant is doing; `column` is the one that tells it, or empty."""

    model: str
    model_title: str
    state: PlantState
    since: datetime | None
    by: str
    reason: str
    whole_plant: bool
    column: str
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FrequentAlarm:
    model: str
    model_title: str
    key: str
    title: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class ChatteringAlarm:
    """`most_in_a_minute`: the worst minute."""

    model: str
    model_title: str
    key: str
    title: str
    most_in_a_minute: int


@dataclass(frozen=True, slots=True)
class StaleAlarm:
    id: int
    model: str
    model_title: str
    title: str
    priority: Priority
    since: datetime


@dataclass(frozen=True, slots=True)
class PriorityShare:
    """`share` is None where nothing rang; `recommended` is that of ISA-18.2 and EEMUA 191."""

    priorities: tuple[Priority, ...]
    count: int
    share: float | None
    recommended: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One figure beside what the standard recommends. value, met: None where there is nothing to tell it from."""

    name: str
    value: float | None
    at_most: float
    met: bool | None


@dataclass(frozen=True, slots=True)
class Flood:
    start: datetime
    end: datetime
    alarms: int


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """The alarm system's own figures over a period.

    annunciated: how often an alarm was told to the operator. average_per_10_min is None for an empty period.
    per_day: (start of the day in UTC, annunciations), without gaps, for a chart.
    benchmarks: the figures that the standard recommends a value for.
    """

    start: datetime
    end: datetime
    annunciated: int
    average_per_10_min: float | None
    peak_in_10_min: int
    flood_share: float
    floods: tuple[Flood, ...]
    stale: tuple[StaleAlarm, ...]
    chattering: tuple[ChatteringAlarm, ...]
    most_frequent: tuple[FrequentAlarm, ...]
    priorities: tuple[PriorityShare, ...]
    shelved_now: int
    suppressed_now: int
    out_of_service_now: int
    per_day: tuple[tuple[datetime, int], ...]
    benchmarks: tuple[Benchmark, ...]
