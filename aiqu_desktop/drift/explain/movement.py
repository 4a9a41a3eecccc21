"""In which way a column moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from aiqu_desktop.drift.explain.distributions import quantiles_of, side_by_side
from aiqu_desktop.drift.profiles.profile import CategoricalProfile, ColumnProfile
from aiqu_desktop.drift.values import Column, as_numbers, split_numbers

Way: TypeAlias = Literal["up", "down", "wider", "narrower", "shape", "missing", "more", "unseen", "unknown"]

_LEVEL = 0.1  # of the reference's spread; less is no move of the level
_WIDTH = 1.15  # ratio of the widths
_MISSING = 0.05


@dataclass(frozen=True)
class Movement:
    """way: "up", "down" (level), "wider", "narrower" (spread), "shape" (neither), "missing" (more values missing),
    "more" (a category grew), "unseen" (the category that grew most is new), or "unknown" (nothing to go by).

    before, after: medians for a level, widths of the middle 80 % for a spread, shares for missing and for categories;
    None where there are none. category: which one grew or is new.
    """

    way: Way
    before: float | None = None
    after: float | None = None
    category: str | None = None


def movement(profile: ColumnProfile, values: Column | Sequence[Any]) -> Movement:
    """How a window's values have moved against the profile of their column."""
    if isinstance(profile, CategoricalProfile):
        return _of_categories(profile, values)
    numbers = as_numbers(profile.name, values)
    finite, _, _ = split_numbers(numbers)
    gone = 1.0 - finite.size / numbers.size if numbers.size else 0.0
    usual = 1.0 - profile.usable / profile.rows if profile.rows else 0.0
    if not finite.size or not profile.usable:
        return Movement("missing", usual, gone) if gone > usual + _MISSING else Movement("unknown")
    low, middle, high = quantiles_of(profile, (0.1, 0.5, 0.9)).tolist()
    now_low, now_middle, now_high = np.quantile(finite, [0.1, 0.5, 0.9]).tolist()
    # The mean tells a level where most values are equal, and the median does not move.
    level = (now_middle - middle) / profile.spread or (float(np.mean(finite)) - profile.mean) / profile.spread
    before, after = high - low, now_high - now_low
    if after > before * _WIDTH and after - before > 2.0 * abs(level) * profile.spread:
        return Movement("wider", before, after)
    if before > after * _WIDTH and before - after > 2.0 * abs(level) * profile.spread:
        return Movement("narrower", before, after)
    if abs(level) >= _LEVEL:
        return _level(level, (middle, now_middle), (profile.mean, float(np.mean(finite))))
    return Movement("missing", usual, gone) if gone > usual + _MISSING else Movement("shape")


def _level(level: float, medians: tuple[float, float], means: tuple[float, float]) -> Movement:
    before, after = medians if medians[0] != medians[1] else means
    return Movement("up" if level > 0 else "down", before, after)


def _of_categories(profile: CategoricalProfile, values: Column | Sequence[Any]) -> Movement:
    sides = side_by_side(profile, values)
    if sides.window_missing > sides.reference_missing + _MISSING:
        return Movement("missing", sides.reference_missing, sides.window_missing)
    gains = sides.window - sides.reference
    named = [place for place, category in enumerate(sides.categories) if category is not None]
    if not named or not sides.window.any():
        return Movement("unknown")
    place = max(named, key=lambda at: float(gains[at]))
    category = sides.categories[place]
    before, after = float(sides.reference[place]), float(sides.window[place])
    new = category not in profile.categories and not profile.other
    return Movement("unseen" if new else "more", before, after, category)
