"""`aiqu retrain`: a folder for the data scientists, with the drifted window, its evidence and the site's wishes."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.retraining import request_retraining


@click.command()
@click.argument("model")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="A folder that is made by it.")
@click.option("--wishes", default="", help="What is asked for, as Markdown.")
@click.option("--wishes-file", type=click.Path(path_type=Path, dir_okay=False), help="The same from a file.")
@click.option("--without", multiple=True, metavar="FEATURE", help="A feature that stays here; may be repeated.")
@click.option("--days", type=float, help="How far back; the policy's number by default.")
@by_option
@site_option
@json_option
def retrain(
    model: str,
    output: Path,
    wishes: str,
    wishes_file: Path | None,
    without: tuple[str, ...],
    days: float | None,
    by: str,
    site: Path,
    as_json: bool,
) -> int:
    """Write a retraining request for MODEL; features that its policy calls confidential are never in it."""
    if wishes_file is not None:
        try:
            wishes = wishes_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(f"{wishes_file} cannot be read as text ({error}); correct that.") from error
    with opened_site(site) as registry:
        found = request_retraining(registry, model, output, by=by, wishes=wishes, without=without, days=days)
    if as_json:
        print_json(found)
    else:
        click.echo(
            f"{found.folder} holds {found.rows:,} observations of {model}, {found.labelled:,} of them with labels, and "
            f"the evidence; {found.left_out} features stayed here."
        )
    return 0
