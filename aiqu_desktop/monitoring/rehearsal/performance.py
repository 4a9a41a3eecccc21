"""Rehearse the performance check: the past under proposed settings, and how soon a planted loss would ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.drift.performance.primary import primary_estimate
from aiqu_desktop.monitoring.performance.judgement import Judge, LabelledRows, healthy_level, is_beyond
from aiqu_desktop.monitoring.rehearsal.replay import DAY, Answer, Replayed, ended, replay, slots, together
from aiqu_desktop.monitoring.rehearsal.results import Detection, RehearsedAlarm
from aiqu_desktop.monitoring.rehearsal.trials import drawn_rows, summarise
from aiqu_desktop.monitoring.settings import PerformanceSettings

Floats = npt.NDArray[np.float64]
_TRIALS, _QUIET_TRIALS, _QUIET_DAYS, _HORIZON_DAYS = 60, 20, 364.0, 60.0
_FEWEST_HEALTHY = 100  # labelled rows to make trials of
_SEED = 20_26


@dataclass(frozen=True)
class Served:
    """One version's time as champion, seconds since 1970 UTC, its own labelled rows, and the metrics on its card."""

    version: int
    since: float
    until: float
    rows: LabelledRows
    accepted: Mapping[str, Mapping[str, float]]


def asker(
    rows: LabelledRows, settings: PerformanceSettings, accepted: Mapping[str, Mapping[str, float]]
) -> Callable[[float], Answer]:
    """The check's answer at any instant, from what was known then."""
    judge = Judge(rows, settings, healthy_level(settings, accepted))

    def ask(at: float) -> Answer:
        begin = at - settings.window_days * DAY
        # A label is known after its event: what became known before the window began cannot lie in it.
        first, last = int(np.searchsorted(rows.known_at, begin)), rows.known_until(at)
        inside = (rows.event_time[first:last] >= begin) & (rows.event_time[first:last] < at)
        labels, predictions = rows.labels[first:last][inside], rows.predictions[first:last][inside]
        found = primary_estimate(settings.metric, labels, predictions)
        if found is None or labels.size < settings.min_labels:
            return Answer(float("nan"), None)
        return Answer(found.value, judge.judge(found, at).verdict is Verdict.BAD)

    return ask


def replay_served(
    served: Sequence[Served], settings: PerformanceSettings, every: float, report: Callable[[float], None]
) -> Replayed:
    """The whole past, version after version; each begins afresh, as the check does."""
    parts = []
    for place, one in enumerate(served):
        ask = asker(one.rows, settings, one.accepted)
        instants = slots(one.since, one.until, every)
        parts.append(replay(ask, instants, one.version, on_delay=settings.on_delay, off_delay=settings.off_delay))
        report((place + 1) / len(served))
    followed = [ended(part, one.until) for part, one in zip(parts[:-1], served, strict=False)]
    return together([*followed, *parts[-1:]])


@dataclass(frozen=True)
class Healthy:
    """The rows that trials are made of, the stretches of event time that they fill, and their metric."""

    rows: LabelledRows
    accepted: Mapping[str, Mapping[str, float]]
    stretches: tuple[tuple[float, float], ...]
    value: float
    words: str


def healthy_past(
    served: Sequence[Served], alarms: Sequence[RehearsedAlarm], settings: PerformanceSettings
) -> Healthy | None:
    """The newest version's stretches without an alarm, and with its metric within the limit; None for too little."""
    for one in reversed(served):
        if one.rows.rows == 0:
            continue
        stretches = _quiet(one, [alarm for alarm in alarms if alarm.version == one.version], settings)
        inside = np.zeros(one.rows.rows, dtype=np.bool_)
        for begin, end in stretches:
            inside |= (one.rows.event_time >= begin) & (one.rows.event_time < end)
        found = primary_estimate(settings.metric, one.rows.labels[inside], one.rows.predictions[inside])
        if found is not None and found.n >= _FEWEST_HEALTHY and not is_beyond(settings, found.value):
            words = f"{int(inside.sum())} labelled observations of version {one.version} outside its alarms"
            return Healthy(one.rows, one.accepted, stretches, found.value, words)
    return None


