"""Columns as they arrive, brought to the two forms that the statistics know: finite numbers and category names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Column: TypeAlias = NDArray[Any]

LARGEST = 1e150  # a magnitude beyond this counts as infinite: its square would overflow

NUMERIC_KINDS = frozenset({ColumnKind.NUMERIC, ColumnKind.INTEGER})
PROFILED_AS_NUMBERS = NUMERIC_KINDS | {ColumnKind.TIMESTAMP}


def as_numbers(name: str, values: Column | Sequence[Any]) -> Floats:
    """`values` as float64, missing as NaN; datetime64 as seconds since 1970 in UTC.

    Raises:
        UserError: if a value is no number or the column is not one-dimensional.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        values = seconds_of(values)
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"Column {name!r} holds a value that is no number ({error}); correct the file.") from error
    if numbers.ndim != 1:
        raise UserError(f"Column {name!r} has {numbers.ndim} dimensions; give one value a row.")
    return numbers


def seconds_of(instants: Column) -> Floats:
    """datetime64 values as seconds since 1970, NaT as NaN; exact to a microsecond for the next two centuries."""
    micros = instants.astype("datetime64[us]")
    seconds: Floats = micros.astype(np.int64) / 1e6
    seconds[np.isnat(micros)] = np.nan
    return seconds


def split_numbers(numbers: Floats) -> tuple[Floats, int, int]:
    """The usable values in order, and how many rows are missing (NaN) and infinite (or beyond `LARGEST`)."""
    if not numbers.size or (numbers.min() >= -LARGEST and numbers.max() <= LARGEST):
        return numbers, 0, 0
    usable = np.abs(numbers) <= LARGEST
    missing = int(np.isnan(numbers).sum())
    finite = numbers[usable]
    return finite, missing, numbers.size - finite.size - missing


def as_categories(values: Column | Sequence[Any], kind: ColumnKind = ColumnKind.CATEGORICAL) -> list[str | None]:
    """`values` as text, missing (None, NaN) as None; booleans of any spelling become "true" and "false"."""
    rows = values.tolist() if isinstance(values, np.ndarray) else list(values)
    spelling = _boolean_name if kind is ColumnKind.BOOLEAN else str
    names: dict[Any, str | None] = {}
    for value in set(rows):
        missing = value is None or (isinstance(value, float) and value != value)
        names[value] = None if missing else spelling(value)
    return [names[value] for value in rows]


def _boolean_name(value: Any) -> str:
    text = str(value).strip().lower()
    if text in ("true", "1", "1.0", "yes"):
        return "true"
    if text in ("false", "0", "0.0", "no"):
        return "false"
    return text
