"""`aiqu import`: take a bundle in as a new version."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import opened_site


@click.command("import")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="Why it was brought in.")
@click.option("--create", is_flag=True, help="Make the site if there is none yet.")
@by_option
@site_option
@json_option
def import_command(bundle: Path, reason: str, create: bool, by: str, site: Path, as_json: bool) -> int:
    """Check the folder BUNDLE and take it in as a version; nothing goes live by it."""
    with opened_site(site, create=create) as registry:
        imported = import_version(registry, bundle, by=by, reason=reason)
    if as_json:
        print_json(imported)
    else:
        click.echo(imported.sentence)
    return 0
