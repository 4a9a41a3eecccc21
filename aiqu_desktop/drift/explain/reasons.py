"""The columns that explain a drift, by effect times importance, and the segment where it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.drift.explain.movement import Movement, movement
from aiqu_desktop.drift.explain.sentences import HurtSegment, Reason, sentence
from aiqu_desktop.drift.profiles.profile import ReferenceProfile
from aiqu_desktop.drift.results import DriftResult
from aiqu_desktop.drift.segments.losses import SegmentLoss
from aiqu_desktop.drift.values import Column

__all__ = ["Explanation", "HurtSegment", "Reason", "explain"]


@dataclass(frozen=True)
class Explanation:
    """reasons: the drifted columns, heaviest first. segment: where it hurts most, None if nowhere in particular."""

    reasons: tuple[Reason, ...]
    compared: int
    drifted: bool
    segment: HurtSegment | None

    def sentence(self, language: str) -> str:
        """What happened in plain words, "en" or "sv". Raises ValueError for another language."""
        return sentence(self.reasons, self.compared, self.drifted, self.segment, language)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "reasons": [reason.to_json() for reason in self.reasons],
            "compared": self.compared,
            "drifted": self.drifted,
            "segment": None if self.segment is None else {"column": self.segment.column, "name": self.segment.name},
            "sentences": {language: self.sentence(language) for language in ("en", "sv")},
        }


def explain(
    result: DriftResult,
    importance: Mapping[str, float] | None = None,
    *,
    profile: ReferenceProfile | None = None,
    window: Mapping[str, Column] | None = None,
    segment_column: str = "",
    segment: SegmentLoss | str | None = None,
) -> Explanation:
    """Rank the drifted columns by how far each is beyond its limit, times its share of the importance.

    importance: weights by name, not negative; a column without one gets none of it; without any all weigh the same.
    profile, window: what was compared, to tell in which way each column moved; without them that is "unknown".
    segment: where it hurts, from `segments.worst_segment` or `SegmentComparison.worst`, of `segment_column`.
    """
    weights = {name: max(0.0, weight) for name, weight in (importance or {}).items()}
    total = sum(weights.get(column.name, 0.0) for column in result.columns if column.enough_data)
    known = {column.name: column for column in profile.columns} if profile is not None else {}
    reasons = []
    for column in result.columns:
        if not column.drifted or column.effect is None:
            continue
        share = weights.get(column.name, 0.0) / total if total > 0 else None
        beyond = column.effect / column.limit if column.limit > 0 else column.effect
        moved = Movement("unknown")
        if column.name in known and window is not None and column.name in window:
            moved = movement(known[column.name], window[column.name])
        reasons.append(
            Reason(
                feature=column.name,
                effect=column.effect,
                effect_name=column.effect_name,
                limit=column.limit,
                importance=share,
                weight=beyond * (1.0 if share is None else share),
                moved=moved,
            )
        )
    reasons.sort(key=lambda reason: (-reason.weight, -reason.effect / max(reason.limit, 1e-12), reason.feature))
    return Explanation(tuple(reasons), result.compared, result.drifted, _hurt(segment_column, segment))


def _hurt(column: str, segment: SegmentLoss | str | None) -> HurtSegment | None:
    if segment is None:
        return None
    if isinstance(segment, str):
        return HurtSegment(column, segment)
    return HurtSegment(column, segment.segment, segment.mean, segment.others, segment.n)
