"""A rehearsal as the registry keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiqu_desktop.core.words import CheckKind


@dataclass(frozen=True, slots=True)
class RehearsalRow:
    """before: the check's settings when it was made. rehearsal: what `monitoring.rehearsal.results.Rehearsal.to_json`
    gives."""

    id: int
    model: str
    kind: CheckKind
    at: datetime
    by: str
    before: dict[str, Any]
    rehearsal: dict[str, Any]
    sha256: str
    sentence: str
