"""`aiqu promote` and `aiqu rollback`: the same preview, the same guards as in the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.release import ReleaseOutcome
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases
from aiqu_desktop.services.opening import open_site

_SIGNS = {True: "pass  ", False: "FAIL  ", None: "advice"}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options of both commands ask for."""

    site: Path
    reason: str
    yes: bool
    only_preview: bool
    by: str
    as_json: bool


def _release_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options that both commands have; `command` gets them as one `_Wish`."""

    @click.option("--reason", default="", help="Why; needed.")
    @click.option("--yes", is_flag=True, help="Do it without asking; without a terminal this is needed.")
    @click.option("--preview", "only_preview", is_flag=True, help="Show what would change, and end.")
    @by_option
    @site_option
    @json_option
    @wraps(command)
    def gathered(
        reason: str, yes: bool, only_preview: bool, by: str, site: Path, as_json: bool, **arguments: Any
    ) -> int:
        return command(wish=_Wish(site, reason, yes, only_preview, by, as_json), **arguments)

    return gathered


@click.command()
@click.argument("model")
@click.argument("version", type=int)
@_release_options
def promote(model: str, version: int, wish: _Wish) -> int:
    """Put VERSION of MODEL live on its target, and prove it; exit status 1 when it is blocked or was undone."""
    return _on_site(wish, lambda registry: releases.preview_promotion(registry, model, version), releases.promote)


@click.command()
@click.argument("model")
@click.option("--to", "version", type=int, help="An earlier version instead of the last known good.")
@_release_options
def rollback(model: str, version: int | None, wish: _Wish) -> int:
    """Put the last known good version of MODEL live again, and prove it; exit status 1 when that was not possible."""
    return _on_site(wish, lambda registry: releases.preview_rollback(registry, model, version), releases.roll_back)


def _on_site(wish: _Wish, show: Callable[[Registry], Preview], act: Callable[..., ReleaseOutcome]) -> int:
    registry = open_site(wish.site)
    try:
        releases.settle(registry)
        return _carry_out(registry, show(registry), act, wish)
    finally:
        registry.close()


def _carry_out(registry: Registry, preview: Preview, act: Callable[..., ReleaseOutcome], wish: _Wish) -> int:
    if not wish.as_json:
        _show(preview)
    if wish.only_preview or preview.blocked:
        if wish.as_json:
            print_json({"done": False, "preview": preview.to_json()})
        return 1 if preview.blocked else 0
    if not wish.reason.strip():
        raise UserError(f"A {preview.kind.value} needs a reason; give one with --reason.")
    if not wish.yes and not _confirmed(preview):
        click.echo("Nothing was changed.", err=True)
        if wish.as_json:
            print_json({"done": False, "preview": preview.to_json()})
        return 1
    outcome = act(
        registry,
        preview,
        actor=wish.by,
        reason=wish.reason,
        on_step=lambda step, sentence: click.echo(f"  {step}: {sentence}", err=True),
    )
    if wish.as_json:
        print_json({"done": outcome.done, "outcome": outcome, "preview": preview.to_json()})
    else:
        click.echo(outcome.sentence)
    return 0 if outcome.done else 1


def _confirmed(preview: Preview) -> bool:
    if not sys.stdin.isatty():
        raise UserError(f"A {preview.kind.value} asks before it acts, and there is no terminal to ask at; add --yes.")
    return click.confirm(f"{preview.kind.value.capitalize()} of {preview.model} now?", default=False, err=True)


def _show(preview: Preview) -> None:
    former = f"version {preview.from_version.number}" if preview.from_version else "nothing"
    new = f"version {preview.to_version.number}" if preview.to_version else "nothing"
    click.echo(f"{preview.kind.value.capitalize()} of {preview.model}: {former} → {new}")
    for gate in preview.gates:
        click.echo(f"  {_SIGNS[gate.passed]} {gate.title}: {gate.finding}")
    if preview.way_back:
        click.echo(f"  way back: {preview.way_back}")
    if preview.blocked:
        click.echo(f"Blocked: {preview.blocking}")
