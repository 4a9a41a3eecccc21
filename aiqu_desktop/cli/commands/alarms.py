"""`aiqu alarms`: list alarms and acknowledge them; below it, what holds them back, their records and their figures."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.lazy_group import LazyGroup
from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.services.alarm_holding import list_suppressed
from aiqu_desktop.services.alarms import acknowledge, list_alarms
from aiqu_desktop.services.opening import opened_site

_BELOW = {
    "history": "alarm_records:history",
    "reset": "alarm_holding:reset",
    "shelve": "alarm_holding:shelve",
    "unshelve": "alarm_holding:unshelve",
    "out-of-service": "alarm_holding:out_of_service",
    "suppressed": "alarm_holding:suppressed",
    "types": "alarm_records:types",
    "kpi": "alarm_kpi:kpi",
}


@click.group(cls=LazyGroup, package="aiqu_desktop.cli.commands", lazy=_BELOW, invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also those that are back to normal or held back.")
@click.option("--model", help="Only those of this model.")
@click.option("--ack", type=int, multiple=True, metavar="ID", help="Acknowledge this alarm; may be repeated.")
@click.option("--note", default="", help="What is done about it; needed with --ack.")
@by_option
@site_option
@json_option
@click.pass_context
def alarms(
    context: click.Context,
    everything: bool,
    model: str | None,
    ack: tuple[int, ...],
    note: str,
    by: str,
    site: Path,
    as_json: bool,
) -> int:
    """List open alarms, worst first; exit status 1 while any is unacknowledged."""
    if context.invoked_subcommand is not None:
        return 0  # its own answer counts
    with opened_site(site) as registry:
        if ack:
            acknowledge(registry, ack, by=by, note=note)
        rows = list_alarms(registry, only_open=not everything, model=model)
        held = len(list_suppressed(registry))
    if as_json:
        print_json(rows)
    else:
        if rows:
            print_table(
                "",
                ("id", "priority", "state", "model", "since", "message"),
                [
                    (str(r.id), r.priority.value, r.state.value, r.model, iso(r.activated_at),
                     f"First out. {r.message}" if r.first_out else r.message)
                    for r in rows
                ],
            )  # fmt: skip
        else:
            click.echo("No alarm is open." if not everything else "There was never an alarm.")
        if held:
            click.echo(f"{held} held back; 'aiqu alarms suppressed' lists them.")
    return 1 if any(row.needs_acknowledgement for row in rows) else 0
