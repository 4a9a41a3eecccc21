"""Columns against their references: effects and test statistics, before any p-value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiqu_desktop.drift.categorical import compare_categories
from aiqu_desktop.drift.numeric import Distances, effects_of, exact_distances, grid_distances
from aiqu_desktop.drift.profile import CategoricalProfile, ColumnProfile, NumericProfile
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
    measured: list[Measured] = []
    found: dict[int, Distances] = {}
    for index, task in enumerate(tasks):
        profile, rows = task.profile, task.numbers.size
        finite, missing, infinities = split_numbers(task.numbers)
        share = missing / rows if rows else 0.0
        note = _shortage(profile.usable, finite.size, rows, missing, infinities, min_rows)
        if not note:
            found[index] = _distances(task, finite)
        measured.append(
            Measured(
                profile=profile,
                n_current=finite.size,
                missing_current=share,
                method=NOT_ENOUGH if note else "ks",
                effects=_missing_change(profile, share, rows),
                note=note or (f"{infinities} infinite values left out" if infinities else ""),
            )
        )
    for (index, distances), effects in zip(found.items(), effects_of(list(found.values())), strict=True):
        one = measured[index]
        measured[index] = replace(one, effects=effects | dict(one.effects), statistic=distances.ks)
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
