"""`aiqu promote` and `aiqu rollback`: the same preview, the same guards as in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import credentials, password_option
from aiqu_desktop.cli.releasing import carry_out, confirmed, show_preview, show_request
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import RequestState
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.requests import list_requests
from aiqu_desktop.services.views import RequestRow


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options of both commands ask for."""

    site: Path
    reason: str
    yes: bool
    only_preview: bool
    by: str
    password: Path | None
    as_json: bool


def _release_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options that both commands have; `command` gets the open site, settled, and a `_Wish`."""

    @click.option("--reason", default="", help="Why; needed.")
    @click.option("--yes", is_flag=True, help="Do it without asking; without a terminal this is needed.")
    @click.option("--preview", "only_preview", is_flag=True, help="Show what would change, and end.")
    @password_option
    @by_option
    @site_option
    @json_option
    @wraps(command)
    def gathered(
        reason: str,
        yes: bool,
        only_preview: bool,
        by: str,
        password: Path | None,
        site: Path,
        as_json: bool,
        **arguments: Any,
    ) -> int:
        wish = _Wish(site, reason, yes, only_preview, by, password, as_json)
        with opened_site(site) as registry:
            releases.settle(registry)
            return command(registry, wish, **arguments)

    return gathered


@click.command()
@click.argument("model")
@click.argument("version", type=int)
@click.option("--override", is_flag=True, help="Ask to go ahead against failed gates, where two people may.")
@_release_options
def promote(registry: Registry, wish: _Wish, model: str, version: int, override: bool) -> int:
    """Request the promotion of VERSION of MODEL; once another person has approved it, carry it out.

    Exit status 1 when it is blocked or was undone.
    """
    preview = releases.preview_promotion(registry, model, version)
    waiting = next((row for row in list_requests(registry, model=model) if row.version == version), None)
    blocked = preview.blocked and not (override and preview.overridable) and waiting is None
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or blocked:
        return _end_with_preview(preview, wish, blocked=preview.blocked)
    if waiting is not None:
        return _go_on(registry, wish, preview, waiting)
    _need_reason(wish, "promotion")
    request = releases.request_release(
        registry, preview, credentials(wish.by, wish.password), wish.reason, override=override
    )
    row = next(row for row in list_requests(registry, model=model) if row.id == request.id)
    _tell_waiting(row, preview, wish)
    return 0


@click.command()
@click.argument("model")
@click.option("--to", "version", type=int, help="An earlier version instead of the last known good.")
@_release_options
def rollback(registry: Registry, wish: _Wish, model: str, version: int | None) -> int:
    """Put the last known good version of MODEL live again, and prove it; exit status 1 when that was not possible."""
    preview = releases.preview_rollback(registry, model, version)
    if not wish.as_json:
        show_preview(preview)
    if wish.only_preview or preview.blocked:
        return _end_with_preview(preview, wish, blocked=preview.blocked)
    _need_reason(wish, "rollback")
    if not confirmed(f"Roll back {model} now?", wish.yes):
        return _end_with_preview(preview, wish, blocked=True)
    who = credentials(wish.by, wish.password)
    return carry_out(partial(releases.roll_back, registry, preview, who, wish.reason), preview, wish.as_json)


def _go_on(registry: Registry, wish: _Wish, preview: Preview, row: RequestRow) -> int:
    """A request for the version is open: say that it waits, or carry it out where it was approved."""
    if row.state is RequestState.PENDING:
        _tell_waiting(row, preview, wish)
        return 1
    if not wish.as_json:
        show_request(row)
    if not confirmed(f"Promote {row.model} version {row.version} now?", wish.yes):
        return _end_with_preview(preview, wish, blocked=True)
    return carry_out(partial(releases.promote, registry, row.id), preview, wish.as_json, request=row)


def _tell_waiting(row: RequestRow, preview: Preview, wish: _Wish) -> None:
    if wish.as_json:
        print_json({"done": False, "request": row, "preview": preview.to_json()})
        return
    show_request(row)
    click.echo(f"Nothing is switched yet. An approver must sign: aiqu approve {row.id} --by NAME")


def _end_with_preview(preview: Preview, wish: _Wish, *, blocked: bool) -> int:
    if wish.as_json:
        print_json({"done": False, "preview": preview.to_json()})
    return 1 if blocked else 0


def _need_reason(wish: _Wish, what: str) -> None:
    if not wish.reason.strip():
        raise UserError(f"A {what} needs a reason; give one with --reason.")
