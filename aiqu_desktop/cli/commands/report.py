"""`aiqu report`: the PDF report of one model and period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.reporting import write_model_report

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@click.command()
@click.argument("model")
@click.option("--from", "start", type=click.DateTime(_FORMATS), help="First instant (UTC); the first observation.")
@click.option("--to", "end", type=click.DateTime(_FORMATS), help="Last instant (UTC); the present.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The PDF file; else in SITE/reports.")
@by_option
@site_option
@json_option
def report(
    model: str, start: datetime | None, end: datetime | None, output: Path | None, by: str, site: Path, as_json: bool
) -> int:
    """Write the report of MODEL as a PDF file."""
    with opened_site(site) as registry:
        path = write_model_report(
            registry,
            model,
            None if start is None else as_utc(start),
            None if end is None else as_utc(end),
            by=by,
            path=None if output is None else output.absolute(),
        )
    if as_json:
        print_json({"report": path})
    else:
        click.echo(f"The report is {path}")
    return 0
