"""`aiqu drift REF CUR`: did the columns of a table change? Any two CSV or Parquet files, no site needed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

import click

from aiqu_desktop.cli.options import json_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift import ColumnDrift, DriftLimits
from aiqu_desktop.services.file_drift import FileComparison, compare_files

_FILE = click.Path(path_type=Path)
_DEFAULT = DriftLimits()


@click.command()
@click.argument("reference", type=_FILE)
@click.argument("current", type=_FILE)
@click.option(
    "--limit",
    type=click.FloatRange(0.0),
    default=_DEFAULT.numeric_limit,
    show_default=True,
    help="Least effect that counts: Wasserstein distance in reference spreads, or Jensen-Shannon distance.",
)
@click.option(
    "--alpha",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    default=_DEFAULT.alpha,
    show_default=True,
    help="False-discovery rate over all columns.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads for the columns.")
@click.option(
    "--exact/--counted",
    default=None,
    help="Keep all rows in memory and compare them exactly, or count them as they pass. "
    "Default: exact up to 500,000 rows.",
)
@click.option("--save-profile", type=_FILE, help="Write the profile of REFERENCE to this file (.profile).")
@json_option
def drift(
    reference: Path,
    current: Path,
    limit: float,
    alpha: float,
    jobs: int,
    exact: bool | None,
    save_profile: Path | None,
    as_json: bool,
) -> int:
    """Compare the table CURRENT with the table REFERENCE; exit status 1 when it drifted.

    REFERENCE may also be the profile of a table, which --save-profile wrote. Every row counts, whatever the size of the
    files.
    """
    limits = DriftLimits(numeric_limit=limit, categorical_limit=limit, alpha=alpha)
    with _Progress(shown=not as_json) as progress:
        wish = FileComparison(limits, jobs, exact, save_profile, progress.show)
        result = compare_files(reference, current, wish)
    if as_json:
        print_json({"reference": reference, "current": current, **result.to_json()})
    else:
        worst_first = sorted(result.columns, key=lambda column: (not column.drifted, -(column.effect or 0.0)))
        print_table(
            "",
            ("column", "verdict", "measure", "effect", "limit", "p", "q", "method", "rows"),
            [_row(column) for column in worst_first],
        )
        click.echo(f"{len(result.drifted_columns)} of {result.compared} compared columns drifted; rule: {result.rule}.")
    if not result.enough_data:
        raise UserError(
            f"There is too little data to compare: at least {limits.min_rows} rows are needed on each side."
        )
    return 1 if result.drifted else 0


class _Progress:
    """A bar on the terminal; nothing where the errors go to a file or a program."""

    _STEPS = 1000

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown and sys.stderr.isatty()
        self._bar = click.progressbar(length=self._STEPS, label="Reading", file=sys.stderr, hidden=not self._shown)
        self._done = 0

    def show(self, share: float) -> None:
        steps = round(share * self._STEPS)
        self._bar.update(steps - self._done)
        self._done = steps

    def __enter__(self) -> _Progress:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)


def _row(column: ColumnDrift) -> tuple[str, ...]:
    verdict = "DRIFTED" if column.drifted else "same" if column.enough_data else "unknown"
    return (
        column.name,
        verdict,
        column.effect_name,
        _number(column.effect),
        _number(column.limit),
        _number(column.p_value),
        _number(column.q_value),
        column.method,
        f"{column.n_current:,}",
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
