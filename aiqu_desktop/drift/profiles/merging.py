"""Putting profiles of parts together: shifts into a week, plants into a company, without the data.

>>> import numpy as np
>>> from aiqu_desktop.core.words import ColumnKind
>>> from aiqu_desktop.drift.profiles import build_profile, merge
>>> rng = np.random.default_rng(0)
>>> days = [{"pressure": rng.normal(5.0, 0.1, 20_000)} for _ in range(3)]
>>> whole = merge([build_profile(day, {"pressure": ColumnKind.NUMERIC}) for day in days])
>>> whole.rows, whole.columns[0].rank_error < 2e-3
(60000, True)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.columns import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    categorical_profile,
)
from aiqu_desktop.drift.profiles.grid import Grid
from aiqu_desktop.drift.profiles.gridding import Weighted, build_grid
from aiqu_desktop.drift.profiles.lattice import Lattice
from aiqu_desktop.drift.profiles.moments import Moments
from aiqu_desktop.drift.profiles.profile import ReferenceProfile, chosen_spread, clipped_deviation
from aiqu_desktop.drift.values import PROFILED_AS_NUMBERS, Floats, Ints


def merge(profiles: Sequence[ReferenceProfile]) -> ReferenceProfile:
    """The profile of all rows of one or more profiles of the same columns.

    Rows, missing, infinities, moments, range and (up to what a profile keeps by name) category counts are those of the
    rows together. A numeric column's distribution is read off each part's own grid, linear within its cells; parts on
    the same grid add up exactly. `rank_error` of the result bounds what that can cost at any edge: the rows-weighted
    mean of the parts' own errors plus the fullest cells that had to be cut, at most 3/2048. So any order and grouping
    of merges gives the same distribution within the sum of their rank errors. The autocorrelation time is the mean
    of the parts' by rows. Sections are dropped.

    Raises:
        UserError: if there is no profile, or the columns or their kinds differ.
    """
    if not profiles:
        raise UserError("There is no profile to merge; give at least one.")
    first, others = profiles[0], profiles[1:]
    for other in others:
        if set(other.names) != set(first.names) or len(other.names) != len(first.names):
            odd = sorted(set(other.names) ^ set(first.names))
            raise UserError(f"The profiles do not have the same columns ({odd[0]!r}); merge profiles of one kind.")
    return ReferenceProfile(
        tuple(_merged([column, *(other.column(column.name) for other in others)]) for column in first.columns)
    )


def _merged(parts: list[ColumnProfile]) -> ColumnProfile:
    kinds = {part.kind for part in parts}
    if len(kinds) > 1:
        names = " and ".join(sorted(kind.value for kind in kinds))
        raise UserError(f"The column {parts[0].name!r} is {names} in the profiles; merge profiles of one kind.")
    if len(parts) == 1:
        return parts[0]
    if parts[0].kind in PROFILED_AS_NUMBERS:
        return _merged_numbers([part for part in parts if isinstance(part, NumericProfile)])
    return _merged_categories([part for part in parts if isinstance(part, CategoricalProfile)])


def _merged_categories(parts: list[CategoricalProfile]) -> CategoricalProfile:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update(dict(zip(part.categories, part.counts.tolist(), strict=True)))
    return categorical_profile(
        parts[0].name,
        parts[0].kind,
        rows=sum(part.rows for part in parts),
        missing=sum(part.missing for part in parts),
        counted=counted,
        other=sum(part.other for part in parts),
        autocorrelation=_mean_time(parts),
    )


def _merged_numbers(parts: list[NumericProfile]) -> NumericProfile:
    used = [part for part in parts if part.usable]
    grid, bin_edges, counts, error, spread = _together(used) if used else _alone(parts[0])
    moments = sum((_moments(part) for part in used), Moments())
    return NumericProfile(
        name=parts[0].name,
        kind=parts[0].kind,
        rows=sum(part.rows for part in parts),
        missing=sum(part.missing for part in parts),
        infinities=sum(part.infinities for part in parts),
        mean=moments.mean,
        std=moments.std,
        minimum=moments.least if used else 0.0,
        maximum=moments.most if used else 0.0,
        spread=spread,
        autocorrelation=_mean_time(parts),
        grid=grid,
        counts=counts,
        bin_edges=bin_edges,
        rank_error=error,
    )


def _alone(part: NumericProfile) -> tuple[Grid, Floats, Ints, float, float]:
    return part.grid, part.bin_edges, part.counts, part.rank_error, part.spread


def _together(parts: list[NumericProfile]) -> tuple[Grid, Floats, Ints, float, float]:
    if len(parts) == 1:
        return _alone(parts[0])
    total = sum(part.usable for part in parts)
    error = sum(part.rank_error * part.usable for part in parts) / total
    sample = _sample(parts)
    if all(np.array_equal(part.grid.edges, parts[0].grid.edges) for part in parts[1:]):
        largest = max(parts, key=lambda part: part.usable)
        grid, bin_edges = parts[0].grid, largest.bin_edges
        counts = np.sum([part.counts for part in parts], axis=0)
    else:
        grid, bin_edges = build_grid(
            sample, integers=parts[0].kind is ColumnKind.INTEGER, lattice=_covering_lattice(parts)
        )
        found = [_read_off(part, grid.edges) for part in parts]
        below = np.sum([below for below, _ in found], axis=0)
        counts = np.diff(below, prepend=0, append=total)
        error += float(np.sum([cut for _, cut in found], axis=0).max()) / total
    moments = sum((_moments(part) for part in parts), Moments())
    clipped = clipped_deviation(grid, counts)
    return grid, bin_edges, counts, error, chosen_spread(moments.least, moments.most, moments.std, clipped)


def _sample(parts: list[NumericProfile]) -> Weighted:
    """All parts as weighted values, each cell at its left edge; single values and the ends are exact."""
    values, weights = [], []
    for part in parts:
        left = part.grid.edges[:-1]
        if part.kind is ColumnKind.INTEGER:
            left = np.ceil(left)  # the whole number in a cell, which is all that an integer column has there
        left = np.clip(left, part.minimum, part.maximum)
        values += [left, np.array([part.minimum, part.maximum])]
        weights += [part.counts[1:-1], np.zeros(2, dtype=np.int64)]
    every, shares = np.concatenate(values), np.concatenate(weights)
    is_end = (every == every.min()) | (every == every.max())
    return Weighted.of_weights(every[(shares > 0) | is_end], shares[(shares > 0) | is_end])


def _covering_lattice(parts: list[NumericProfile]) -> Lattice | None:
    """That of the largest part, if it spans all of them."""
    lattice = max(parts, key=lambda part: part.usable).grid.lattice
    ends = lattice.place(np.array([end for part in parts for end in (part.minimum, part.maximum)]))
    return lattice if ends.min() >= 1 and ends.max() <= lattice.cells else None


def _read_off(part: NumericProfile, edges: Floats) -> tuple[Ints, Ints]:
    """Rows below each of `edges`, and how many rows lie in the cell that each of them cuts, both [edges]."""
    own = part.grid.edges
    known = np.cumsum(part.counts[:-1])
    below = np.floor(np.interp(edges, own, known) + 1e-6).astype(np.int64)
    place = np.searchsorted(own, edges, side="right")
    cut = part.counts[place].copy()
    on_edge = own[np.minimum(np.searchsorted(own, edges), own.size - 1)] == edges
    cut[on_edge] = 0
    return below, cut


def _moments(part: NumericProfile) -> Moments:
    return Moments(part.usable, part.mean, part.std**2 * part.usable, part.minimum, part.maximum)


def _mean_time(parts: Sequence[ColumnProfile]) -> float:
    rows = sum(part.usable for part in parts)
    return sum(part.autocorrelation * part.usable for part in parts) / rows if rows else 1.0
