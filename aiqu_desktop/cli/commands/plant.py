"""`aiqu plant`: what the plant is doing, and when its shifts begin."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import PlantState
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import plant as services
from aiqu_desktop.services.opening import opened_site


@click.group()
def plant() -> None:
    """What the plant is doing; some alarms say nothing while it is changed over, cleaned or stopped."""


@plant.command("show")
@site_option
@json_option
def show(site: Path, as_json: bool) -> int:
    """Show the state of each model's part of the plant, and when the shifts begin."""
    with opened_site(site) as registry:
        _answer(registry, as_json)
    return 0


@plant.command("set")
@click.argument("state", type=click.Choice([state.value for state in PlantState]))
@click.option("--model", help="Only the part that this model watches; else the whole plant.")
@click.option("--reason", default="", help="Why; needed.")
@by_option
@site_option
@json_option
def set_(state: str, model: str | None, reason: str, by: str, site: Path, as_json: bool) -> int:
    """Say what the plant is doing; alarms are held back, or told, as their records say."""
    with opened_site(site) as registry:
        services.set_plant_state(registry, PlantState(state), model=model, by=by, reason=reason)
        _answer(registry, as_json)
    return 0


@plant.command("column")
@click.argument("model")
@click.argument("column", required=False, default="")
@click.argument("states", nargs=-1, metavar="VALUE=STATE…")
@click.option("--end", is_flag=True, help="No column tells it any more.")
@by_option
@site_option
@json_option
def column_(
    model: str, column: str, states: tuple[str, ...], end: bool, by: str, site: Path, as_json: bool
) -> int:  # fmt: skip
    """Let the feature COLUMN of MODEL's observations tell the state, such as `mode 0=running 1=cleaning`."""
    if not end and not column:
        raise UserError("Name the column and what its values mean, or give --end.")
    pairs = [word.rpartition("=") for word in states]
    wrong = next((word for word, pair in zip(states, pairs, strict=True) if not pair[0] or not pair[2]), None)
    if wrong is not None:
        raise UserError(f"{wrong!r} is not VALUE=STATE, such as 1=cleaning.")
    with opened_site(site) as registry:
        meaning = {value: state for value, _, state in pairs}
        services.set_state_column(registry, model, "" if end else column, meaning, by=by)
        _answer(registry, as_json)
    return 0


@plant.command("shifts")
@click.argument("starts", nargs=-1, required=True, metavar="HH:MM…")
@click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Europe/Stockholm.")
@by_option
@site_option
@json_option
def shifts(starts: tuple[str, ...], zone: str, by: str, site: Path, as_json: bool) -> int:
    """Set when the shifts begin; an alarm shelved until the end of the shift comes back then."""
    with opened_site(site) as registry:
        services.set_shift_times(registry, starts, zone, by=by)
        _answer(registry, as_json)
    return 0


def _answer(registry: Registry, as_json: bool) -> None:
    rows = services.plant_states(registry)
    starts, zone = services.shift_times(registry)
    if as_json:
        print_json({"models": rows, "shifts": {"starts": starts, "zone": zone}})
        return
    print_table(
        "",
        ("model", "state", "since", "by", "column", "reason"),
        [(r.model, r.state.value, iso(r.since) if r.since else "-", r.by, r.column, r.reason) for r in rows],
    )
    click.echo(f"Shifts begin at {', '.join(starts)} ({zone}).")
