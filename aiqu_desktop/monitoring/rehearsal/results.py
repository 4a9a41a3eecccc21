"""What a rehearsal answers. Instants are seconds since 1970 UTC; all of it is plain and goes into the registry."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RehearsedAlarm:
    """One alarm that would have rung. cleared_at: None where it would still stand. value: the check's figure then."""

    version: int
    at: float
    cleared_at: float | None
    value: float


@dataclass(frozen=True, slots=True)
class Detection:
    """How soon a planted change rings.

    planted: the change in words. value: the check's figure once the change is complete (None where it has none).
    found: share of the trials in which it rang within `horizon_days`; median_days, late_days: days from plant to
    alarm in the middle and the slowest tenth of the trials, None where so many did not ring at all.
    """

    planted: str
    value: float | None
    trials: int
    found: float
    median_days: float | None
    late_days: float | None
    horizon_days: float


@dataclass(frozen=True)
class Rehearsal:
    """A replay of the past and what was planted into it.

    settings: the proposed ones. start, end: the replayed range. asked, unanswered: how often the check would have
    been asked, and had too little data to answer. times, values: its figure at each answer, [answers]; limit: the one
    that it is held against. false_alarms_a_year: in undisturbed trials made from the healthy stretch, with the years
    that were tried. material: what the trials were made of, one sentence. rows_a_day: observations (drift) or labels
    (performance) a day. segments: SHA-256 of what was read. sentence: the whole in words.
    """

    kind: str
    settings: dict[str, Any]
    start: float
    end: float
    asked: int
    unanswered: int
    alarms: tuple[RehearsedAlarm, ...]
    times: tuple[float, ...]
    values: tuple[float, ...]
    limit: float
    false_alarms_a_year: float | None
    years_tried: float
    material: str
    rows_a_day: float
    detections: tuple[Detection, ...]
    segments: tuple[str, ...]
    sentence: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def alarms_a_year(self) -> float | None:
        """Alarms of the replay by years of answers; None for less than a month."""
        days = (self.end - self.start) / 86_400.0
        return len(self.alarms) * 365.25 / days if days >= 28 else None

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return asdict(self) | {"alarms_a_year": self.alarms_a_year}
