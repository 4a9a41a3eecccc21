"""Automatic rollback as it is shown: what stands, what waits, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiqu_desktop.core.words import AutomaticMode, AutomaticState, Trigger


@dataclass(frozen=True, slots=True)
class AutomaticTerms:
    """What a policy says, and who signed it; `approved_by` is empty while it waits for a second person.

    until: while it waits, when the proposal expires; else the end of its validity.
    """

    number: int
    triggers: tuple[Trigger, ...]
    countdown_seconds: int
    at_most: int
    valid_until: datetime
    latency_ms: float | None
    reason: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AutomaticRow:
    """One automatic rollback, advised, due or past.

    obstacle: why it is not carried out by itself; empty where it is. guarantee: that of its alarm.
    from_digest, to_digest: SHA-256 of the model files. seconds_to_proof: from the press to the target's proof.
    report: its PDF, where one was written.
    """

    id: int
    model: str
    model_title: str
    trigger: Trigger
    alarm_id: int
    state: AutomaticState
    from_version: int
    to_version: int | None
    from_digest: str
    to_digest: str
    sentence: str
    obstacle: str
    alarm_message: str
    guarantee: str
    onset_at: datetime | None
    alarm_at: datetime
    noted_at: datetime
    due_at: datetime | None
    acted_at: datetime | None
    ended_at: datetime | None
    ended: str
    findings: tuple[str, ...]
    policy: int | None
    signed_by: str
    release: str
    seconds_to_proof: float | None
    report: Path | None


@dataclass(frozen=True, slots=True)
class AutomaticView:
    """A model's automatic rollback. `why`: why it only advises; empty where it acts. past: the newest first."""

    model: str
    model_title: str
    mode: AutomaticMode
    why: str
    site_now: datetime
    policy: AutomaticTerms | None
    proposal: AutomaticTerms | None
    pending: AutomaticRow | None
    past: tuple[AutomaticRow, ...]
