"""`aiqu drill`: try the way back on a twin of the target, and time it."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.words import CheckKind, RunState, Verdict
from aiqu_desktop.services.checking import check_now
from aiqu_desktop.services.opening import opened_site

_STATUS = {Verdict.GOOD: 0, Verdict.WARNING: 1, Verdict.BAD: 1, Verdict.UNKNOWN: 2}


@click.command()
@click.argument("model")
@site_option
@json_option
def drill(model: str, site: Path, as_json: bool) -> int:
    """Go back to the last known good of MODEL and forth again on a twin of its target; what serves is left alone.

    The seconds are kept as a check run, as those of the scheduled drills are. Exit status 1 when the way back does not
    work or is too slow, 2 when there is none to try.
    """
    with opened_site(site) as registry:
        (run,) = check_now(registry, model=model, kind=CheckKind.DRILL)
    if as_json:
        print_json(run)
    else:
        click.echo(run.summary)
    return _STATUS[run.verdict] if run.state is RunState.DONE else 2
