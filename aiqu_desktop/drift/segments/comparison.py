"""A window against the reference, segment by segment or like with like; what changed in the mix is said apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.evidence.multiple import benjamini_hochberg, cauchy_combination
from aiqu_desktop.drift.profiles.profile import ReferenceProfile
from aiqu_desktop.drift.results import ColumnDrift, DriftLimits, DriftResult
from aiqu_desktop.drift.segments.profiles import SegmentProfiles, places_of, rows_of, segment_names
from aiqu_desktop.drift.values import Column
from aiqu_desktop.drift.verdict import compare, summarise

_DEFAULT = DriftLimits()


@dataclass(frozen=True)
class SegmentDrift:
    """One segment. result: None where the reference does not know the segment, or has too few rows of it.

    severity: the largest of effect over limit among the columns with evidence, 0 without any; p_value: of all columns
    together (Cauchy combination), None without a comparison.
    """

    segment: str
    rows: int
    result: DriftResult | None
    severity: float
    p_value: float | None

    @property
    def drifted(self) -> bool:
        return self.result is not None and self.result.drifted

    def to_json(self) -> dict[str, Any]:
        return {
            "segment": self.segment,
            "rows": self.rows,
            "drifted": self.drifted,
            "severity": self.severity,
            "p_value": self.p_value,
            "result": None if self.result is None else self.result.to_json(),
        }


@dataclass(frozen=True)
class Composition:
    """The mix of segments. change: the comparison of the segment column itself; shares by segment, of the window's and
    the reference's rows that have one; unknown: segments that the reference has no profile of, with their rows."""

    change: ColumnDrift
    reference: Mapping[str, float]
    window: Mapping[str, float]
    unknown: Mapping[str, int]

    @property
    def drifted(self) -> bool:
        return self.change.drifted

    def to_json(self) -> dict[str, Any]:
        return {
            "change": self.change.to_json(),
            "reference": dict(self.reference),
            "window": dict(self.window),
            "unknown": dict(self.unknown),
        }


@dataclass(frozen=True)
class SegmentComparison:
    """segments: most severe first. worst: the most severe drifted segment, None if none drifted."""

    column: str
    segments: tuple[SegmentDrift, ...]
    worst: str | None
    composition: Composition

    @property
    def drifted(self) -> bool:
        return self.worst is not None

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "column": self.column,
            "worst": self.worst,
            "segments": [segment.to_json() for segment in self.segments],
            "composition": self.composition.to_json(),
        }


def compare_by_segment(
    reference: SegmentProfiles,
    columns: Mapping[str, Column],
    *,
    limits: DriftLimits = _DEFAULT,
    importance: Mapping[str, float] | None = None,
) -> SegmentComparison:
    """Compare each segment of a window, in time order, with the same segment of the reference.

    The false discovery rate is kept over all columns of all segments (Benjamini-Hochberg), not segment by segment.
    Raises:
        UserError: if a column is missing, has another length, or holds what its kind cannot.
    """
    results, rows = compare_each(reference, columns, limits, importance)
    judged = dict(zip(results, judge_together(list(results.values()), limits, importance), strict=True))
    return comparison(reference, columns, limits, judged, rows)


def compare_like_with_like(
    reference: SegmentProfiles,
    columns: Mapping[str, Column],
    *,
    limits: DriftLimits = _DEFAULT,
    importance: Mapping[str, float] | None = None,
) -> tuple[DriftResult, Composition]:
    """Compare a window with reference rows of the same segments, in the window's own mix: another mix is no drift.

    Every row is held against its own segment's reference (same shift, same recipe). A column's effect is the mean of
    its effects in the segments, weighted by the window's rows, and its p-value the Cauchy combination with the same
    weights. Rows of unknown segments are left out of the result and named in the composition.
    Raises:
        UserError: as `compare_by_segment`.
    """
    results, rows = compare_each(reference, columns, limits, importance)
    return merge_likes(reference, results, rows, limits, importance), composition(reference, columns, limits, rows)


def merge_likes(
    reference: SegmentProfiles,
    results: Mapping[str, DriftResult],
    rows: Mapping[str, int],
    limits: DriftLimits,
    importance: Mapping[str, float] | None,
) -> DriftResult:
    """One result of those of all segments, as `compare_like_with_like` says; arguments as `compare_each` gave them."""
    names = reference.names
    merged = [_merge(name, [r.columns[i] for r in results.values()]) for i, name in enumerate(names)] if results else []
    merged = _with_q_values(merged, limits)
    compared = sum(rows[segment] for segment in results)
    known = sum(profile.rows for segment, profile in reference.profiles.items() if segment in results)
    return summarise(merged, limits, importance, known, compared)


