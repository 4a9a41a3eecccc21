"""`aiqu alarms`: list alarms, and acknowledge them."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.services.alarms import acknowledge, list_alarms
from aiqu_desktop.services.opening import opened_site


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are back to normal.")
@click.option("--model", help="Only those of this model.")
@click.option("--ack", type=int, multiple=True, metavar="ID", help="Acknowledge this alarm; may be repeated.")
@click.option("--note", default="", help="What is done about it; needed with --ack.")
@by_option
@site_option
@json_option
def alarms(
    everything: bool, model: str | None, ack: tuple[int, ...], note: str, by: str, site: Path, as_json: bool
) -> int:
    """List open alarms, worst first; exit status 1 while any is unacknowledged."""
    with opened_site(site) as registry:
        if ack:
            acknowledge(registry, ack, by=by, note=note)
        rows = list_alarms(registry, only_open=not everything, model=model)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No alarm is open." if not everything else "There was never an alarm.")
    else:
        print_table(
            "",
            ("id", "priority", "state", "model", "since", "message"),
            [(str(r.id), r.priority.value, r.state.value, r.model, iso(r.activated_at), r.message) for r in rows],
        )
    return 1 if any(row.needs_acknowledgement for row in rows) else 0
