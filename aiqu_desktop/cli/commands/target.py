"""`aiqu target`: where each model's versions run."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.cli.passwords import credentials, password_file, password_option
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import TargetKind
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.targets import choose_target, list_targets, show_target


@click.group()
def target() -> None:
    """Where each model's versions run: the site's folder, Triton, MLServer, MLflow or a command of your own."""


@target.command("list")
@site_option
@json_option
def list_(site: Path, as_json: bool) -> int:
    """The target of every model."""
    with opened_site(site) as registry:
        rows = list_targets(registry)
    if as_json:
        print_json(rows)
    else:
        cells = [[row.model, row.kind.value, row.place, iso(row.at) if row.at else "", row.by] for row in rows]
        print_table("", ["model", "kind", "place", "since", "chosen by"], cells)
    return 0


@target.command()
@click.argument("model")
@site_option
@json_option
def show(model: str, site: Path, as_json: bool) -> int:
    """How the target of MODEL is set."""
    with opened_site(site) as registry:
        row = show_target(registry, model)
    if as_json:
        print_json(row)
        return 0
    click.echo(f"{row.model}: {row.place}")
    for name, value in row.settings.items():
        click.echo(f"  {name}: {value}")
    if row.at is not None:
        click.echo(f"  chosen by {row.by} at {iso(row.at)}: {row.reason}")
    return 0


@target.command("set")
@click.argument("model")
@click.argument("kind", type=click.Choice([kind.value for kind in TargetKind]))
@click.argument("settings", nargs=-1)
@click.option("--reason", default="", help="Why; needed.")
@click.option("--by", default="", help="The engineer who chooses it.")
@password_option
@click.option("--approver", default="", help="The approver who signs as well.")
@password_file("--approver-password-file", "approver_password", "of the approver")
@site_option
@json_option
def set_(
    model: str,
    kind: str,
    settings: tuple[str, ...],
    reason: str,
    by: str,
    password: Path | None,
    approver: str,
    approver_password: Path | None,
    site: Path,
    as_json: bool,
) -> int:
    """Give MODEL the target KIND with SETTINGS such as url=http://127.0.0.1:8000; two people sign it.

    A live version is staged, switched and proven on the new target first; exit status 1 when it does not prove it.
    For a hook, `command=` is given once for the program and once for each argument.
    """
    with opened_site(site) as registry:
        done = choose_target(
            registry,
            model,
            TargetKind(kind),
            _read(settings),
            by=credentials(by, password),
            approver=credentials(approver, approver_password, flag="--approver"),
            reason=reason,
        )
    if as_json:
        print_json({"changed": done.changed, "sentence": done.sentence})
    else:
        click.echo(done.sentence)
    return 0


def _read(settings: tuple[str, ...]) -> dict[str, object]:
    """`name=value` words; yes and no are truth values, `seconds` is a number, a repeated `command` makes a list."""
    found: dict[str, object] = {}
    words: list[str] = []
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UserError(f"{setting!r} is no setting; write name=value, for example url=http://127.0.0.1:8000.")
        if name == "command":
            words.append(value)
        elif name in found:
            raise UserError(f"The setting {name!r} is given twice; give it once.")
        else:
            found[name] = _value(name, value)
    return found | ({"command": words} if words else {})


def _value(name: str, value: str) -> object:
    if value in ("yes", "no"):
        return value == "yes"
    if name != "seconds":
        return value
    try:
        return float(value)
    except ValueError as error:
        raise UserError(f"{value!r} is no number of seconds; give one such as 8.") from error
