"""Columns against their references: effects and test statistics, before any p-value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiqu_desktop.drift.profiles.columns import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.profiles.counting import GridCount, GridCounter
from aiqu_desktop.drift.univariate.categorical import compare_categories
from aiqu_desktop.drift.univariate.numeric import Distances, distances_of, effects_of, exact_distances
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


@dataclass(frozen=True, slots=True)
class Counted:
    """A numeric column's window, counted on the grid of its profile."""

    profile: NumericProfile
    count: GridCount


def measure_numeric(tasks: Sequence[NumericTask], *, min_rows: int) -> list[Measured]:
    """Measure numeric columns; what can be computed for all of them together is."""
    windows = [_window(task) for task in tasks]
    return _measure_windows(windows, min_rows)


def measure_counted(columns: Sequence[Counted], *, min_rows: int) -> list[Measured]:
    """`measure_numeric` of windows that were counted before, block by block."""
    return _measure_windows([_counted_window(column.profile, column.count) for column in columns], min_rows)


@dataclass(frozen=True, slots=True)
class _Window:
    profile: NumericProfile
    rows: int
    usable: int
    missing: int
    infinities: int
    distances: Callable[[], Distances]


def _window(task: NumericTask) -> _Window:
    if task.reference is None:
        counter = GridCounter(task.profile.grid)
        counter.add(task.numbers)
        return _counted_window(task.profile, counter.finish())
    reference, numbers = task.reference, task.numbers
    finite, missing, infinities = split_numbers(numbers)
    return _Window(
        task.profile,
        numbers.size,
        finite.size,
        missing,
        infinities,
        lambda: exact_distances(split_numbers(reference)[0], finite),
    )


def _counted_window(profile: NumericProfile, count: GridCount) -> _Window:
    return _Window(
        profile, count.rows, count.usable, count.missing, count.infinities, lambda: distances_of(profile, count)
    )


def _measure_windows(windows: list[_Window], min_rows: int) -> list[Measured]:
    shortages = [_shortage(w.profile.usable, w.usable, w.rows, w.missing, w.infinities, min_rows) for w in windows]
    found = [window.distances() for window, shortage in zip(windows, shortages, strict=True) if not shortage]
    effects = iter(effects_of(found))
    measured = []
    for window, shortage in zip(windows, shortages, strict=True):
        share = window.missing / window.rows if window.rows else 0.0
        own = {} if shortage else next(effects)
        measured.append(
            Measured(
                profile=window.profile,
                n_current=window.usable,
                missing_current=share,
                method=NOT_ENOUGH if shortage else "ks",
                effects=own | _missing_change(window.profile, share, window.rows),
                statistic=own.get("ks", 0.0),
                note=shortage or (f"{window.infinities} infinite values left out" if window.infinities else ""),
            )
        )
    return measured


def measure_categorical(profile: CategoricalProfile, values: list[str | None], *, min_rows: int) -> Measured:
    """Compare category names, None for missing, with a profile."""
    counted = Counter(values)
    missing = counted.pop(None, 0)
    present = {name: count for name, count in counted.items() if name is not None}
    return measure_categories(profile, present, missing=missing, min_rows=min_rows)


def measure_categories(
    profile: CategoricalProfile, counted: Mapping[str, int], *, missing: int, min_rows: int
) -> Measured:
    """Compare a window's counted categories with a profile."""
    present = sum(counted.values())
    rows = present + missing
    share = missing / rows if rows else 0.0
    effects = _missing_change(profile, share, rows)
    note = _shortage(profile.usable, present, rows, missing, 0, min_rows)
    if note:
        return Measured(profile, present, share, NOT_ENOUGH, effects, note=note)
    found = compare_categories(profile, counted)
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
