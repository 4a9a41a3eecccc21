"""Columns against their references: effects and test statistics, before any p-value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiqu_desktop.drift.profiles.columns import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.univariate.categorical import compare_categories
from aiqu_desktop.drift.univariate.numeric import Distances, effects_of, exact_distances, grid_distances
from aiqu_desktop.drift.values import Floats, split_numbers

NOT_ENOUGH = "not enough data"


@dataclass(frozen=True)
class Measured:
    """What one column shows; method is "ks" (statistic: the distance), "chi-squared" (and degrees) or NOT_ENOUGH."""

    profile: ColumnProfile
    n_current: int
    missing_current: float
    method: str
    effects: Mapping[str, float]
    statistic: float = 0.0
    degrees: int = 0
    note: str = ""
    unseen: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumericTask:
    """A column to measure: float64 `numbers`, NaN for missing, against a profile or, exactly, the raw `reference`."""

    profile: NumericProfile
    numbers: Floats
    reference: Floats | None = None


def measure_numeric(tasks: Sequence[NumericTask], *, min_rows: int) -> list[Measured]:
    """Measure numeric columns; what can be computed for all of them together is."""
    windows = [split_numbers(task.numbers) for task in tasks]
    shortages = [
        _shortage(task.profile.usable, finite.size, task.numbers.size, missing, infinities, min_rows)
        for task, (finite, missing, infinities) in zip(tasks, windows, strict=True)
    ]
    found = [
        _distances(task, window[0])
        for task, window, shortage in zip(tasks, windows, shortages, strict=True)
        if not shortage
    ]
    effects = iter(effects_of(found))
    measured = []
    for task, (finite, missing, infinities), shortage in zip(tasks, windows, shortages, strict=True):
        share = missing / task.numbers.size if task.numbers.size else 0.0
        own = {} if shortage else next(effects)
        measured.append(
            Measured(
                profile=task.profile,
                n_current=finite.size,
                missing_current=share,
                method=NOT_ENOUGH if shortage else "ks",
                effects=own | _missing_change(task.profile, share, task.numbers.size),
                statistic=own.get("ks", 0.0),
                note=shortage or (f"{infinities} infinite values left out" if infinities else ""),
            )
        )
    return measured


def measure_categorical(profile: CategoricalProfile, values: list[str | None], *, min_rows: int) -> Measured:
    """Compare category names, None for missing, with a profile."""
    missing = values.count(None)
    present = len(values) - missing
    share = missing / len(values) if values else 0.0
    effects = _missing_change(profile, share, len(values))
    note = _shortage(profile.usable, present, len(values), missing, 0, min_rows)
    if note:
        return Measured(profile, present, share, NOT_ENOUGH, effects, note=note)
    found = compare_categories(profile, values)
    return Measured(
        profile,
        present,
        share,
        "chi-squared",
        found.effects | effects,
        statistic=found.statistic,
        degrees=found.degrees,
        unseen=found.unseen,
        vanished=found.vanished,
    )


def _distances(task: NumericTask, finite: Floats) -> Distances:
    if task.reference is None:
        return grid_distances(task.profile, finite)
    return exact_distances(split_numbers(task.reference)[0], finite)


def _missing_change(profile: ColumnProfile, share: float, rows: int) -> dict[str, float]:
    if not profile.rows or not rows:
        return {}
    return {"missing_rate_change": share - profile.missing / profile.rows}


def _shortage(reference: int, current: int, rows: int, missing: int, infinities: int, least: int) -> str:
    if reference < least:
        return f"the reference has {reference} usable values, and a comparison takes {least}"
    if current >= least:
        return ""
    if rows == 0:
        return "the window is empty"
    left = f"{current} usable values of {rows} rows"
    why = [f"{count} {word}" for count, word in ((missing, "missing"), (infinities, "infinite")) if count]
    return f"{left}{' (' + ', '.join(why) + ')' if why else ''}, and a comparison takes {least}"
