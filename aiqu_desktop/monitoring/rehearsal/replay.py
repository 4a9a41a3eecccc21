"""Ask a check at every slot of a stretch of time, with the alarm life that it would have had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from aiqu_desktop.monitoring.alarm_life import Streak, Transition, advance, transition
from aiqu_desktop.monitoring.rehearsal.results import RehearsedAlarm

Floats = npt.NDArray[np.float64]
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """value: the check's figure, NaN without an answer. bad: what the alarm's life is told; None for no answer."""

    value: float
    bad: bool | None


@dataclass(frozen=True)
class Replayed:
    """times, values: [answers]; alarms in order; asked, unanswered: slots."""

    times: Floats
    values: Floats
    alarms: tuple[RehearsedAlarm, ...]
    asked: int
    unanswered: int


def slots(start: float, end: float, every: float) -> Floats:
    """The instants at which a check is asked, from one period after `start` up to `end`."""
    return np.arange(start + every, end + 1e-6, every)


def replay(
    ask: Callable[[float], Answer], instants: Floats, version: int, *, on_delay: int, off_delay: int,
    first_alarm_only: bool = False,
) -> Replayed:  # fmt: skip
    """Ask at each instant and follow the alarm, for one version.

    first_alarm_only: stop at the first alarm (for trials that only want the delay).
    """
    streak, raised = Streak(), None
    times: list[float] = []
    values: list[float] = []
    alarms: list[RehearsedAlarm] = []
    asked = 0
    for at in instants.tolist():
        answer = ask(at)
        asked += 1
        if answer.bad is not None:
            times.append(at)
            values.append(answer.value)
        streak = advance(streak, bad=answer.bad, at=datetime.fromtimestamp(at, UTC))
        step = transition(streak, active=raised is not None, on_delay=on_delay, off_delay=off_delay)
        if step is Transition.ACTIVATE:
            raised = RehearsedAlarm(version, at, None, answer.value)
            if first_alarm_only:
                break
        elif step is Transition.RETURN and raised is not None:
            alarms.append(RehearsedAlarm(version, raised.at, at, raised.value))
            raised = None
    if raised is not None:
        alarms.append(raised)
    return Replayed(np.array(times), np.array(values), tuple(alarms), asked, asked - len(times))


def ended(part: Replayed, at: float) -> Replayed:
    """A version's replay when another version replaces it: with it ends what was said of it."""
    alarms = tuple(alarm if alarm.cleared_at is not None else replace(alarm, cleared_at=at) for alarm in part.alarms)
    return replace(part, alarms=alarms)


def together(parts: list[Replayed]) -> Replayed:
    """One version's replay after the other's."""
    if not parts:
        return Replayed(np.empty(0), np.empty(0), (), 0, 0)
    return Replayed(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
        tuple(alarm for part in parts for alarm in part.alarms),
        sum(part.asked for part in parts),
        sum(part.unanswered for part in parts),
    )
