"""What a check hands back: a verdict, its numbers, and the conditions that may raise or clear an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiqu_desktop.core.words import Priority, Verdict


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One number with its uncertainty. value None: no answer, drawn as a gap."""

    name: str
    value: float | None
    n: int
    feature: str = ""
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that an alarm may be raised on.

    bad: True raises the streak, False clears it, None (no answer) leaves it as it is: not knowing is neither.
    response: what the operator should do, one sentence.
    onset: estimated start of the condition in event time, where the check can tell.
    of_version: True when it speaks of the serving version, so that it ends when another one serves.
    guarantee: how rarely it rings falsely, one sentence; empty where it states a plain fact.
    margin: how far the value is on the good side of its limit, as a share of the limit; None where none is compared.
    """

    key: str
    bad: bool | None
    priority: Priority
    message: str
    response: str
    on_delay: int = 1
    off_delay: int = 1
    onset: datetime | None = None
    of_version: bool = False
    guarantee: str = ""
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The answer of one check run."""

    verdict: Verdict
    summary: str
    rows: int = 0
    window_from: datetime | None = None
    window_to: datetime | None = None
    metrics: tuple[MetricValue, ...] = ()
    conditions: tuple[Condition, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)


def margin_below(value: float | None, limit: float) -> float | None:
    """How far a value that should stay below its limit does so, as a share of the limit; None where neither is known.

    It is what a deadband is held against.
    """
    return None if value is None or limit <= 0 else (limit - value) / limit
