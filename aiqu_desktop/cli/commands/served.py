"""`aiqu served`: which version answered when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.served import Served, served_at, served_spans

_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d")

_STOPPED = {True: "stopped", False: "stopped, not proven"}


@click.command()
@click.argument("model")
@click.option("--at", type=click.DateTime(_FORMATS), metavar="TIME", help="One instant, UTC, such as 2009-02-14T06:00.")
@site_option
@json_option
def served(model: str, at: datetime | None, site: Path, as_json: bool) -> int:
    """Say which version of MODEL answered, at one instant or from the first one on; exit status 1 when none did."""
    with opened_site(site) as registry:
        found = served_spans(registry, model) if at is None else (served_at(registry, model, at),)
    if as_json:
        print_json(found if at is None else found[0])
    elif at is not None:
        _say(found[0])
    elif not found:
        click.echo(f"No version of {model} was ever live.")
    else:
        rows = [
            (
                str(each.version) if each.serves else _STOPPED[each.proven],
                iso(each.since),
                iso(each.until) if each.until else "now",
                each.kind.value,
                each.by,
                each.digest,
            )
            for each in found
        ]
        print_table("", ("version", "since", "until", "by a", "of", "SHA-256 of model.onnx"), rows)
    return 0 if found and (at is None or found[0].serves) else 1


def _say(one: Served) -> None:
    until = f"until {iso(one.until)}" if one.until else "until now"
    if not one.serves:
        sure = "nothing answered" if one.proven else f"NOT PROVEN: version {one.version} may have answered"
        click.echo(f"{one.model}: stopped from {iso(one.since)} {until}; {sure}.")
        click.echo(f"  stop {one.release} by {one.by}: {one.reason}")
        click.echo(f"  proof: {one.proof}")
        return
    click.echo(f"{one.model}: version {one.version}, live from {iso(one.since)} {until}.")
    click.echo(f"  SHA-256 of model.onnx: {one.digest}")
    click.echo(f"  {one.kind.value} {one.release} by {one.by}: {one.reason}")
    click.echo(f"  proof: {one.proof}")
