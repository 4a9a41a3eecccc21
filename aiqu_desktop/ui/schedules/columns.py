"""The columns of the schedules. Their rows are `Timed`: a schedule and the instant that it was read at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import RunState
from aiqu_desktop.services.views import ScheduleRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import RUN, VERDICT, Look
from aiqu_desktop.ui.tables.record_model import Column

PAUSED = Look("Paused", "pause", "unknown")
OVERDUE = Look("Overdue", "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class Timed:
    """`progress` replaces the row's own while the check runs in this process."""

    row: ScheduleRow
    now: datetime
    progress: float | None = None


def next_look(timed: Timed) -> Look | None:
    row = timed.row
    if row.running:
        return RUN[RunState.RUNNING]
    if row.paused:
        return PAUSED
    return OVERDUE if row.overdue else None


def next_text(timed: Timed) -> str:
    """ "in 12 min", "Running 42 %", "Paused", "Overdue by 3 min"."""
    row = timed.row
    if row.running:
        share = timed.progress if timed.progress is not None else row.progress
        return "Running" if share is None else f"Running {fmt.percent(share)}"
    if row.paused:
        return "Paused"
    if row.overdue:
        return f"Overdue by {fmt.duration((timed.now - row.next_due).total_seconds())}"
    seconds = (row.next_due - timed.now).total_seconds()
    return fmt.ago(row.next_due, timed.now) if seconds > 1 else "due now"


def result_look(timed: Timed) -> Look | None:
    """How the last run ended when it did not answer, else its verdict."""
    row = timed.row
    if row.last_state is None:
        return None
    if row.last_state is RunState.DONE and row.last_verdict is not None:
        return VERDICT[row.last_verdict]
    return RUN[row.last_state]


def result_text(timed: Timed) -> str:
    look = result_look(timed)
    return "Never run" if look is None else look.word


COLUMNS = (
    Column("model", "Model", lambda t: t.row.model_title, 190),
    Column("check", "Check", lambda t: t.row.kind.value.capitalize(), 106),
    Column("every", "Interval", lambda t: fmt.every(t.row.every_seconds), 104, sort=lambda t: t.row.every_seconds),
    Column("next", "Next run", next_text, 160, look=next_look, sort=lambda t: t.row.next_due,
           tooltip=lambda t: t.row.paused_reason or fmt.instant_full(t.row.next_due)),
    Column("due", "At", lambda t: fmt.NOTHING if t.row.paused else fmt.instant(t.row.next_due), 152,
           figures=True, optional=2, sort=lambda t: t.row.next_due, tooltip=lambda t: fmt.instant_full(t.row.next_due)),
    Column("result", "Last result", result_text, 116, look=result_look),
    Column("finding", "Finding", lambda t: t.row.last_summary or fmt.NOTHING, stretch=True),
    Column("finished", "Finished", lambda t: fmt.ago(t.row.last_finished_at, t.now), 104, optional=1,
           sort=lambda t: t.row.last_finished_at, tooltip=lambda t: fmt.instant_full(t.row.last_finished_at)),
    Column("took", "Took", lambda t: fmt.duration(t.row.last_wall_seconds) if t.row.last_state else fmt.NOTHING, 78,
           optional=3, sort=lambda t: t.row.last_wall_seconds, right=True),
)  # fmt: skip
