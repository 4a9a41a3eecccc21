"""`aiqu alarms types` and `aiqu alarms history`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import Consequence, PlantState
from aiqu_desktop.services import alarm_types
from aiqu_desktop.services.alarms import alarm_history
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.views import AlarmTypeRow

_STATES = [state.value for state in PlantState if state is not PlantState.RUNNING]


@click.command()
@click.argument("type", metavar="[TYPE]", required=False)
@click.option("--cause", help="What makes it ring.")
@click.option("--consequence", help="What comes of it if nobody responds.")
@click.option("--response", help="What the operator should do.")
@click.option("--severity", type=click.Choice([c.value for c in Consequence]), help="How bad the consequence is.")
@click.option("--respond-within", type=int, metavar="MINUTES", help="In what time a response still helps.")
@click.option("--on-delay", type=int, metavar="ANSWERS", help="Bad answers in a row that raise it.")
@click.option("--off-delay", type=int, metavar="ANSWERS", help="Good answers in a row that clear it.")
@click.option("--deadband", type=float, metavar="SHARE", help="How clear of its limit a value must be to clear it.")
@click.option("--latching/--not-latching", default=None, help="Whether a person has to reset it.")
@click.option("--suppressed-in", type=click.Choice([*_STATES, "none"]), multiple=True,
              help="State of the plant that silences it; may be repeated.")  # fmt: skip
@click.option("--reason", default="", help="Why it is changed; needed with a change.")
@by_option
@site_option
@json_option
def types(type: str | None, reason: str, by: str, site: Path, as_json: bool, **wishes: Any) -> int:
    """List the record of every alarm type, or show TYPE in full; with a change, change it."""
    changes = {name: value for name, value in wishes.items() if value is not None and value != ()}
    if "suppressed_in" in changes:
        changes["suppressed_in"] = [state for state in changes["suppressed_in"] if state != "none"]
    if changes and type is None:
        raise click.UsageError("Say which type is to be changed; 'aiqu alarms types' lists them.")
    with opened_site(site) as registry:
        rows: tuple[AlarmTypeRow, ...]
        if type is None:
            rows = alarm_types.list_types(registry)
        elif changes:
            rows = (alarm_types.change(registry, type, changes, by=by, reason=reason),)
        else:
            rows = (alarm_types.show_type(registry, type),)
    if as_json:
        print_json(rows if type is None else rows[0])
    elif type is not None:
        _print_one(rows[0])
    else:
        print_table(
            "",
            ("type", "priority", "respond within", "consequence", "response"),
            [(r.key, r.priority.value, _minutes(r.respond_within_minutes), r.consequence, r.response) for r in rows],
        )
    return 0


@click.command()
@click.argument("id", type=int)
@site_option
@json_option
def history(id: int, site: Path, as_json: bool) -> int:
    """Show what happened to alarm ID, oldest first."""
    with opened_site(site) as registry:
        rows = alarm_history(registry, id)
    if as_json:
        print_json(rows)
    else:
        print_table(
            "",
            ("at", "what", "from", "to", "by", "note"),
            [(iso(r.at), r.event.value, r.before.value, r.after.value, r.by, r.note) for r in rows],
        )
    return 0


def _print_one(row: AlarmTypeRow) -> None:
    silent = ", ".join(state.value for state in row.suppressed_in) or "no state of the plant"
    delays = f"on {_answers(row.on_delay)}, off {_answers(row.off_delay)}"
    latches = "latching" if row.latching else "not latching"
    for line in (
        f"{row.title} ({row.key}): {row.priority.value}",
        f"  cause: {row.cause}",
        f"  consequence: {row.consequence} ({row.severity.value})",
        f"  response: {row.response}",
        f"  time to respond: {_minutes(row.respond_within_minutes)}",
        f"  delays: {delays}; deadband: {row.deadband:.0%} of the limit; {latches}",
        f"  suppressed in: {silent}",
    ):
        click.echo(line)
    if row.changed_at is not None:
        click.echo(f"  changed by {row.changed_by} at {iso(row.changed_at)}: {row.change_reason}")


def _answers(delay: int | None) -> str:
    return "as its check is set" if delay is None else f"{delay} answer{'s' if delay > 1 else ''}"


def _minutes(minutes: int) -> str:
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
