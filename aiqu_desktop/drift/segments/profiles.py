"""A reference profile for each segment: what is usual on this line, with this recipe, in this shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.profile import CategoricalProfile, ReferenceProfile, build_profile
from aiqu_desktop.drift.values import Column, as_categories

_MOST_SEGMENTS = 200


@dataclass(frozen=True, eq=False)
class SegmentProfiles:
    """column: the one whose values are the segments. composition: its profile. profiles: by segment, most rows first;
    segments with fewer rows than `min_rows` in the reference have none, and no more than 200 do. A segment that is
    itself to be compared like with like has profiles by the like column in place of one profile."""

    column: str
    composition: CategoricalProfile
    profiles: Mapping[str, ReferenceProfile | SegmentProfiles]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are compared."""
        return next(iter(self.profiles.values())).names if self.profiles else ()

    @property
    def rows(self) -> int:
        """Rows of the reference in segments that have a profile."""
        return sum(profile.rows for profile in self.profiles.values())

    @classmethod
    def build(
        cls,
        columns: Mapping[str, Column],
        kinds: Mapping[str, ColumnKind],
        segment_column: str,
        *,
        min_rows: int = 100,
        like: str = "",
    ) -> SegmentProfiles:
        """Profile the reference rows, in time order, of each value of `segment_column`; that column needs no kind.

        like: another column; within each segment, rows are compared with those that have the same value of it.
        Raises:
            UserError: if the segment column is absent, or a column is not what its kind says.
        """
        names = segment_names(columns, segment_column)
        segments = {segment_column: np.array(names, dtype=object)}
        (composition,) = build_profile(segments, {segment_column: ColumnKind.CATEGORICAL}).columns
        assert isinstance(composition, CategoricalProfile)
        others = {name: values for name, values in columns.items() if name != segment_column}
        profiles: dict[str, ReferenceProfile | SegmentProfiles] = {}
        for segment, places in places_of(names).items():
            own = rows_of(others, places)
            if places.size < min_rows:
                continue
            profiles[segment] = cls.build(own, kinds, like, min_rows=min_rows) if like else build_profile(own, kinds)
        profiles = {segment: profile for segment, profile in profiles.items() if profile.names}
        kept = sorted(profiles, key=lambda segment: (-profiles[segment].rows, segment))[:_MOST_SEGMENTS]
        return cls(segment_column, composition, {segment: profiles[segment] for segment in kept})


def segment_names(columns: Mapping[str, Column], segment_column: str) -> list[str | None]:
    """The segment of each row; None where it is missing. Raises UserError if the column is absent."""
    if segment_column not in columns:
        raise UserError(f"There is no column {segment_column!r} to take segments from; name one that is there.")
    return as_categories(columns[segment_column])


def places_of(names: list[str | None]) -> dict[str, NDArray[np.intp]]:
    """The rows of each segment, in order; rows without a segment belong to none."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name is not None:
            places.setdefault(name, []).append(place)
    return {name: np.array(rows, dtype=np.intp) for name, rows in places.items()}


def rows_of(columns: Mapping[str, Column], places: NDArray[np.intp]) -> dict[str, Column]:
    """Some rows of every column."""
    return {name: np.asarray(values)[places] for name, values in columns.items()}
