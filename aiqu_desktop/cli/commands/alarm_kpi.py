"""`aiqu alarms kpi`: the alarm system's own figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.services.alarm_figures import alarm_figures
from aiqu_desktop.services.opening import opened_site

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@click.command()
@click.option("--from", "start", type=click.DateTime(_FORMATS), help="First instant (UTC); 30 days before the last.")
@click.option("--to", "end", type=click.DateTime(_FORMATS), help="Last instant (UTC); the present.")
@site_option
@json_option
def kpi(start: datetime | None, end: datetime | None, site: Path, as_json: bool) -> int:
    """Show how many alarms come, floods, stale and chattering ones, and the shares of the priorities."""
    with opened_site(site) as registry:
        figures = alarm_figures(
            registry, None if start is None else as_utc(start), None if end is None else as_utc(end)
        )
    if as_json:
        print_json(figures)
        return 0
    average = "none" if figures.average_per_10_min is None else f"{figures.average_per_10_min:.4f}"
    click.echo(f"{iso(figures.start)} to {iso(figures.end)}: {figures.annunciated} alarms told to the operator")
    click.echo(f"  in 10 minutes: {average} on average, {figures.peak_in_10_min} at most")
    click.echo(f"  in flood: {figures.flood_share:.2%} of the time, {len(figures.floods)} floods")
    click.echo(f"  stale (more than 24 h): {len(figures.stale)}; chattering: {len(figures.chattering)}")
    click.echo(
        f"  held back now: {figures.shelved_now} shelved, {figures.suppressed_now} by design, "
        f"{figures.out_of_service_now} out of service"
    )
    for share in figures.priorities:
        names = " and ".join(priority.value for priority in share.priorities)
        told = "none" if share.share is None else f"{share.share:.0%}"
        click.echo(f"  {names}: {told} (recommended {share.recommended:.0%})")
    if figures.most_frequent:
        print_table(
            "",
            ("most frequent", "model", "times", "share"),
            [(f.title, f.model, str(f.count), f"{f.share:.0%}") for f in figures.most_frequent],
        )
    return 0
