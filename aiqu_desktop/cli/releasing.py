"""What the commands that change what serves share: showing the preview, asking, and carrying out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.release import ReleaseOutcome
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard
from aiqu_desktop.services.views import RequestRow

_SIGNS = {True: "pass  ", False: "FAIL  ", None: "advice"}


def show_preview(preview: Preview) -> None:
    """The gates, the way back, and what blocks."""
    former = f"version {preview.from_version.number}" if preview.from_version else "nothing"
    new = f"version {preview.to_version.number}" if preview.to_version else "nothing"
    if preview.stopped is not None:
        former = f"stopped ({former})"
    click.echo(f"{preview.kind.value.capitalize()} of {preview.model}: {former} → {new}")
    for gate in preview.gates:
        click.echo(f"  {_SIGNS[gate.passed]} {gate.title}: {gate.finding}")
    if preview.data_as_of is not None:
        click.echo(f"  data: those known at {iso(preview.data_as_of)}")
    if preview.stopped is not None:
        standing = preview.stopped
        click.echo(f"  stopped: since {iso(standing.since)} by {standing.by}: {standing.reason}")
    if preview.kind is ReleaseKind.STOP:
        show_card(preview.model, preview.fallback)
    if preview.way_back:
        click.echo(f"  way back: {preview.way_back}")
    if preview.blocked:
        click.echo(f"Blocked: {preview.blocking}")
        if preview.overridable:
            click.echo("Two people can go ahead against it: request it with --override, and have it approved.")


def show_card(model: str, written: WrittenCard | None) -> None:
    """How the plant works without the model, or that nobody wrote it down."""
    if written is None:
        click.echo(f"  NO FALLBACK CARD says how the plant works without {model}; an engineer writes one.")
        return
    click.echo(f"  Fallback card {written.number}, by {written.by} at {iso(written.at)}:")
    for title, text in written.lines:
        first, *more = text.splitlines()
        click.echo(f"    {title}: {first}")
        for line in more:
            click.echo(f"      {line}")


def verb_of(row: RequestRow) -> str:
    """What is asked for, as an order: "Promote press version 2"."""
    verb = "Resume" if row.kind is ReleaseKind.RESUME else "Promote"
    return f"{verb} {row.model} version {row.version}"


def show_request(row: RequestRow) -> None:
    """Who asked, why, and until when."""
    wish = verb_of(row)
    click.echo(
        f"Request {row.id} ({row.state.value}): {wish[:1].lower()}{wish[1:]}, asked for by "
        f"{row.requested_by} ({row.requested_name}) at {row.requested_at:%Y-%m-%d %H:%M} UTC, until "
        f"{row.expires_at:%Y-%m-%d %H:%M} UTC."
    )
    click.echo(f"  reason: {row.reason}")
    for title in row.override:
        click.echo(f"  OVERRIDE of a failed gate: {title}")


def confirmed(question: str, yes: bool) -> bool:
    """Ask at the terminal, default No; `yes` answers beforehand.

    Raises:
        UserError: if there is no terminal to ask at.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UserError("This asks before it acts, and there is no terminal to ask at; add --yes.")
    if click.confirm(question, default=False, err=True):
        return True
    click.echo("Nothing was changed.", err=True)
    return False


def carry_out(act: Callable[..., ReleaseOutcome], preview: Preview, as_json: bool, **more: Any) -> int:
    """Run a release with its steps on stderr, and tell how it ended; 0 when it is done."""
    outcome = act(on_step=lambda step, sentence: click.echo(f"  {step}: {sentence}", err=True))
    if as_json:
        print_json({"done": outcome.done, "outcome": outcome, "preview": preview.to_json(), **more})
    else:
        click.echo(outcome.sentence)
    return 0 if outcome.done else 1
