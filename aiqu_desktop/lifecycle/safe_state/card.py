"""The fallback card: how the plant works without the model. Plain fields, written as a small TOML file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from aiqu_desktop.core.errors import UserError

_LONGEST = 600  # characters of a field: a card is read in seconds
_MOST_HOURS = 8_760.0  # a year


@dataclass(frozen=True, slots=True)
class FallbackCard:
    """What an operator needs to know while the model is stopped.

    instead: what the plant does without the model. decides: who decides by hand. call: whom to call.
    at_most_hours: how long the plant may run so; instruction: number of, or link to, the work instruction; may be "".
    """

    instead: str
    decides: str
    call: str
    at_most_hours: float
    instruction: str = ""

    def __post_init__(self) -> None:
        for name in ("instead", "decides", "call", "instruction"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise UserError(f"The card's {name} is {text!r}; expected a text.")
            if name != "instruction" and not text.strip():
                raise UserError(f"The card's {name} is empty; say {_ASKS[name]}.")
            if len(text) > _LONGEST:
                raise UserError(
                    f"The card's {name} has {len(text)} characters; {_LONGEST} at most can be read in time."
                )
            if any(not character.isprintable() and character != "\n" for character in text):
                raise UserError(f"The card's {name} holds a character that cannot be printed; write plain text.")
        hours = self.at_most_hours
        if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= _MOST_HOURS:
            raise UserError(
                f"The card's at_most_hours is {hours!r}; expected hours, above 0 and {_MOST_HOURS:g} at most."
            )

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, kept in the registry and shown as evidence."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> FallbackCard:
        """Read plain fields.

        Raises:
            UserError: if one is unknown, missing or cannot be used.
        """
        known = [one.name for one in fields(cls)]
        for key in content:
            if key not in known:
                raise UserError(f"A fallback card has no field {key!r}; it has {', '.join(known)}.")
        for key in known:
            if key not in content and key != "instruction":
                raise UserError(f"The fallback card lacks {key}: {_ASKS[key]}.")
        return cls(**content)


_ASKS = {
    "instead": "what the plant does without the model",
    "decides": "who decides by hand",
    "call": "whom to call",
    "at_most_hours": "how many hours it may run so",
}
_TITLES = {
    "instead": "Without the model",
    "decides": "Decides by hand",
    "call": "Call",
    "at_most_hours": "At most",
    "instruction": "Instruction",
}


def parse_card(text: str, where: str) -> FallbackCard:
    """The card that a TOML text states.

    Raises:
        UserError: if it is no TOML, or no card; the sentence begins with `where`.
    """
    try:
        return FallbackCard.from_mapping(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is no TOML file ({error}); correct it.") from error
    except UserError as error:
        raise UserError(f"{where}: {error}") from error


def card_text(card: FallbackCard) -> str:
    """The card as the TOML file that states it."""
    # TOML writes texts and numbers as JSON does.
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in card.to_json().items())


def card_lines(card: FallbackCard) -> tuple[tuple[str, str], ...]:
    """(title, text) of each field that says something, as people read them."""
    shown = card.to_json() | {"at_most_hours": f"{card.at_most_hours:g} hours"}
    return tuple((_TITLES[key], str(value).strip()) for key, value in shown.items() if str(value).strip())
