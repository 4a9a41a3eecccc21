"""`aiqu doctor`: is everything here that the product stands on?"""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.services.doctor import examine

_SIGNS = {True: "ok  ", False: "BAD ", None: "    "}


@click.command()
@site_option
@json_option
def doctor(site: Path, as_json: bool) -> int:
    """Examine the installation and the site; exit status 1 when something is wrong."""
    findings = examine(site)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{_SIGNS[finding.ok]} {finding.topic}: {finding.sentence}")
    return 1 if any(finding.ok is False for finding in findings) else 0
