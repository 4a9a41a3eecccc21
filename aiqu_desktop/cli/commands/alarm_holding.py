"""`aiqu alarms shelve`, `unshelve`, `out-of-service`, `suppressed` and `reset`."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import ShelfTime, Suppression
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import alarm_holding, alarms
from aiqu_desktop.services.opening import opened_site


@click.command()
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
@click.option("--for", "time", type=click.Choice([t.value for t in ShelfTime]), required=True, help="How long.")
@click.option("--reason", default="", help="Why; needed.")
@by_option
@site_option
@json_option
def shelve(ids: tuple[int, ...], time: str, reason: str, by: str, site: Path, as_json: bool) -> int:
    """Hold alarms back for a fixed time; they come back by themselves. A critical one: for an hour at most."""
    with opened_site(site) as registry:
        alarm_holding.shelve(registry, ids, ShelfTime(time), by=by, reason=reason)
        _answer(registry, as_json)
    return 0


@click.command()
@click.argument("model")
@click.argument("type", metavar="TYPE")
@click.option("--reason", default="", help="Why; needed.")
@by_option
@site_option
@json_option
def unshelve(model: str, type: str, reason: str, by: str, site: Path, as_json: bool) -> int:
    """Take the alarm TYPE of MODEL off the shelf before its time."""
    with opened_site(site) as registry:
        alarm_holding.end_suppression(registry, model, type, Suppression.SHELVED, by=by, reason=reason)
        _answer(registry, as_json)
    return 0


@click.command()
@click.argument("model")
@click.argument("type", metavar="TYPE")
@click.option("--end", is_flag=True, help="Put it back into service.")
@click.option("--reason", default="", help="Why; needed.")
@by_option
@site_option
@json_option
def out_of_service(model: str, type: str, end: bool, reason: str, by: str, site: Path, as_json: bool) -> int:
    """Take the alarm TYPE of MODEL out of service for maintenance, until somebody puts it back."""
    with opened_site(site) as registry:
        if end:
            kind = Suppression.OUT_OF_SERVICE
            alarm_holding.end_suppression(registry, model, type, kind, by=by, reason=reason)
        else:
            alarm_holding.take_out_of_service(registry, model, type, by=by, reason=reason)
        _answer(registry, as_json)
    return 0


@click.command()
@site_option
@json_option
def suppressed(site: Path, as_json: bool) -> int:
    """List everything that is held back: shelved, out of service, or by design of the plant's state."""
    with opened_site(site) as registry:
        _answer(registry, as_json)
    return 0


@click.command()
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
@click.option("--note", default="", help="What it was; needed.")
@by_option
@site_option
@json_option
def reset(ids: tuple[int, ...], note: str, by: str, site: Path, as_json: bool) -> int:
    """Let go of latched alarms, once they are acknowledged and what caused them is mended."""
    with opened_site(site) as registry:
        rows = alarms.reset(registry, ids, by=by, note=note)
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"Alarm {row.id} is {row.state.value}.")
    return 0


def _answer(registry: Registry, as_json: bool) -> None:
    rows = alarm_holding.list_suppressed(registry)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("Nothing is held back.")
    else:
        print_table(
            "",
            ("model", "type", "held", "until", "by", "now", "came", "times", "reason"),
            [
                (r.model, r.key, r.kind.value, iso(r.until) if r.until else "it is ended", r.by,
                 "present" if r.present else "gone", str(r.held_back), str(r.times), r.reason)
                for r in rows
            ],
        )  # fmt: skip
