"""Performance while the labels are out: the estimator of a version, fitted on the rows that it was accepted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.estimation import (
    CbpeCalibration,
    LossModel,
    estimate_classification,
    estimate_regression,
    fit_cbpe,
    fit_dle,
)
from aiqu_desktop.monitoring.accepted import accepted_rows
from aiqu_desktop.registry import Registry

Columns = Mapping[str, npt.NDArray[Any]]

# Fitted once a process and version; a version never changes. None: its reference does not allow one.
_FITTED: WeakKeyDictionary[Registry, dict[int, Estimator | None]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Estimator:
    """Estimates the figures of a version's rows from what was predicted, and for a regressor from the features."""

    schema: InputSchema
    model: CbpeCalibration | LossModel

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that `estimate` needs, beside the prediction."""
        return self.schema.score_columns if isinstance(self.model, CbpeCalibration) else self.schema.feature_names

    def estimate(self, metric: str, columns: Columns) -> Estimate | None:
        """The metric as it is to be expected once all labels are there; None for no usable row or another metric."""
        predictions = columns["prediction"]
        if isinstance(self.model, CbpeCalibration):
            scores = np.column_stack([columns[name] for name in self.schema.score_columns]).astype(np.float64)
            return estimate_classification(self.model, scores, predictions).get(metric)
        if metric not in self.model.parts:
            return None
        asked = replace(self.model, parts={metric: self.model.parts[metric]})
        return estimate_regression(asked, _matrix(self.schema, columns), predictions.astype(np.float64)).get(metric)


def estimator_of(registry: Registry, version_id: int, schema: InputSchema) -> Estimator | None:
    """The version's estimator; None where its reference has too few labelled rows or no scores."""
    fitted = _FITTED.setdefault(registry, {})
    if version_id not in fitted:
        fitted[version_id] = _fit(registry, version_id, schema)
    return fitted[version_id]


def _fit(registry: Registry, version_id: int, schema: InputSchema) -> Estimator | None:
    accepted = accepted_rows(registry, version_id, schema)
    try:
        if schema.task is Task.REGRESSION:
            matrix = _matrix(schema, accepted)
            return Estimator(schema, fit_dle(matrix, accepted["prediction"], accepted["label"]))
        scores = np.column_stack([accepted[name] for name in schema.score_columns]).astype(np.float64)
        return Estimator(schema, fit_cbpe(scores, accepted["prediction"], accepted["label"], schema.classes))
    except UserError:
        return None  # too few rows to learn from: the page says that there is no estimate


def _matrix(schema: InputSchema, columns: Columns) -> npt.NDArray[np.float64]:
    """Features as numbers, [rows, features]: a category is its place in the schema, NaN where it is unknown."""
    return np.column_stack([_numbers(columns[f.name], f.kind, f.categories) for f in schema.features])


def _numbers(values: npt.NDArray[Any], kind: ColumnKind, categories: tuple[str, ...]) -> npt.NDArray[np.float64]:
    if kind is not ColumnKind.CATEGORICAL:
        return values.astype(np.float64)
    places = {name: float(place) for place, name in enumerate(categories)}
    return np.array([places.get(value, np.nan) for value in values], dtype=np.float64)
