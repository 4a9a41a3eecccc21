"""Options that several commands share."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from aiqu_desktop.core.paths import default_site

Command = TypeVar("Command", bound=Callable[..., Any])


def site_option(command: Command) -> Command:
    """--site DIR; without it, the user's own default site."""
    return click.option(
        "--site",
        "site",
        type=click.Path(path_type=Path, file_okay=False),
        default=default_site,
        show_default="the user's own site",
        help="The site's folder.",
    )(command)


def json_option(command: Command) -> Command:
    """--json: the answer as one JSON document on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")(command)


def by_option(command: Command) -> Command:
    """--by NAME: who does it; the login name by default."""
    return click.option("--by", default=getpass.getuser, show_default="your login name", help="Who does it.")(command)
