"""What a version's reference teaches about rows whose labels are still out, kept as a section of its profile.

Learned once, when the version is taken in: learning takes a second or more, reading what was learned does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.drift import ReferenceProfile
from aiqu_desktop.drift.estimation import CbpeCalibration, LossModel, fit_cbpe, fit_dle

CALIBRATION, LOSS_MODEL = "score-calibration", "loss-model"

Columns = Mapping[str, npt.NDArray[Any]]


def learn(schema: InputSchema, reference: Columns) -> CbpeCalibration | LossModel | None:
    """Calibrate the scores of a classifier, or learn the errors of a regressor, on the accepted rows.

    reference: every feature, `prediction`, `label` and the scores. None where it has too few labelled rows.
    """
    try:
        if schema.task is Task.REGRESSION:
            return fit_dle(feature_matrix(schema, reference), reference["prediction"], reference["label"])
        return fit_cbpe(score_matrix(schema, reference), reference["prediction"], reference["label"], schema.classes)
    except UserError:
        return None  # too few rows to learn from: the page says that there is no estimate


def keep(profile: ReferenceProfile, learned: CbpeCalibration | LossModel | None) -> ReferenceProfile:
    """The profile with what was learned beside its columns."""
    if learned is None:
        return profile
    name = CALIBRATION if isinstance(learned, CbpeCalibration) else LOSS_MODEL
    return profile.with_section(name, learned.to_arrays())


def kept(profile: ReferenceProfile, schema: InputSchema) -> CbpeCalibration | LossModel | None:
    """What `keep` put there; None for a profile that was built before profiles had it.

    Raises:
        UserError: if it is there and cannot be read.
    """
    if CALIBRATION in profile.sections:
        return CbpeCalibration.from_arrays(profile.sections[CALIBRATION], schema.classes)
    if LOSS_MODEL in profile.sections:
        return LossModel.from_arrays(profile.sections[LOSS_MODEL])
    return None


def score_matrix(schema: InputSchema, columns: Columns) -> npt.NDArray[np.float64]:
    """The scores in the order of the classes, [rows, classes]."""
    return np.column_stack([columns[name] for name in schema.score_columns]).astype(np.float64)


def feature_matrix(schema: InputSchema, columns: Columns) -> npt.NDArray[np.float64]:
    """Features as numbers, [rows, features]: a category is its place in the schema, NaN where it is unknown."""
    return np.column_stack([_numbers(columns[f.name], f.kind, f.categories) for f in schema.features])


def _numbers(values: npt.NDArray[Any], kind: ColumnKind, categories: tuple[str, ...]) -> npt.NDArray[np.float64]:
    if kind is not ColumnKind.CATEGORICAL:
        return values.astype(np.float64)
    places = {name: float(place) for place, name in enumerate(categories)}
    return np.array([places.get(value, np.nan) for value in values], dtype=np.float64)
