"""Old and new of an audit record, one changed field a line. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LONGEST = 90


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """(field, "old → new") for every field that differs; one-sided when the thing was made or removed."""
    before, after = dict(old or {}), dict(new or {})
    lines = []
    for field in sorted(before.keys() | after.keys()):
        if field not in before:
            lines.append((field, _write(after[field]) if old is None else f"(none) → {_write(after[field])}"))
        elif field not in after:
            lines.append((field, f"was {_write(before[field])}"))
        elif before[field] != after[field]:
            lines.append((field, f"{_write(before[field])} → {_write(after[field])}"))
    return lines


def _write(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
