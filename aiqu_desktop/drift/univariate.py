"""One column against its reference: effects and test statistic, before any p-value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiqu_desktop.drift.categorical import compare_categories
from aiqu_desktop.drift.numeric import exact_effects, grid_effects
from aiqu_desktop.drift.profile import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.values import Column, Floats, as_categories, as_numbers, split_numbers

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


def measure_numeric(
    profile: NumericProfile, numbers: Floats, *, min_rows: int, reference: Floats | None = None
) -> Measured:
    """Compare float64 `numbers`, NaN for missing, with a profile; with the raw `reference` sample, exactly."""
    finite, missing, infinities = split_numbers(numbers)
    share = missing / numbers.size if numbers.size else 0.0
    effects = _missing_change(profile, share, numbers.size)
    note = _shortage(profile.usable, finite.size, numbers.size, missing, infinities, min_rows)
    if note:
        return Measured(profile, finite.size, share, NOT_ENOUGH, effects, note=note)
    found = grid_effects(profile, finite) if reference is None else exact_effects(split_numbers(reference)[0], finite)
    note = f"{infinities} infinite values left out" if infinities else ""
    return Measured(profile, finite.size, share, "ks", found | effects, statistic=found["ks"], note=note)


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


def read_column(profile: ColumnProfile, values: Column) -> Floats | list[str | None]:
    """The column in the form that its kind is measured in."""
    if isinstance(profile, NumericProfile):
        return as_numbers(profile.name, values)
    return as_categories(values, profile.kind)


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
