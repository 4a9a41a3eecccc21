"""Compare any two tables of the same columns: what `aiqu drift REF CUR` answers, without a site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import write_atomically
from aiqu_desktop.drift import DriftLimits, DriftResult, ReferenceProfile, build_profile, compare_samples
from aiqu_desktop.drift.profiles import ProfileBuilder
from aiqu_desktop.drift.univariate import WindowCounter
from aiqu_desktop.drift.verdict import compare_counted
from aiqu_desktop.ingest.tables import TableScan, scan_table
from aiqu_desktop.services.table_blocks import Plan, columns_in_memory, plan_of, plan_of_profile, pump

PROFILE_SUFFIX = ".profile"
# Up to so many rows on both sides the samples themselves are compared; beyond, every row is counted on a grid.
_EXACT_ROWS = 500_000
_MEMORY = "200MB"  # what DuckDB may take: blocks pass through
_READERS = 1  # threads of DuckDB's: the one that takes its blocks; the others count


@dataclass(frozen=True, slots=True)
class FileComparison:
    """How two files are compared.

    jobs: threads that share the columns. exact: keep both files in memory and compare the samples themselves; None does
    so for files of at most 500,000 rows. save_profile: where the reference's profile is written.
    on_progress: called with the share of all rows that has been read, 0 to 1, by this thread.
    """

    limits: DriftLimits
    jobs: int = 2
    exact: bool | None = None
    save_profile: Path | None = None
    on_progress: Callable[[float], None] = lambda _: None


def compare_files(reference: Path, current: Path, wish: FileComparison) -> DriftResult:
    """Compare the columns of two CSV or Parquet files, each in time order if it has one.

    reference: may also be the profile of one, as `save_profile` wrote it. Every row of both files counts.
    Raises:
        UserError: if a file cannot be read, or the two do not have the same columns of the same kinds.
    """
    if reference.suffix.casefold() == PROFILE_SUFFIX:
        return _against_profile(reference, current, wish)
    with (
        scan_table(reference, memory=_MEMORY, threads=_READERS) as old,
        scan_table(current, memory=_MEMORY, threads=_READERS) as new,
    ):
        plan = plan_of(reference, old, current, new)
        small = max(old.rows, new.rows) <= _EXACT_ROWS
        if small if wish.exact is None else wish.exact:
            before, after = columns_in_memory(old, plan), columns_in_memory(new, plan)
            if wish.save_profile is not None:
                _save(build_profile(before, plan.kinds), wish.save_profile)
            wish.on_progress(1.0)
            return compare_samples(before, after, plan.kinds, limits=wish.limits, jobs=wish.jobs)
        total = old.rows + new.rows
        builder = ProfileBuilder(plan.kinds)
        pump(old, plan, builder.add_column, wish.jobs, lambda rows: wish.on_progress(rows / total))
        profile = builder.finish(jobs=wish.jobs)
        if wish.save_profile is not None:
            _save(profile, wish.save_profile)
        return _counted(profile, new, plan, wish, done=old.rows)


def _against_profile(reference: Path, current: Path, wish: FileComparison) -> DriftResult:
    if wish.exact:
        raise UserError(f"{reference.name} is a profile, which holds no rows to compare exactly; give the table.")
    if wish.save_profile is not None:
        raise UserError(f"{reference.name} is a profile already; copy it instead of saving it again.")
    try:
        profile = ReferenceProfile.from_bytes(reference.read_bytes())
    except FileNotFoundError as error:
        raise UserError(f"There is no file {reference}; give the path of a profile or of a table.") from error
    except OSError as error:
        raise UserError(f"{reference} cannot be read ({error.strerror}); check its permissions.") from error
    with scan_table(current, memory=_MEMORY, threads=_READERS) as new:
        return _counted(profile, new, plan_of_profile(reference, profile, current, new), wish, done=0)


def _counted(profile: ReferenceProfile, scan: TableScan, plan: Plan, wish: FileComparison, *, done: int) -> DriftResult:
    window = WindowCounter(profile)
    total = max(1, done + scan.rows)
    pump(scan, plan, window.add_column, wish.jobs, lambda rows: wish.on_progress((done + rows) / total))
    wish.on_progress(1.0)
    return compare_counted(window, limits=wish.limits)


def _save(profile: ReferenceProfile, path: Path) -> None:
    if path.suffix.casefold() != PROFILE_SUFFIX:
        raise UserError(f"{path} does not end in {PROFILE_SUFFIX}; give the profile a name that does.")
    write_atomically(path, profile.to_bytes())
