"""Effects of numeric columns: from one count on the profile's grid, or exactly from two samples.

What the grid costs, for a window of any size, with e the profile's `rank_error` (0 unless it was streamed or merged):

- PSI, Jensen-Shannon, Hellinger and total variation are exact, because the deciles are edges of the grid; in a
  streamed or merged profile every decile's share is known within 2 e.
- Kolmogorov-Smirnov is low by at most `cell_share` of the profile (at most 3/2048, and 0 when the reference has at most
  1,024 distinct values), and off by e besides.
- Wasserstein is off by at most `wasserstein_bound`; for smooth data the error is near 1e-4 of the spread.
- The Cramér-von Mises distance is off by at most `cramer_von_mises_bound`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.columns import NumericProfile
from aiqu_desktop.drift.profiles.counting import GridCount, GridCounter
from aiqu_desktop.drift.profiles.gridding import Weighted, decile_edges
from aiqu_desktop.drift.profiles.profile import spread_of
from aiqu_desktop.drift.univariate.divergence import divergences
from aiqu_desktop.drift.values import Floats, Ints

_MOST_BINS = 19  # ten deciles, of which up to nine are values with a bin of their own


@dataclass(frozen=True, slots=True)
class Distances:
    """Wasserstein-1 in units of the reference spread, the KS distance, the Cramér-von Mises distance, and both sides'
    counts in the decile bins."""

    wasserstein: float
    ks: float
    cramer_von_mises: float
    reference_bins: Ints
    current_bins: Ints


def grid_distances(profile: NumericProfile, finite: Floats) -> Distances:
    """From one count of a window's usable values, [rows >= 1], on the grid of a profile with at least one."""
    return distances_of(profile, _count(profile, finite))


def distances_of(profile: NumericProfile, count: GridCount) -> Distances:
    """From a count of a window with at least one usable value, on the grid of a profile with at least one."""
    below, usable = count.below, count.usable
    current = below / usable
    gap = current - profile.distribution
    size = np.abs(gap)
    area = float(np.dot(size, profile.grid.trapezoids))
    positive = gap > 0
    crossing = np.flatnonzero(positive[1:] != positive[:-1])
    if crossing.size:  # within a cell the gap is taken to be linear: two triangles instead of a trapezoid
        left, right = size[crossing], size[crossing + 1]
        area -= float(np.dot(left * right / (left + right), profile.grid.widths[crossing]))
    return Distances(
        wasserstein=max(0.0, area + count.beyond / usable) / profile.spread,
        ks=float(size.max()),
        cramer_von_mises=_grid_cramer_von_mises(profile, gap, current, usable),
        reference_bins=profile.bin_counts,
        current_bins=_between(below[profile.bin_positions], usable),
    )


def wasserstein_bound(profile: NumericProfile, finite: Floats) -> float:
    """The most by which `grid_distances` can miss the Wasserstein distance: half the sum of width times content, and
    what the profile's own rank error makes of the range."""
    below = _count(profile, finite).below
    content = np.diff(below) / finite.size + np.diff(profile.distribution)
    widths = profile.grid.widths
    return (0.5 * float(np.dot(content, widths)) + profile.rank_error * float(widths.sum())) / profile.spread


def cramer_von_mises_bound(profile: NumericProfile, finite: Floats) -> float:
    """The most by which `grid_distances` can miss the square of the Cramér-von Mises distance."""
    below = _count(profile, finite).below
    current = below / finite.size
    gap = np.abs(current - profile.distribution)
    largest = np.maximum(gap[1:], gap[:-1])
    mass, single = _pooled(profile, current, finite.size)
    content = np.maximum(np.diff(current), np.diff(profile.distribution))
    content = np.where(single, 0.0, content) + 2.0 * profile.rank_error
    off = (largest + content) ** 2 - np.maximum(0.0, largest - content) ** 2
    outer = _outer(profile, gap, current, finite.size)  # a third of what it can be at most
    return float(np.dot(mass, off)) + 2.0 * outer + 4.0 * profile.rank_error


def _count(profile: NumericProfile, finite: Floats) -> GridCount:
    counter = GridCounter(profile.grid)
    counter.add(finite)
    return counter.finish()


def _grid_cramer_von_mises(profile: NumericProfile, gap: Floats, current: Floats, usable: int) -> float:
    """Within a cell of several values both distributions are taken to be linear; a single value is a step."""
    mass, single = _pooled(profile, current, usable)
    left, right = gap[:-1], gap[1:]
    squares = np.where(single, right * right, (left * left + left * right + right * right) / 3.0)
    outer = _outer(profile, gap, current, usable)
    return float(np.sqrt(max(0.0, float(np.dot(mass, squares)) + outer)))


def _outer(profile: NumericProfile, gap: Floats, current: Floats, usable: int) -> float:
    """What the rows beyond the reference's range add: there the gap grows from 0, or falls to it."""
    share = usable / (usable + profile.usable)
    return float(share * (current[0] * gap[0] ** 2 + (1.0 - current[-1]) * gap[-1] ** 2) / 3.0)


def _pooled(profile: NumericProfile, current: Floats, usable: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Share of both samples together in each bounded cell, and which cells are a single value."""
    mass: Floats = (profile.counts[1:-1] + np.diff(current) * usable) / (profile.usable + usable)
    return mass, profile.single_cells


def exact_distances(reference: Floats, current: Floats) -> Distances:
    """The same from the usable values of both samples themselves, each [rows >= 1]; one sort of each."""
    reference, current = np.sort(reference), np.sort(current)
    points = np.concatenate((reference, current))
    order = np.argsort(points, kind="stable")  # merges two sorted runs
    points = points[order]
    of_current = np.cumsum(order >= reference.size)
    of_reference = np.arange(1, points.size + 1) - of_current
    widths = np.diff(points)
    size = np.abs(of_current / current.size - of_reference / reference.size)
    size[:-1][widths == 0] = 0.0  # among equal values only the last has both sides counted
    last = np.append(widths > 0, True)
    mass = np.diff(np.flatnonzero(last), prepend=-1) / points.size
    edges = decile_edges(Weighted.of_sample(reference))
    return Distances(
        wasserstein=float(np.dot(size[:-1], widths)) / spread_of(reference),
        ks=float(size.max()),
        cramer_von_mises=float(np.sqrt(np.dot(mass, size[last] ** 2))),
        reference_bins=_between(np.searchsorted(reference, edges), reference.size),
        current_bins=_between(np.searchsorted(current, edges), current.size),
    )


def effects_of(distances: Sequence[Distances]) -> list[dict[str, float]]:
    """All effects of each column, by name: wasserstein, ks, cramer_von_mises and those of the decile bins."""
    reference = np.zeros((len(distances), _MOST_BINS), dtype=np.int64)
    current = np.zeros((len(distances), _MOST_BINS), dtype=np.int64)
    for row, found in enumerate(distances):
        reference[row, : found.reference_bins.size] = found.reference_bins
        current[row, : found.current_bins.size] = found.current_bins
    columns = {name: values.tolist() for name, values in divergences(reference, current).items()}
    return [
        {"wasserstein": found.wasserstein, "ks": found.ks, "cramer_von_mises": found.cramer_von_mises}
        | {name: values[row] for name, values in columns.items()}
        for row, found in enumerate(distances)
    ]


def _between(below: Ints, total: int) -> Ints:
    """Counts in the bins, from the counts below each inner edge."""
    counts = np.empty(below.size + 1, dtype=np.int64)
    counts[:-1] = below
    counts[-1] = total
    counts[1:] -= below
    return counts
