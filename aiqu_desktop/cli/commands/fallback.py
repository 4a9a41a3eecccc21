"""`aiqu fallback`: the card that says how the plant works without a model."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import credentials, password_option
from aiqu_desktop.cli.releasing import show_card
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.lifecycle.safe_state.card import FallbackCard, card_text, parse_card
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.safe_state import write_card, written_cards


@click.command()
@click.argument("model")
@click.option("--set", "file", type=click.Path(path_type=Path, dir_okay=False), help="A TOML file with the new card.")
@click.option("--show", is_flag=True, help="Show the card that stands, and end; the default.")
@click.option("--toml", "as_toml", is_flag=True, help="Show it as the TOML file that states it.")
@click.option("--reason", default="", help="Why the card is written or changed; needed with --set.")
@password_option
@by_option
@site_option
@json_option
def fallback(
    model: str,
    file: Path | None,
    show: bool,
    as_toml: bool,
    reason: str,
    password: Path | None,
    by: str,
    site: Path,
    as_json: bool,
) -> int:
    """Show or set the fallback card of MODEL; an engineer signs a new one. Exit status 1 when there is none to show."""
    if file is not None and (show or as_toml):
        raise UserError("Either set the card or show it.")
    with opened_site(site) as registry:
        if file is not None:
            return _set(registry, model, _read(file), reason, by, password, as_json)
        cards = written_cards(registry, model)
    if as_json:
        print_json({"card": cards[0] if cards else None, "earlier": cards[1:]})
    elif as_toml and cards:
        click.echo(card_text(cards[0].card), nl=False)
    else:
        show_card(model, cards[0] if cards else None)
        for earlier in cards[1:]:
            click.echo(f"  earlier: card {earlier.number}, by {earlier.by} at {iso(earlier.at)}: {earlier.reason}")
    return 0 if cards else 1


def _set(
    registry: Registry, model: str, card: FallbackCard, reason: str, by: str, password: Path | None, as_json: bool
) -> int:
    if not reason.strip():
        raise UserError("A fallback card needs a reason; give one with --reason.")
    written: WrittenCard = write_card(registry, model, card, credentials(by, password), reason)
    if as_json:
        print_json({"card": written})
    else:
        show_card(model, written)
    return 0


def _read(file: Path) -> FallbackCard:
    try:
        return parse_card(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The card {file} cannot be read ({error}); name another file.") from error
