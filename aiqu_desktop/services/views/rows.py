"""One row each of the alarm list, the schedules, the check runs, the files taken in and the audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiqu_desktop.core.words import AlarmState, CheckKind, Priority, RunState, Verdict


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm.

    guarantee: how rarely such an alarm rings falsely; empty where it states a plain fact.
    first_out: it came first of those of its model that are open; False where it is alone.
    held: why it is not told to the operator, in a few words; empty where it is.
    """

    id: int
    model: str
    model_title: str
    key: str
    priority: Priority
    state: AlarmState
    message: str
    response: str
    version: int | None
    onset_at: datetime | None
    activated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str
    returned_at: datetime | None
    guarantee: str = ""
    first_out: bool = False
    held: str = ""

    @property
    def is_open(self) -> bool:
        return self.state is not AlarmState.NORMAL

    @property
    def needs_acknowledgement(self) -> bool:
        return self.state.needs_acknowledgement


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """`progress` is None unless the check runs in this process at the moment; then 0 to 1."""

    check_id: int
    model: str
    model_title: str
    kind: CheckKind
    every_seconds: int
    next_due: datetime
    paused: bool
    paused_by: str
    paused_reason: str
    last_run_id: int | None
    last_state: RunState | None
    last_verdict: Verdict | None
    last_summary: str
    last_finished_at: datetime | None
    last_wall_seconds: float
    running: bool
    progress: float | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class CheckRunRow:
    id: int
    model: str
    kind: CheckKind
    version: int | None
    scheduled_for: datetime
    finished_at: datetime | None
    state: RunState
    verdict: Verdict
    summary: str
    rows: int
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class IngestRow:
    at: datetime
    model: str
    name: str
    kind: str
    outcome: str
    rows_read: int
    rows_added: int
    rows_known: int
    rows_conflicting: int
    reason: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    reason: str
    hash: str
