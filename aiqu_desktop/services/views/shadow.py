"""A shadow as screens and commands show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """The last shadow of one version; `ended_at` None while it runs.

    sentence: how it stands. difference: of the primary metric, challenger minus champion; empty while labels are few.
    """

    id: str
    version: int
    begun_at: datetime
    begun_by: str
    reason: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    sentence: str
    difference: str

    @property
    def runs(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class ShadowAtWork:
    """What the line says of a shadow since it was begun.

    answers: it lives and has proven its golden cases. row_ms, champion_row_ms: mean time a row took in the line, None
    where none was answered. problem: why it does not answer, or what it failed on last; empty when nothing did.
    """

    answers: bool
    rows_answered: int
    rows_failed: int
    rows_dropped: int
    row_ms: float | None
    champion_row_ms: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class ShadowView:
    """The shadow of one model. `shadow` None where none ever ran; `impossible`: why the target cannot run one.

    champion_rows: rows that the champion answered since it was begun, as far as they were taken in; `compared` has
    those of them that it answered too (see `lifecycle.shadow.comparing.compare_answers`).
    """

    model: str
    champion: int | None
    shadow: ShadowRow | None
    at_work: ShadowAtWork | None
    champion_rows: int
    compared: dict[str, Any] | None
    sentence: str
    impossible: str = ""
