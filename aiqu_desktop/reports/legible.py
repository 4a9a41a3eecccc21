"""Names from anywhere, made fit to print: what the fonts or PDF/A cannot show is spelled out as its code point.

The evidence file keeps every string as it was.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Set
from datetime import datetime
from typing import Any, TypeVar

from aiqu_desktop.core.clock import as_utc

Value = TypeVar("Value")

# Control, format (which includes the marks that reverse the reading order), surrogate, private, unassigned;
# line and paragraph separators.
_UNFIT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def legible(text: str, covered: Set[int]) -> str:
    """`text` in composed form with white space made plain and every unfit character written as ‹U+2603›."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_shown(character, covered) for character in composed)


def printable_copy(value: Value, covered: Set[int]) -> Value:
    """A copy of a dataclass, tuple, string or instant: strings legible, instants in UTC; other values are kept."""
    copied: Any = value
    if isinstance(value, str) and type(value) is str:
        copied = legible(value, covered)
    elif isinstance(value, datetime):
        copied = as_utc(value)
    elif isinstance(value, tuple):
        copied = tuple(printable_copy(item, covered) for item in value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: printable_copy(getattr(value, f.name), covered) for f in dataclasses.fields(value)}
        copied = dataclasses.replace(value, **fields)
    return copied  # type: ignore[no-any-return]


def _shown(character: str, covered: Set[int]) -> str:
    if character in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    if ord(character) in covered and unicodedata.category(character) not in _UNFIT:
        return character
    return f"‹U+{ord(character):04X}›"
