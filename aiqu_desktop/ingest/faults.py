"""Why a file is turned away, in one clear sentence: file, line or column, expected, found."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST = 40


class BadFile(Exception):
    """A file cannot be taken in. The text is the whole sentence for the person at the desk.

    kind: "observations", "labels" or "shadow", empty where the file could not be read so far.
    """

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Fault:
    """The first value that does not fit: its row (from 0, in file order), its column and what was expected there.

    found: what stands there in words; None where the file itself must be asked.
    """

    row: int
    column: str
    expected: str
    found: str | None = None


def shown(value: Any) -> str:
    """A value as a sentence can carry it: quoted, without control characters, cut when long."""
    if value is None or value == "":
        return "nothing"
    text = str(value)
    text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text[: _LONGEST + 1])
    return f'"{text[:_LONGEST]}…"' if len(text) > _LONGEST else f'"{text}"'


def some(names: Sequence[str]) -> str:
    """Up to three names, and how many more."""
    listed = ", ".join(shown(name) for name in names[:3])
    return f"{listed} and {len(names) - 3} more" if len(names) > 3 else listed


def missing_columns(file: str, missing: Sequence[str], new: Sequence[str]) -> str:
    """The sentence on schema columns that a file lacks; says so when one looks renamed."""
    first = missing[0]
    alike = difflib.get_close_matches(first, new, n=1, cutoff=0.6)
    if not alike and len(missing) == len(new) == 1:
        alike = list(new)
    if alike:
        rest = f" ({len(missing) - 1} more columns are missing)" if len(missing) > 1 else ""
        return (
            f"{file}: column {shown(first)} is missing; found a new column {shown(alike[0])} in its place "
            f"(renamed?){rest}."
        )
    if len(missing) == 1:
        return f"{file}: column {shown(first)} is missing; expected it by exactly this name."
    return f"{file}: columns {some(missing)} are missing; expected each by exactly its name."


def check_header(file: str, kind: str, header: Sequence[str], wanted: Sequence[str], optional: Sequence[str]) -> str:
    """Compare a file's column names with the ones that it must carry; the note on columns that are left out.

    Raises:
        BadFile: if a name stands twice or a wanted one is missing.
    """
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise BadFile(f"{file}: column {shown(twice)} stands twice in the header; expected each name once.", kind)
    present = set(header)
    known = {*wanted, *optional}
    new = [name for name in header if name not in known]
    missing = [name for name in wanted if name not in present]
    if missing:
        raise BadFile(missing_columns(file, missing, new), kind)
    if not new:
        return ""
    return f"{file}: left out {len(new)} column{'s' if len(new) > 1 else ''} that the model does not have: {some(new)}."


def kind_of(file: str, header: Sequence[str]) -> str:
    """Whether a file holds observations, a shadow's answers or labels: by its columns, and failing that by its name."""
    if "prediction" in header:
        return "observations"
    if "shadow_prediction" in header:
        return "shadow"
    if "label" in header or file.casefold().startswith("label"):
        return "labels"
    return "observations"
