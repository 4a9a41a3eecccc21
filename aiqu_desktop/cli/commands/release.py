"""`aiqu promote` and `aiqu rollback`: the same preview, the same guards as in the window."""

from __future__ import annotations

from functools import partial

import click

from aiqu_desktop.cli.passwords import credentials
from aiqu_desktop.cli.release_options import Wish, end_with_preview, go_on, need_reason, release_options, tell_waiting
from aiqu_desktop.cli.releasing import carry_out, confirmed, show_preview
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases
from aiqu_desktop.services.requests import list_requests


@click.command()
@click.argument("model")
@click.argument("version", type=int)
@click.option("--override", is_flag=True, help="Ask to go ahead against failed gates, where two people may.")
@release_options
def promote(registry: Registry, wish: Wish, model: str, version: int, override: bool) -> int:
    """Request the promotion of VERSION of MODEL; once another person has approved it, carry it out.

    Exit status 1 when it is blocked or was undone.
    """
    preview = releases.preview_promotion(registry, model, version)
    waiting = next((row for row in list_requests(registry, model=model) if row.version == version), None)
    blocked = preview.blocked and not (override and preview.overridable) and waiting is None
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or blocked:
        return end_with_preview(preview, wish, blocked=preview.blocked)
    if waiting is not None:
        return go_on(registry, wish, preview, waiting)
    need_reason(wish, "promotion")
    request = releases.request_release(
        registry, preview, credentials(wish.by, wish.password), wish.reason, override=override
    )
    row = next(row for row in list_requests(registry, model=model) if row.id == request.id)
    tell_waiting(row, preview, wish)
    return 0


@click.command()
@click.argument("model")
@click.option("--to", "version", type=int, help="An earlier version instead of the last known good.")
@release_options
def rollback(registry: Registry, wish: Wish, model: str, version: int | None) -> int:
    """Put the last known good version of MODEL live again, and prove it; exit status 1 when that was not possible."""
    preview = releases.preview_rollback(registry, model, version)
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or preview.blocked:
        return end_with_preview(preview, wish, blocked=preview.blocked)
    need_reason(wish, "rollback")
    if not confirmed(f"Roll back {model} now?", wish.yes):
        return end_with_preview(preview, wish, blocked=True)
    who = credentials(wish.by, wish.password)
    return carry_out(partial(releases.roll_back, registry, preview, who, wish.reason), preview, wish.as_json)
