"""A model that is stopped, and the card that the plant works by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.clock import iso


@dataclass(frozen=True, slots=True)
class CardView:
    """A fallback card as it is read and edited. lines: (title, text) of each field that says something."""

    number: int
    at: datetime
    by: str
    reason: str
    lines: tuple[tuple[str, str], ...]
    instead: str
    decides: str
    call: str
    at_most_hours: float
    instruction: str


@dataclass(frozen=True, slots=True)
class StopView:
    """The stop that stands.

    proven: the target is known to answer nothing. sentence: how it stands with that. wall_seconds: from the press to
    the proof. until: how long the plant may work so, by the card. files, rows: what came meanwhile and was set aside,
    by the line's own count; None where the target keeps none.
    """

    since: datetime
    by: str
    reason: str
    proven: bool
    sentence: str
    wall_seconds: float | None
    until: datetime | None
    files: int | None
    rows: int | None

    @property
    def words(self) -> str:
        """ "Stopped since … by …: reason.", and that nothing proves it where that is so."""
        said = f"Stopped since {iso(self.since)} by {self.by}: {self.reason}"
        return said if self.proven else f"{said.rstrip('.')}. NOT PROVEN: {self.sentence}"