def compare_each(
    reference: SegmentProfiles,
    columns: Mapping[str, Column],
    limits: DriftLimits,
    importance: Mapping[str, float] | None,
    jobs: int = 1,
) -> tuple[dict[str, DriftResult], dict[str, int]]:
    """Results of the segments that the reference knows, and the window's rows of every segment."""
    places = places_of(segment_names(columns, reference.column))
    results = {}
    for segment, rows in places.items():
        profile = reference.profiles.get(segment)
        if profile is None:
            continue
        own = rows_of(columns, rows)
        if isinstance(profile, SegmentProfiles):
            results[segment], _ = compare_like_with_like(profile, own, limits=limits, importance=importance)
        else:
            results[segment] = compare(profile, own, limits=limits, importance=importance, jobs=jobs)
    return results, {segment: rows.size for segment, rows in places.items()}


def judge_together(
    results: Sequence[DriftResult], limits: DriftLimits, importance: Mapping[str, float] | None
) -> list[DriftResult]:
    """The same comparisons with one false discovery rate over all their columns (Benjamini-Hochberg)."""
    columns = iter(_with_q_values([column for result in results for column in result.columns], limits))
    return [
        summarise([next(columns) for _ in r.columns], limits, importance, r.n_reference, r.n_current) for r in results
    ]


def comparison(
    reference: SegmentProfiles,
    columns: Mapping[str, Column],
    limits: DriftLimits,
    judged: Mapping[str, DriftResult],
    rows: Mapping[str, int],
) -> SegmentComparison:
    """The judged segments of one column, most severe first; rows: the window's, of every segment."""
    segments = [_segment(name, rows[name], judged.get(name), limits) for name in rows]
    segments.sort(key=lambda found: (not found.drifted, -found.severity, -found.rows, found.segment))
    worst = segments[0].segment if segments and segments[0].drifted else None
    return SegmentComparison(reference.column, tuple(segments), worst, composition(reference, columns, limits, rows))


def _with_q_values(columns: Sequence[ColumnDrift], limits: DriftLimits) -> list[ColumnDrift]:
    q_values = iter(benjamini_hochberg(np.array([c.p_value for c in columns if c.p_value is not None])).tolist())
    judged = []
    for column in columns:
        if column.p_value is None or column.effect is None:
            judged.append(column)
            continue
        q = next(q_values)
        judged.append(replace(column, q_value=q, drifted=column.effect >= column.limit and q <= limits.alpha))
    return judged


def _segment(name: str, rows: int, result: DriftResult | None, limits: DriftLimits) -> SegmentDrift:
    if result is None:
        return SegmentDrift(name, rows, None, 0.0, None)
    sure = [c for c in result.columns if c.effect is not None and c.q_value is not None and c.q_value <= limits.alpha]
    severity = max((c.effect / c.limit if c.limit > 0 else c.effect for c in sure if c.effect is not None), default=0.0)
    p_values = np.array([column.p_value for column in result.columns if column.p_value is not None])
    return SegmentDrift(name, rows, result, severity, cauchy_combination(p_values) if p_values.size else None)


def _merge(name: str, parts: Sequence[ColumnDrift]) -> ColumnDrift:
    """One column over its segments; those with enough data count."""
    enough = [part for part in parts if part.enough_data]
    if not enough:
        return replace(parts[0], name=name, n_current=sum(part.n_current for part in parts))
    weights = np.array([part.n_current for part in enough], dtype=np.float64)
    weights /= weights.sum()

    def mean(values: Sequence[float]) -> float:
        return float(np.dot(weights, values))

    shared = set.intersection(*(set(part.effects) for part in enough))
    left_out = len(parts) - len(enough)
    return replace(
        enough[0],
        n_reference=sum(part.n_reference for part in enough),
        n_current=sum(part.n_current for part in enough),
        missing_reference=mean([part.missing_reference for part in enough]),
        missing_current=mean([part.missing_current for part in enough]),
        autocorrelation=mean([part.autocorrelation for part in enough]),
        effective_reference=sum(part.effective_reference for part in enough),
        effective_current=sum(part.effective_current for part in enough),
        effects={effect: mean([part.effects[effect] for part in enough]) for effect in sorted(shared)},
        effect=mean([part.effect or 0.0 for part in enough]),
        limit=mean([part.limit for part in enough]),
        p_value=cauchy_combination(np.array([part.p_value for part in enough]), weights),
        note=f"{left_out} segments left out, not enough data" if left_out else "",
        unseen=tuple(sorted({category for part in enough for category in part.unseen})),
        vanished=tuple(sorted(set.intersection(*(set(part.vanished) for part in enough)))),
    )


def composition(
    reference: SegmentProfiles, columns: Mapping[str, Column], limits: DriftLimits, rows: Mapping[str, int]
) -> Composition:
    """The window's mix of segments beside the reference's."""
    profile = ReferenceProfile((reference.composition,))
    (change,) = compare(profile, {reference.column: columns[reference.column]}, limits=limits).columns
    total, usable = sum(rows.values()), max(1, reference.composition.usable)
    counted = zip(reference.composition.categories, reference.composition.counts.tolist(), strict=True)
    return Composition(
        change=change,
        reference={category: count / usable for category, count in counted},
        window={segment: count / total for segment, count in rows.items()},
        unknown={segment: count for segment, count in rows.items() if segment not in reference.profiles},
    )
