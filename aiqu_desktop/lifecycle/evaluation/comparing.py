"""Run both versions on the same labelled rows and compare them: as a whole, and in each part of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.drift.performance import PairedComparison, compare_primary, primary_estimate
from aiqu_desktop.drift.segments import PairedSegment, compare_segments
from aiqu_desktop.drift.values import as_categories
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.line.protocol import MODEL_FILE
from aiqu_desktop.registry import ArtifactStore

CHAMPIONS_ANSWER = "champion's answer"
_MOST_VALUES = 20  # a feature with more values is no segment, it is a name
_THIRDS = ("lowest third", "middle third", "highest third")

Columns = Mapping[str, NDArray[Any]]


def segment_features(schema: InputSchema, chosen: Sequence[str]) -> tuple[str, ...]:
    """The features by which rows are cut: those chosen, or every categorical one that has few values."""
    kinds = (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN)
    return tuple(
        feature.name
        for feature in schema.features
        if feature.kind in kinds and (feature.name in chosen if chosen else len(feature.categories) <= _MOST_VALUES)
    )


def compare_on(
    store: ArtifactStore,
    metric: str,
    version: VersionFacts,
    champion: VersionFacts | None,
    columns: Columns,
    labels: NDArray[Any],
    *,
    cut_by: Sequence[str],
    min_rows: int,
) -> dict[str, Any]:
    """Both versions' primary metric on the rows, their paired difference, and the same for each segment.

    columns, labels: [rows in time order]. cut_by: categorical features. min_rows: what a segment must have.
    Returns plain values: `rows`, `challenger`, and with a champion `champion`, `difference` and `segments`, the worst
    for the challenger first.
    Raises:
        UserError, EnvironmentFault: if a version cannot be loaded or fails on the rows.
    """
    new = answers_of(store, version, columns)
    mine = primary_estimate(metric, labels, new)
    found: dict[str, Any] = {
        "rows": int(labels.size),
        "challenger": mine.to_json() if mine else None,
        "champion": None,
        "difference": None,
        "segments": [],
    }
    if champion is None:
        return found
    old = answers_of(store, champion, columns)
    theirs, difference = primary_estimate(metric, labels, old), compare_primary(metric, labels, old, new)
    found["champion"] = theirs.to_json() if theirs else None
    found["difference"] = difference_of(difference) if difference else None
    by_row = "mae" if version.schema.task is Task.REGRESSION else "accuracy"
    cuts = _cuts(version.schema, columns, old, cut_by)
    parts = compare_segments(by_row, labels, old, new, cuts, min_rows=min_rows)
    found["segments"] = [_segment(part) for part in parts] + _absent(version.schema, cut_by, parts)
    return found


def answers_of(store: ArtifactStore, version: VersionFacts, columns: Columns) -> NDArray[Any]:
    """What a version predicts for rows: numbers, or names of classes. Raises as `compare_on`."""
    model = OnnxModel.from_bytes(store.get(version.files[MODEL_FILE]), version.schema)
    values = model.predict(columns).values
    return values if version.schema.task is Task.REGRESSION else np.array(values.tolist(), dtype=object)


def _cuts(
    schema: InputSchema, columns: Columns, old: NDArray[Any], cut_by: Sequence[str]
) -> dict[str, Sequence[str | None]]:
    kinds = {feature.name: feature.kind for feature in schema.features}
    cuts: dict[str, Sequence[str | None]] = {name: as_categories(columns[name], kinds[name]) for name in cut_by}
    if schema.task is Task.CLASSIFICATION:
        return cuts | {CHAMPIONS_ANSWER: as_categories(old)}
    edges = np.quantile(old, (1 / 3, 2 / 3)) if old.size else np.zeros(2)
    return cuts | {CHAMPIONS_ANSWER: [_THIRDS[place] for place in np.searchsorted(edges, old, side="left")]}


def _absent(schema: InputSchema, cut_by: Sequence[str], parts: Sequence[PairedSegment]) -> list[dict[str, Any]]:
    """Classes and categories that the schema names and the rows do not show: of these nothing can be told at all."""
    there = {(part.column, part.segment) for part in parts}
    named = [
        (feature.name, name) for feature in schema.features if feature.name in cut_by for name in feature.categories
    ]
    named += [(CHAMPIONS_ANSWER, name) for name in schema.classes]
    return [
        {"column": column, "segment": name, "rows": 0, "difference": None}
        for column, name in named
        if (column, name) not in there
    ]


def _segment(part: PairedSegment) -> dict[str, Any]:
    found: dict[str, Any] = {"column": part.column, "segment": part.segment, "rows": part.n, "difference": None}
    if part.compared is None:
        return found
    return found | {
        "champion": part.compared.champion,
        "challenger": part.compared.challenger,
        "difference": part.compared.difference,
        "worse_by": part.worse_by,
        "p_value": part.p_value,
        "surely_worse": part.surely_worse,
    }


def difference_of(compared: PairedComparison) -> dict[str, Any]:
    """A paired difference as plain values."""
    names = ("champion", "challenger", "difference", "low", "high", "p_value", "n", "effective_n", "higher_is_better")
    return {name: getattr(compared, name) for name in names}
