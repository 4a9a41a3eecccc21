"""Data quality of a window against its schema: what is missing, impossible or unknown, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.values import NUMERIC_KINDS, Column, Floats, as_categories, as_numbers

_LISTED = 20


@dataclass(frozen=True, slots=True)
class FeatureQuality:
    """Rows of one feature with each fault; a row has one fault at most, the first that applies in this order.

    missing: no value. infinite: plus or minus infinity. out_of_range: outside the schema's low and high.
    non_integer: a fraction where the schema says integer. unseen_category: a value that the schema does not list
    (for a boolean: neither true nor false); unseen lists the most frequent of them. absent: the whole column is not
    there, and every row counts as missing.
    """

    name: str
    rows: int
    missing: int = 0
    infinite: int = 0
    out_of_range: int = 0
    non_integer: int = 0
    unseen_category: int = 0
    unseen: tuple[str, ...] = ()
    absent: bool = False

    @property
    def faulty(self) -> int:
        return self.missing + self.infinite + self.out_of_range + self.non_integer + self.unseen_category

    @property
    def rate(self) -> float:
        """Share of rows with a fault; 0 for an empty window."""
        return self.faulty / self.rows if self.rows else 0.0

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "name": self.name,
            "rows": self.rows,
            "missing": self.missing,
            "infinite": self.infinite,
            "out_of_range": self.out_of_range,
            "non_integer": self.non_integer,
            "unseen_category": self.unseen_category,
            "unseen": list(self.unseen),
            "absent": self.absent,
            "rate": self.rate,
        }


@dataclass(frozen=True, slots=True)
class QualityResult:
    """All features in the schema's order. rate: share of faulty values; worst: the feature with most, or None."""

    rows: int
    features: tuple[FeatureQuality, ...]

    @property
    def rate(self) -> float:
        values = sum(feature.rows for feature in self.features)
        return sum(feature.faulty for feature in self.features) / values if values else 0.0

    @property
    def worst(self) -> FeatureQuality | None:
        faulty = [feature for feature in self.features if feature.faulty]
        return max(faulty, key=lambda feature: feature.rate, default=None)

    @property
    def enough_data(self) -> bool:
        """False for an empty window, which says nothing about quality."""
        return self.rows > 0

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "rows": self.rows,
            "rate": self.rate,
            "worst": self.worst.name if self.worst else None,
            "features": [feature.to_json() for feature in self.features],
        }


def count_quality(columns: Mapping[str, Column], schema: InputSchema) -> QualityResult:
    """Count the faults of a window, [rows] a column; columns that the schema does not name are ignored.

    Raises:
        UserError: if a numeric feature holds text.
    """
    rows = max((len(columns[name]) for name in schema.feature_names if name in columns), default=0)
    return QualityResult(rows, tuple(_count(feature, columns.get(feature.name), rows) for feature in schema.features))


def _count(feature: Feature, values: Column | None, rows: int) -> FeatureQuality:
    if values is None:
        return FeatureQuality(feature.name, rows, missing=rows, absent=True)
    if feature.kind in NUMERIC_KINDS:
        return _numeric(feature, as_numbers(feature.name, values))
    return _categorical(feature, as_categories(values, feature.kind))


def _numeric(feature: Feature, numbers: Floats) -> FeatureQuality:
    missing = int(np.isnan(numbers).sum())
    finite = numbers[np.isfinite(numbers)]
    inside = finite
    if feature.low is not None:
        inside = inside[inside >= feature.low]
    if feature.high is not None:
        inside = inside[inside <= feature.high]
    fractions = int((inside != np.floor(inside)).sum()) if feature.kind is ColumnKind.INTEGER else 0
    return FeatureQuality(
        feature.name,
        numbers.size,
        missing=missing,
        infinite=numbers.size - missing - finite.size,
        out_of_range=finite.size - inside.size,
        non_integer=fractions,
    )


def _categorical(feature: Feature, values: list[str | None]) -> FeatureQuality:
    known = {"true", "false"} if feature.kind is ColumnKind.BOOLEAN else set(feature.categories)
    counted = Counter(value for value in values if value is not None)
    unseen = {name: count for name, count in counted.items() if known and name not in known}
    return FeatureQuality(
        feature.name,
        len(values),
        missing=values.count(None),
        unseen_category=sum(unseen.values()),
        unseen=tuple(sorted(unseen, key=lambda name: (-unseen[name], name))[:_LISTED]),
    )
