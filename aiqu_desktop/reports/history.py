"""What a report tells of the past: alarms, releases, answers to alarms, and the head of the audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiqu_desktop.core.words import Priority, ReleaseKind, ReleaseState


@dataclass(frozen=True, slots=True)
class AlarmEntry:
    """One alarm of the period.

    onset: when the condition is estimated to have begun (event time); None where unknown.
    returned: when the condition went back to normal; None while it stands.
    """

    priority: Priority
    message: str
    activated: datetime
    onset: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""
    returned: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """One release of the period; both versions of a stop or a resumption are the one that it is about.

    from_version: None for the first release of a model.
    overridden: titles of failed gates that two people went ahead against.
    digest: SHA-256 of the model file that the target answered with (64 hexadecimal digits), "" if it never did.
    seconds: from the order to the proof that the target serves it.
    golden_passed, golden_total: golden cases that the target reproduced.
    """

    kind: ReleaseKind
    to_version: int
    started: datetime
    state: ReleaseState
    from_version: int | None = None
    requested_by: str = ""
    approved_by: str = ""
    reason: str = ""
    finished: datetime | None = None
    seconds: float | None = None
    digest: str = ""
    golden_passed: int = 0
    golden_total: int = 0
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FallbackFacts:
    """A fallback card: which one it is, by whom and when, and its fields as (title, text)."""

    number: int
    written: datetime
    by: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Response:
    """How fast one degradation was noticed and answered: estimated onset → alarm → action → proof.

    rollback: how long the switch itself took; None where the answer was something else.
    """

    what: str
    onset: datetime
    detected: datetime
    acted: datetime | None = None
    action: str = ""
    rollback: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest record of the audit chain when the report was made, and what checking the chain gave.

    verified: True (checked, whole), False (checked, broken) or None (not checked).
    finding: one sentence; for a broken chain it names the first bad record.
    """

    sequence: int
    digest: str
    recorded: datetime
    verified: bool | None = None
    finding: str = ""


@dataclass(frozen=True, slots=True)
class AutomaticEntry:
    """One automatic rollback of the period: advised, vetoed, cancelled, failed or done.

    change: such as "version 3 → version 2". state: its word. onset: estimated, event time. seconds: press to proof.
    evidence: what spoke for the version to go back to, one sentence a finding. signers: who signed its policy, "" where
    none was in force. from_digest, to_digest: SHA-256 of the model files, "" where there is none.
    """

    change: str
    state: str
    trigger: str
    alarm: str
    guarantee: str
    noted: datetime
    raised: datetime
    onset: datetime | None
    due: datetime | None
    acted: datetime | None
    ended: datetime | None
    end: str
    seconds: float | None
    policy: int | None
    signers: str
    from_digest: str
    to_digest: str
    evidence: tuple[str, ...]
    obstacle: str = ""
