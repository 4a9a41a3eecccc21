"""A window looked at as a whole and segment by segment, like with like: one family of questions, one error rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.profile import ReferenceProfile
from aiqu_desktop.drift.results import DriftLimits, DriftResult
from aiqu_desktop.drift.segments.comparison import (
    Composition,
    SegmentComparison,
    SegmentDrift,
    compare_each,
    comparison,
    composition,
    judge_together,
    merge_likes,
)
from aiqu_desktop.drift.segments.profiles import SegmentProfiles
from aiqu_desktop.drift.values import Column
from aiqu_desktop.drift.verdict import compare

_DEFAULT = DriftLimits()


@dataclass(frozen=True, eq=False)
class DividedReference:
    """profile: of the whole reference. like: the same by the column whose values alone are comparable, None where all
    rows are. divisions: by each column whose segments are judged one by one."""

    profile: ReferenceProfile
    like: SegmentProfiles | None = None
    divisions: tuple[SegmentProfiles, ...] = ()

    @classmethod
    def build(
        cls,
        profile: ReferenceProfile,
        columns: Mapping[str, Column],
        kinds: Mapping[str, ColumnKind],
        *,
        segment_by: tuple[str, ...] = (),
        like: str = "",
        min_rows: int = 100,
    ) -> DividedReference:
        """Divide the reference rows, in time order, that `profile` was built of; `like` is a division of its own.

        Raises:
            UserError: if a column is absent, or is not what its kind says.
        """
        same = SegmentProfiles.build(columns, kinds, like, min_rows=min_rows) if like else None
        others = tuple(
            SegmentProfiles.build(columns, kinds, name, min_rows=min_rows, like=like)
            for name in segment_by
            if name != like
        )
        return cls(profile, same, others if same is None else (same, *others))


@dataclass(frozen=True)
class DividedResult:
    """result: of the whole window. segments: of each division. mix: of the like column, None without one."""

    result: DriftResult
    segments: tuple[SegmentComparison, ...] = ()
    mix: Composition | None = None

    @property
    def worst(self) -> tuple[str, SegmentDrift] | None:
        """The dividing column and the most severe of the segments that drifted; None if none did."""
        drifted = [(part.column, part.segments[0]) for part in self.segments if part.worst is not None]
        return max(drifted, key=lambda found: found[1].severity, default=None)

    @property
    def drifted(self) -> bool:
        return self.result.drifted or self.worst is not None

    def to_json(self) -> dict[str, Any]:
        """What the segments showed, as a plain dictionary; of their columns only those that drifted."""
        return {
            "segments": [
                {
                    "column": part.column,
                    "worst": part.worst,
                    "unknown": dict(part.composition.unknown),
                    "mix": part.composition.change.to_json(),
                    "segments": [_plain(segment) for segment in part.segments],
                }
                for part in self.segments
            ],
            "like": None if self.mix is None else self.mix.change.name,
        }


def compare_divided(
    reference: DividedReference,
    columns: Mapping[str, Column],
    *,
    limits: DriftLimits = _DEFAULT,
    jobs: int = 1,
    importance: Mapping[str, float] | None = None,
) -> DividedResult:
    """Compare a window, in time order, with the whole reference and with that of each segment.

    The false discovery rate is kept over all columns of the whole and of all segments together (Benjamini-Hochberg).
    Raises:
        UserError: if a column is missing, has another length, or holds what its kind cannot.
    """
    if not reference.divisions:
        return DividedResult(compare(reference.profile, columns, limits=limits, jobs=jobs, importance=importance))
    each = [compare_each(part, columns, limits, importance, jobs) for part in reference.divisions]
    if reference.like is None:
        whole, mix = compare(reference.profile, columns, limits=limits, jobs=jobs, importance=importance), None
    else:  # it is the first division
        results, rows = each[0]
        whole = merge_likes(reference.like, results, rows, limits, importance)
        mix = composition(reference.like, columns, limits, rows)
    asked = [whole, *(result for results, _ in each for result in results.values())]
    judged = iter(judge_together(asked, limits, importance))
    whole = next(judged)
    segments = tuple(
        comparison(part, columns, limits, {segment: next(judged) for segment in results}, rows)
        for part, (results, rows) in zip(reference.divisions, each, strict=True)
    )
    return DividedResult(whole, segments, mix)


def _plain(segment: SegmentDrift) -> dict[str, Any]:
    result = segment.result
    found: dict[str, Any] = {
        "segment": segment.segment,
        "rows": segment.rows,
        "drifted": segment.drifted,
        "severity": segment.severity,
        "p_value": segment.p_value,
    }
    if result is None:
        return found | {"compared": 0, "share": None, "columns": []}
    return found | {
        "compared": result.compared,
        "share": result.share if result.weighted_share is None else result.weighted_share,
        "columns": [
            {"name": c.name, "effect": c.effect, "limit": c.limit, "q_value": c.q_value}
            for c in result.columns
            if c.drifted
        ],
    }
