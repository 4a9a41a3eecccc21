"""`aiqu check`: take in waiting files and run the checks at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table, progress_bar
from aiqu_desktop.core.words import CheckKind, RunState, Verdict
from aiqu_desktop.services.checking import check_now
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.views import CheckRunRow


@click.command()
@click.argument("model", required=False)
@click.option("--kind", type=click.Choice([kind.value for kind in CheckKind]), help="Only this kind of check.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads for the columns.")
@site_option
@json_option
def check(model: str | None, kind: str | None, jobs: int, site: Path, as_json: bool) -> int:
    """Run the checks of MODEL, or of all models, now; exit status 1 when an answer is bad, 2 when one is missing."""
    with opened_site(site) as registry, progress_bar("checking") as bar:
        rows = check_now(
            registry, model=model, kind=None if kind is None else CheckKind(kind), jobs=jobs, on_progress=bar.update
        )
    if as_json:
        print_json(rows)
    else:
        print_table(
            "",
            ("model", "check", "verdict", "rows", "answer"),
            [(r.model, r.kind.value, r.verdict.value, str(r.rows), r.summary) for r in rows],
        )
    return _status(rows)


def _status(rows: Sequence[CheckRunRow]) -> int:
    """One answer that is good stands beside others that lack data; none at all is no answer."""
    verdicts = {row.verdict for row in rows}
    if any(row.state is not RunState.DONE for row in rows) or verdicts == {Verdict.UNKNOWN}:
        return 2
    return 1 if verdicts & {Verdict.BAD, Verdict.WARNING} else 0
