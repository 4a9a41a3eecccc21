"""`aiqu approve`: the second person reads the evidence of a request, and approves or declines it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import credentials, password_option
from aiqu_desktop.cli.releasing import carry_out, confirmed, show_preview, show_request, verb_of
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import ReleaseKind, RequestState
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases, safe_state
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.requests import list_requests
from aiqu_desktop.services.views import RequestRow


@click.command()
@click.argument("request", type=int, required=False)
@click.option("--decline", is_flag=True, help="Decline it; who asked may take it back this way.")
@click.option("--list", "only_list", is_flag=True, help="List the open requests, and end.")
@click.option("--reason", default="", help="Why; needed to decline, and to override a failed gate.")
@click.option("--yes", is_flag=True, help="Do it without asking; without a terminal this is needed.")
@password_option
@by_option
@site_option
@json_option
def approve(
    request: int | None,
    decline: bool,
    only_list: bool,
    reason: str,
    yes: bool,
    password: Path | None,
    by: str,
    site: Path,
    as_json: bool,
) -> int:
    """Approve a REQUEST to promote or resume, made by another person, and carry it out; the only open one by default.

    Exit status 1 when it was refused, or the release was undone.
    """
    with opened_site(site) as registry:
        releases.settle(registry)
        rows = list_requests(registry)
        if only_list or (request is None and not rows):
            return _list(rows, as_json)
        row = _chosen(registry, rows, request)
        if decline:
            return _decline(registry, row, reason, by, password, as_json)
        return _approve(registry, row, reason, yes, by, password, as_json)


def _approve(
    registry: Registry, row: RequestRow, reason: str, yes: bool, by: str, password: Path | None, as_json: bool
) -> int:
    if row.kind is ReleaseKind.RESUME:
        preview = safe_state.preview_resume(registry, row.model)
    else:
        preview = releases.preview_promotion(registry, row.model, row.version)
    if not as_json:
        show_preview(preview)
        show_request(row)
    pending = row.state is RequestState.PENDING
    if pending and row.override and not reason.strip():
        raise UserError("To override a gate, both people give their reason; give yours with --reason.")
    wish = verb_of(row)
    question = "Approve, and" if pending else "Approved before;"
    if not confirmed(f"{question} {wish[:1].lower()}{wish[1:]} now?", yes):
        if as_json:
            print_json({"done": False, "request": row, "preview": preview.to_json()})
        return 1
    if pending:
        releases.approve(registry, row.id, credentials(by, password), reason, shown=preview)
    return carry_out(partial(releases.promote, registry, row.id), preview, as_json, request=row)


def _decline(registry: Registry, row: RequestRow, reason: str, by: str, password: Path | None, as_json: bool) -> int:
    if not reason.strip():
        raise UserError("To decline a request needs a reason; give one with --reason.")
    releases.decline(registry, row.id, credentials(by, password), reason)
    (told,) = (other for other in list_requests(registry, only_open=False) if other.id == row.id)
    if as_json:
        print_json({"done": True, "request": told})
    else:
        click.echo(f"Request {told.id}: {told.ended}")
    return 0


def _chosen(registry: Registry, rows: tuple[RequestRow, ...], wanted: int | None) -> RequestRow:
    if wanted is None:
        if len(rows) > 1:
            open_ids = ", ".join(str(row.id) for row in rows)
            raise UserError(f"Several requests are open ({open_ids}); name one: aiqu approve REQUEST.")
        return rows[0]
    for row in list_requests(registry, only_open=False):
        if row.id == wanted:
            if not row.state.open:
                raise Refused(f"Request {row.id} is {row.state.value}. {row.ended}".strip())
            return row
    raise UserError(f"There is no request {wanted} on this site; 'aiqu approve --list' shows the open ones.")


def _list(rows: tuple[RequestRow, ...], as_json: bool) -> int:
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No request waits for an approver.")
    else:
        for row in rows:
            show_request(row)
    return 0
