"""The content of one good file: typed columns in the order of its kind, and what was remarked on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.ingest.columns import Column, Form

_SQL_TYPES = {
    Form.NUMBER: "DOUBLE",
    Form.INTEGER: "DOUBLE",  # wholeness is checked after reading: DuckDB would round 3.7 to 4 in silence
    Form.BOOLEAN: "BOOLEAN",
    Form.TEXT: "VARCHAR",
    Form.INSTANT: "TIMESTAMPTZ",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """kind: "observations", "labels" or "shadow". columns: see `Form` for the arrays' types; all of one length."""

    kind: str
    columns: dict[str, NDArray[Any]]
    note: str = ""

    @property
    def rows(self) -> int:
        return int(self.columns["id"].size)


def sql_type(column: Column) -> str:
    """The type that a column is read as."""
    return _SQL_TYPES[column.form]


def plain(values: NDArray[Any], form: Form) -> NDArray[Any]:
    """What DuckDB returned, without masks: missing is NaN, NaT or None."""
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.ma.getdata(values)
    if form is Form.TEXT:
        texts = data.astype(object)
        if mask is not None:
            texts[mask] = None
        return texts
    if form is Form.INSTANT:
        instants = data.astype("datetime64[us]")
        if mask is not None:
            instants[mask] = np.datetime64("NaT")
        return instants
    numbers = data.astype(np.float64)
    if mask is not None:
        numbers[mask] = np.nan
    return numbers