def _quiet(
    one: Served, alarms: Sequence[RehearsedAlarm], settings: PerformanceSettings
) -> tuple[tuple[float, float], ...]:
    """The version's time without its alarms; what came within a window before one is part of the trouble."""
    edges, begin = [], one.since
    for alarm in alarms:
        edges.append((begin, max(begin, alarm.at - settings.window_days * DAY)))
        begin = alarm.cleared_at if alarm.cleared_at is not None else one.until
    edges.append((begin, one.until))
    return tuple((first, last) for first, last in edges if last - first >= DAY)


def quiet_trials(healthy: Healthy, settings: PerformanceSettings, every: float) -> tuple[float, float]:
    """False alarms a year in undisturbed futures, and the years that were tried."""
    rng = np.random.default_rng(_SEED)
    alarms = 0
    for _ in range(_QUIET_TRIALS):
        rows = _future(healthy, _QUIET_DAYS, rng)
        found = replay(
            asker(rows, settings, healthy.accepted), slots(settings.window_days * DAY, _QUIET_DAYS * DAY, every), 0,
            on_delay=settings.on_delay, off_delay=settings.off_delay,
        )  # fmt: skip
        alarms += len(found.alarms)
    years = _QUIET_TRIALS * (_QUIET_DAYS - settings.window_days) / 365.25
    return alarms / years, years


def plant(healthy: Healthy, settings: PerformanceSettings, every: float, target: float) -> Detection:
    """From one moment on the metric is `target`: how long until it rings."""
    rng = np.random.default_rng(_SEED)
    begin = settings.window_days * DAY
    delays: list[float | None] = []
    for _ in range(_TRIALS):
        rows = _future(healthy, settings.window_days + _HORIZON_DAYS, rng)
        rows = replace(rows, predictions=_worsened(rows, rows.event_time >= begin, healthy.value, target, rng))
        found = replay(
            asker(rows, settings, healthy.accepted), slots(begin, begin + _HORIZON_DAYS * DAY, every), 0,
            on_delay=settings.on_delay, off_delay=settings.off_delay, first_alarm_only=True,
        )  # fmt: skip
        delays.append((found.alarms[0].at - begin) / DAY if found.alarms else None)
    words = f"{settings.metric.replace('_', ' ')} goes from {healthy.value:.3g} to {target:.3g}"
    return summarise(words, target, delays, _HORIZON_DAYS)


def default_targets(settings: PerformanceSettings) -> tuple[float, ...]:
    """Values beyond the limit: by 2, 5, 10 and 20 points for a share, by 10, 25, 50 and 100 % for an error."""
    if higher_is_better(settings.metric):
        return tuple(settings.limit - drop for drop in (0.02, 0.05, 0.1, 0.2) if settings.limit - drop > 0)
    return tuple(settings.limit * rise for rise in (1.1, 1.25, 1.5, 2.0))


def _future(healthy: Healthy, days: float, rng: np.random.Generator) -> LabelledRows:
    rows = healthy.rows
    drawn, times = drawn_rows(rows.event_time, healthy.stretches, days, rng)
    known = times + (rows.known_at[drawn] - rows.event_time[drawn])
    order = np.argsort(known, kind="stable")
    drawn = drawn[order]
    return LabelledRows(known[order], times[order], rows.labels[drawn], rows.predictions[drawn], rows.classes)


def _worsened(
    rows: LabelledRows, after: npt.NDArray[np.bool_], now: float, target: float, rng: np.random.Generator
) -> npt.NDArray[Any]:
    """Predictions that bring the metric from `now` to `target` where `after` holds."""
    predictions = rows.predictions.copy()
    if predictions.dtype == np.float64:
        errors = predictions - rows.labels
        predictions[after] = rows.labels[after] + errors[after] * (target / now)
        return predictions
    right = after & (predictions == rows.labels)
    spoiled = right & (rng.random(predictions.size) < max(0.0, 1.0 - target / now))
    predictions[spoiled] = None  # no class at all: wrong, whatever the label
    return predictions
