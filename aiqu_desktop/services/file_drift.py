"""Compare any two tables of the same columns: what `aiqu drift REF CUR` answers, without a site."""

from __future__ import annotations

from pathlib import Path

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
    kinds = {name: _common_kind(name, old.kinds[name], new.kinds[name]) for name in old.kinds}
    if old.rows <= _EXACT_ROWS:
        return compare_samples(old.columns, new.columns, kinds, limits=limits, jobs=jobs)
    return compare(build_profile(old.columns, kinds), new.columns, limits=limits, jobs=jobs)


def _refuse_different_columns(reference: Path, old: Table, current: Path, new: Table) -> None:
    missing = [name for name in old.kinds if name not in new.kinds]
    added = [name for name in new.kinds if name not in old.kinds]
    if missing:
        raise UserError(f"{current.name} has no column {missing[0]!r}, which {reference.name} has; give both the same.")
    if added:
        raise UserError(f"{current.name} has a column {added[0]!r}, which {reference.name} lacks; give both the same.")


def _common_kind(name: str, old: ColumnKind, new: ColumnKind) -> ColumnKind:
    if old is new:
        return old
    if old in _NUMBERS and new in _NUMBERS:
        return ColumnKind.NUMERIC
    raise UserError(f"The column {name!r} is {old.value} in the first file and {new.value} in the second; make it one.")
