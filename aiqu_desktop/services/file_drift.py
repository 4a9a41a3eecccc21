"""Compare any two tables of the same columns: what `aiqu drift REF CUR` answers, without a site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import DriftLimits, DriftResult, build_profile, compare, compare_samples
from aiqu_desktop.ingest.tables import Table, read_table

# Up to so many reference rows the raw sample is compared; beyond, its profile, whose grid is exact enough.
_EXACT_ROWS = 500_000
_NUMBERS = (ColumnKind.NUMERIC, ColumnKind.INTEGER)


def compare_files(reference: Path, current: Path, *, limits: DriftLimits, jobs: int) -> DriftResult:
    """Compare the columns of two CSV or Parquet files, each in time order if it has one.

    Raises:
        UserError: if a file cannot be read, or the two do not have the same columns of the same kinds.
    """
    old, new = read_table(reference), read_table(current)
    _refuse_different_columns(reference, old, current, new)
    kinds = {name: _common_kind(name, old, new) for name in old.kinds}
    before, after = _columns(old, kinds), _columns(new, kinds)
    if old.rows <= _EXACT_ROWS:
        return compare_samples(before, after, kinds, limits=limits, jobs=jobs)
    return compare(build_profile(before, kinds), after, limits=limits, jobs=jobs)


def _refuse_different_columns(reference: Path, old: Table, current: Path, new: Table) -> None:
    for file, table, other, wanted in ((current, new, reference, old), (reference, old, current, new)):
        for name in wanted.kinds:
            if name in table.skipped:
                raise UserError(
                    f"The column {name!r} of {file.name} is of type {table.skipped[name]}, which cannot be compared; "
                    "give numbers, yes/no values or texts."
                )
            if name not in table.kinds:
                raise UserError(f"{file.name} has no column {name!r}, which {other.name} has; give both the same.")


def _common_kind(name: str, old: Table, new: Table) -> ColumnKind:
    before, after = old.kinds[name], new.kinds[name]
    if before is after or _is_blank(new.columns[name]):
        return before
    if _is_blank(old.columns[name]):
        return after
    if before in _NUMBERS and after in _NUMBERS:
        return ColumnKind.NUMERIC
    raise UserError(
        f"The column {name!r} is {before.value} in the first file and {after.value} in the second; make it one."
    )


def _is_blank(values: NDArray[Any]) -> bool:
    """Whether there is no value at all, so that the file itself does not tell the column's kind."""
    return all(value is None for value in values) if values.dtype == object else bool(np.isnan(values).all())


def _columns(table: Table, kinds: Mapping[str, ColumnKind]) -> dict[str, NDArray[Any]]:
    """The table's columns, blank ones in the form of the kind that the other file gives them."""
    columns = dict(table.columns)
    for name, kind in kinds.items():
        is_text = kind is ColumnKind.CATEGORICAL
        if (columns[name].dtype == object) is not is_text:
            columns[name] = np.full(table.rows, None if is_text else np.nan, dtype=object if is_text else np.float64)
    return columns
