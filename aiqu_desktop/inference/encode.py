"""Turns the columns of observations into the tensors that an ONNX model takes.

Missing is NaN in a numeric column, and "", None or NaN in a categorical one; masked means missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature
from aiqu_desktop.core.words import ColumnKind

UNSEEN = -1.0
_TRUE = frozenset({"1", "true", "yes", "t", "y", "1.0"})
_FALSE = frozenset({"0", "false", "no", "f", "n", "0.0"})

Columns = Mapping[str, NDArray[Any]]


def row_count(columns: Columns, features: tuple[Feature, ...]) -> int:
    """How many rows the columns hold.

    Raises:
        UserError: if a feature has no column, or columns differ in length.
    """
    missing = [feature.name for feature in features if feature.name not in columns]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UserError(f"The column {missing[0]!r}{more} is missing; the model needs every feature of its schema.")
    lengths = {len(columns[feature.name]) for feature in features}
    if len(lengths) != 1:
        raise UserError(f"The feature columns differ in length ({sorted(lengths)}); give each row every feature.")
    return lengths.pop()


def as_numbers(values: NDArray[Any], feature: Feature) -> NDArray[np.float64]:
    """One column as float64: numbers as they are, categories by index (-1 unseen or missing), booleans 0/1.

    Raises:
        UserError: if a value of a numeric or boolean column is not one.
    """
    if feature.kind is ColumnKind.CATEGORICAL:
        index = {name: float(place) for place, name in enumerate(feature.categories)}
        return np.array([index.get(text, UNSEEN) for text in as_texts(values)], dtype=np.float64)
    if np.ma.isMaskedArray(values) and values.dtype.kind in "biuf":
        return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    try:
        return np.array([_number(value, feature.kind) for value in _plain(values)], dtype=np.float64)
    except (TypeError, ValueError) as error:
        problem = f"The column {feature.name!r} holds a value that is not {feature.kind.value}: {error}."
        raise UserError(problem) from error


def as_texts(values: NDArray[Any]) -> list[str]:
    """One categorical column as texts, "" where missing; whole numbers lose their ".0"."""
    return [_text(value) for value in _plain(values)]


def _plain(values: NDArray[Any]) -> list[Any]:
    """Python objects, None where a masked array is masked."""
    return list(values.tolist())


def _number(value: Any, kind: ColumnKind) -> float:
    if value is None:
        return np.nan
    if not isinstance(value, str):
        return float(value)
    text = value.strip()
    if not text:
        return np.nan
    if kind is ColumnKind.BOOLEAN:
        if text.lower() in _TRUE:
            return 1.0
        if text.lower() in _FALSE:
            return 0.0
        raise ValueError(f"{value!r} is neither true nor false")
    return float(text)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
