"""Rehearse the drift check: the past under proposed settings, and how soon a planted shift would ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import NumericProfile, ReferenceProfile
from aiqu_desktop.drift.segments import DividedReference, compare_divided
from aiqu_desktop.monitoring.drift_check import limits_of
from aiqu_desktop.monitoring.drift_words import weight_of
from aiqu_desktop.monitoring.rehearsal.replay import DAY, Answer, Replayed, ended, replay, slots, together
from aiqu_desktop.monitoring.rehearsal.results import Detection
from aiqu_desktop.monitoring.rehearsal.trials import drawn_rows, summarise
from aiqu_desktop.monitoring.settings import DriftSettings

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, npt.NDArray[Any]]
_TRIALS, _HORIZON_DAYS, _QUIET_DAYS = 6, 42.0, 84.0
_SHIFTS = (0.25, 0.5, 1.0)  # of the reference's own spread
_SEED = 20_26


@dataclass(frozen=True)
class Inputs:
    """What came in, in time order: event times in seconds, [rows], the columns that a profile knows, and the shift
    where the settings compare by it."""

    event_time: Floats
    columns: Columns


@dataclass(frozen=True)
class Reference:
    """One version's time as champion and what it is measured against."""

    version: int
    since: float
    until: float
    reference: DividedReference


def asker(
    inputs: Inputs,
    reference: DividedReference,
    settings: DriftSettings,
    importance: Mapping[str, float],
    every: float,
) -> Callable[[float], Answer]:
    """The check's answer at any instant; its figure is the drifted share, weighed where importances are known."""
    limits = limits_of(settings, every)

    def ask(at: float) -> Answer:
        first, last = np.searchsorted(inputs.event_time, [at - settings.window_days * DAY, at])
        if last - first < settings.min_rows:
            return Answer(float("nan"), None)
        window = {name: values[first:last] for name, values in inputs.columns.items()}
        divided = compare_divided(reference, window, limits=limits, importance=importance)
        if not divided.result.enough_data:
            return Answer(float("nan"), None)
        return Answer(weight_of(divided.result), divided.drifted)

    return ask


def replay_references(
    references: Sequence[Reference],
    inputs: Inputs,
    settings: DriftSettings,
    every: float,
    importance: Mapping[str, float],
    report: Callable[[float], None],
) -> Replayed:
    """The whole past, version after version, each against its own reference. `report` may stop it by raising."""
    total = sum(slots(one.since, one.until, every).size for one in references)
    done, parts = 0, []
    for one in references:
        ask = asker(inputs, one.reference, settings, importance, every)

        def counted(at: float, ask: Callable[[float], Answer] = ask) -> Answer:
            nonlocal done
            done += 1
            report(done / total)
            return ask(at)

        instants = slots(one.since, one.until, every)
        parts.append(replay(counted, instants, one.version, on_delay=settings.on_delay, off_delay=settings.off_delay))
    followed = [ended(part, one.until) for part, one in zip(parts[:-1], references, strict=False)]
    return together([*followed, *parts[-1:]])


@dataclass(frozen=True)
class Material:
    """Accepted rows that trials are made of: the reference's own, spread over time at the plant's pace."""

    reference: DividedReference
    inputs: Inputs
    rows_a_day: float

    @property
    def stretch(self) -> tuple[float, float]:
        return (0.0, float(self.inputs.event_time[-1]))


def material(reference: DividedReference, accepted: Columns, rows_a_day: float) -> Material:
    """The accepted rows in their order, `rows_a_day` to a day."""
    rows = len(next(iter(accepted.values())))
    times: Floats = np.arange(rows, dtype=np.float64) * (DAY / rows_a_day)
    return Material(reference, Inputs(times, accepted), rows_a_day)


def quiet_trial(
    source: Material, settings: DriftSettings, every: float, importance: Mapping[str, float]
) -> tuple[float, float]:
    """False alarms a year in undisturbed futures, and the years that were tried."""
    rng = np.random.default_rng(_SEED)
    alarms = 0
    for _ in range(_TRIALS):
        future = _future(source, _QUIET_DAYS, rng)
        instants = slots(settings.window_days * DAY, _QUIET_DAYS * DAY, every)
        ask = asker(future, source.reference, settings, importance, every)
        alarms += len(replay(ask, instants, 0, on_delay=settings.on_delay, off_delay=settings.off_delay).alarms)
    years = _TRIALS * max(_QUIET_DAYS - settings.window_days, 1.0) / 365.25
    return alarms / years, years


def plant(
    source: Material,
    settings: DriftSettings,
    every: float,
    importance: Mapping[str, float],
    shift: float,
    features: Sequence[str],
) -> Detection:
    """From one moment on the features read higher by `shift` of their spread: how long until the model's alarm."""
    rng = np.random.default_rng(_SEED)
    begin = settings.window_days * DAY
    delays: list[float | None] = []
    for _ in range(_TRIALS):
        future = _future(source, settings.window_days + _HORIZON_DAYS, rng)
        moved = _moved(future, source.reference.profile, features, shift, begin)
        instants = slots(begin, begin + _HORIZON_DAYS * DAY, every)
        found = replay(
            asker(moved, source.reference, settings, importance, every), instants, 0, on_delay=settings.on_delay,
            off_delay=settings.off_delay, first_alarm_only=True,
        )  # fmt: skip
        delays.append((found.alarms[0].at - begin) / DAY if found.alarms else None)
    names = ", ".join(features[:3]) + (f" and {len(features) - 3} more" if len(features) > 3 else "")
    return summarise(f"{names} higher by {shift:g} spreads", None, delays, _HORIZON_DAYS)


def default_shifts() -> tuple[float, ...]:
    """A quarter, a half and one spread of the reference."""
    return _SHIFTS


def features_that_decide(
    profile: ReferenceProfile, importance: Mapping[str, float], share_limit: float
) -> tuple[str, ...]:
    """The fewest numeric features that carry more than the limit's share of the decision, those that matter most first.

    Without importances all numeric features count alike.
    """
    numeric = [
        column.name
        for column in profile.columns
        if isinstance(column, NumericProfile)
        and column.kind is not ColumnKind.BOOLEAN
        and not column.constant
        and column.name != "prediction"
    ]
    weights = {name: importance.get(name, 0.0) for name in numeric} if importance else dict.fromkeys(numeric, 1.0)
    total = sum(importance.values()) if importance else float(len(profile.columns))
    chosen: list[str] = []
    carried = 0.0
    for name in sorted(numeric, key=lambda name: -weights[name]):
        chosen.append(name)
        carried += weights[name]
        if carried > share_limit * total:
            break
    return tuple(chosen)


def _future(source: Material, days: float, rng: np.random.Generator) -> Inputs:
    drawn, times = drawn_rows(source.inputs.event_time, (source.stretch,), days, rng)
    return Inputs(times, {name: values[drawn] for name, values in source.inputs.columns.items()})


def _moved(inputs: Inputs, profile: ReferenceProfile, features: Sequence[str], shift: float, begin: float) -> Inputs:
    columns = dict(inputs.columns)
    after = inputs.event_time >= begin
    for column in profile.columns:
        if column.name in features and isinstance(column, NumericProfile):
            columns[column.name] = columns[column.name] + after * shift * column.spread
    return Inputs(inputs.event_time, columns)
