"""Effects of one categorical column, from the counts of its categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.profiles.columns import CategoricalProfile
from aiqu_desktop.drift.univariate.divergence import divergences
from aiqu_desktop.drift.univariate.significance import chi_squared, pool_rare

_LISTED = 20  # unseen or vanished names that a result carries


@dataclass(frozen=True)
class CategoricalComparison:
    """effects: jensen_shannon, psi, hellinger, total_variation over the categories, missing left out.

    statistic, degrees: Pearson's chi-squared after pooling rare categories, for independent rows.
    unseen: categories of the window that the reference has not; vanished: the other way round. The most frequent 20.
    """

    effects: dict[str, float]
    statistic: float
    degrees: int
    unseen: tuple[str, ...]
    vanished: tuple[str, ...]


def compare_categories(profile: CategoricalProfile, window: Mapping[str, int]) -> CategoricalComparison:
    """Compare a window's counted categories, at least one, to a profile that has one, too."""
    counted = dict(window)
    known = np.array([counted.pop(category, 0) for category in profile.categories], dtype=np.int64)
    strangers = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    vanished = tuple(name for name, count in zip(profile.categories, known.tolist(), strict=True) if count == 0)
    if profile.other:
        reference = np.append(profile.counts, profile.other)
        current = np.append(known, sum(count for _, count in strangers))
        unseen: tuple[str, ...] = ()
    else:
        reference = np.append(profile.counts, np.zeros(len(strangers), dtype=np.int64))
        current = np.append(known, np.array([count for _, count in strangers], dtype=np.int64))
        unseen = tuple(name for name, _ in strangers)
    statistic, degrees = chi_squared(*pool_rare(reference.astype(np.float64), current.astype(np.float64)))
    distances = divergences(reference[np.newaxis, :], current[np.newaxis, :])
    effects = {name: float(values[0]) for name, values in distances.items()}
    return CategoricalComparison(effects, statistic, degrees, unseen[:_LISTED], vanished[:_LISTED])
