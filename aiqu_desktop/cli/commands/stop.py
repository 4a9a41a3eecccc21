"""`aiqu stop` and `aiqu resume`: take a model out of service, and let the same version serve again."""

from __future__ import annotations

from functools import partial

import click

from aiqu_desktop.cli.passwords import credentials
from aiqu_desktop.cli.release_options import Wish, end_with_preview, go_on, need_reason, release_options, tell_waiting
from aiqu_desktop.cli.releasing import carry_out, confirmed, show_preview
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases, safe_state
from aiqu_desktop.services.requests import list_requests


@click.command()
@click.argument("model")
@release_options
def stop(registry: Registry, wish: Wish, model: str) -> int:
    """Take MODEL out of service, and prove it; the plant then works by the fallback card.

    Exit status 1 when nothing proves that the target stands still: the model counts as stopped all the same, and
    somebody must look.
    """
    preview = safe_state.preview_stop(registry, model)
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or preview.blocked:
        return end_with_preview(preview, wish, blocked=preview.blocked)
    need_reason(wish, "stop")
    if not confirmed(f"Stop {model} now?", wish.yes):
        return end_with_preview(preview, wish, blocked=True)
    who = credentials(wish.by, wish.password)
    return carry_out(partial(safe_state.stop, registry, preview, who, wish.reason), preview, wish.as_json)


@click.command()
@click.argument("model")
@release_options
def resume(registry: Registry, wish: Wish, model: str) -> int:
    """Request that the stopped MODEL serves again, with the same version; once another person has approved, do it.

    Another version ends a stop, too: 'aiqu rollback' with one person, 'aiqu promote' with two. Exit status 1 when it
    is blocked or was undone.
    """
    preview = safe_state.preview_resume(registry, model)
    waiting = next((row for row in list_requests(registry, model=model) if row.kind is ReleaseKind.RESUME), None)
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or (preview.blocked and waiting is None):
        return end_with_preview(preview, wish, blocked=preview.blocked)
    if waiting is not None:
        return go_on(registry, wish, preview, waiting)
    need_reason(wish, "resumption")
    request = releases.request_release(registry, preview, credentials(wish.by, wish.password), wish.reason)
    row = next(row for row in list_requests(registry, model=model) if row.id == request.id)
    tell_waiting(row, preview, wish)
    return 0
