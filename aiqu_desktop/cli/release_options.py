"""What the commands ask for that change what serves, and what they say when nothing is switched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import password_option
from aiqu_desktop.cli.releasing import carry_out, confirmed, show_request, verb_of
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import RequestState
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.views import RequestRow


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options ask for."""

    site: Path
    reason: str
    yes: bool
    only_preview: bool
    by: str
    password: Path | None
    as_json: bool


def release_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options that these commands share; `command` gets the open site, settled, and a `Wish`."""

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
        wish = Wish(site, reason, yes, only_preview, by, password, as_json)
        with opened_site(site) as registry:
            releases.settle(registry)
            return command(registry, wish, **arguments)

    return gathered


def go_on(registry: Registry, wish: Wish, preview: Preview, row: RequestRow) -> int:
    """A request for the version is open: say that it waits, or carry it out where it was approved."""
    if row.state is RequestState.PENDING:
        tell_waiting(row, preview, wish)
        return 1
    if not wish.as_json:
        show_request(row)
    if not confirmed(f"{verb_of(row)} now?", wish.yes):
        return end_with_preview(preview, wish, blocked=True)
    return carry_out(partial(releases.promote, registry, row.id), preview, wish.as_json, request=row)


def tell_waiting(row: RequestRow, preview: Preview, wish: Wish) -> None:
    if wish.as_json:
        print_json({"done": False, "request": row, "preview": preview.to_json()})
        return
    show_request(row)
    click.echo(f"Nothing is switched yet. An approver must sign: aiqu approve {row.id} --by NAME")


def end_with_preview(preview: Preview, wish: Wish, *, blocked: bool) -> int:
    if wish.as_json:
        print_json({"done": False, "preview": preview.to_json()})
    return 1 if blocked else 0


def need_reason(wish: Wish, what: str) -> None:
    if not wish.reason.strip():
        raise UserError(f"A {what} needs a reason; give one with --reason.")
