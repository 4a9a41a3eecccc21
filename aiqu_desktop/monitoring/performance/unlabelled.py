"""Performance while the labels are out: the estimator of a version, taught by the rows that it was accepted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from aiqu_desktop.bundles.label_free import Columns, feature_matrix, kept, learn, score_matrix
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.estimation import CbpeCalibration, LossModel, estimate_classification, estimate_regression
from aiqu_desktop.monitoring.accepted import accepted_rows, reference_profile
from aiqu_desktop.registry import Registry

# Read once a process and version; a version never changes. None: its reference does not allow one.
_KNOWN: WeakKeyDictionary[Registry, dict[int, Estimator | None]] = WeakKeyDictionary()


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
            return estimate_classification(self.model, score_matrix(self.schema, columns), predictions).get(metric)
        if metric not in self.model.parts:
            return None
        asked = replace(self.model, parts={metric: self.model.parts[metric]})
        matrix = feature_matrix(self.schema, columns)
        return estimate_regression(asked, matrix, predictions.astype(np.float64)).get(metric)


def estimator_of(registry: Registry, version_id: int, schema: InputSchema) -> Estimator | None:
    """The version's estimator; None where its reference has too few labelled rows or no scores."""
    known = _KNOWN.setdefault(registry, {})
    if version_id not in known:
        learned = kept(reference_profile(registry, version_id), schema)
        if learned is None:  # taken in before profiles kept it, or too few rows to learn from
            learned = learn(schema, accepted_rows(registry, version_id, schema))
        known[version_id] = None if learned is None else Estimator(schema, learned)
    return known[version_id]
