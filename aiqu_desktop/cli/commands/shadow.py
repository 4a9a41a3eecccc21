"""`aiqu shadow`: let a version answer beside the champion, end that, or see how the two compare."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import credentials, password_option
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import releases
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.shadow import begin_shadow, end_shadow, show_shadow
from aiqu_desktop.services.views import ShadowView


@click.command()
@click.argument("model")
@click.argument("version", type=int, required=False)
@click.option("--end", is_flag=True, help="End the shadow that runs.")
@click.option("--reason", default="", help="Why; needed to begin or end one.")
@click.option("--by", default="", help="Who signs: an engineer begins one; operators and approvers may end it too.")
@password_option
@site_option
@json_option
def shadow(
    model: str, version: int | None, end: bool, reason: str, by: str, password: Path | None, site: Path, as_json: bool
) -> int:
    """Let VERSION of MODEL answer the champion's rows beside it, without serving; with no VERSION, show how it stands.

    What serves does not change. Exit status 1 when a shadow runs and does not answer.
    """
    if end and version is not None:
        raise UserError("Give a version to begin its shadow, or --end to end the one that runs; not both.")
    if (end or version is not None) and not reason.strip():
        raise UserError("To begin or end a shadow needs a reason; give one with --reason.")
    with opened_site(site) as registry:
        if version is not None or end:
            releases.settle(registry)
            sentence = _act(registry, model, version, credentials(by, password), reason)
            if not as_json:
                click.echo(sentence)
                return 0
        view = show_shadow(registry, model)
    if as_json:
        print_json(view)
    else:
        _show(view)
    if version is not None or end:
        return 0
    return 1 if view.at_work is not None and not view.at_work.answers else 0


def _act(registry: Registry, model: str, version: int | None, who: Credentials, reason: str) -> str:
    if version is None:
        number = end_shadow(registry, model, who, reason)
        return f"The shadow of version {number} has ended; what it answered stays."
    begun = begin_shadow(registry, model, version, who, reason)
    return (
        f"Version {begun.version} answers beside version {begun.beside} from now on; version {begun.beside} serves as "
        f"before. 'aiqu shadow {model}' shows how they compare."
    )


def _show(view: ShadowView) -> None:
    click.echo(view.sentence)
    if view.shadow is not None:
        click.echo(f"  begun by {view.shadow.begun_by}: {view.shadow.reason}")
        if view.shadow.ended_at is not None:
            click.echo(f"  ended by {view.shadow.ended_by}: {view.shadow.end_reason}")
    work = view.at_work
    if work is None:
        return
    counts = f"{work.rows_answered:,} answered, {work.rows_failed:,} failed, {work.rows_dropped:,} dropped"
    click.echo(f"  in the line: {counts}")
    if work.row_ms is not None and work.champion_row_ms is not None:
        click.echo(f"  time a row: {work.row_ms:.3g} ms, the champion's {work.champion_row_ms:.3g} ms")
    if work.problem:
        click.echo(f"  problem: {work.problem}")
