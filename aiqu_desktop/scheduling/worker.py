"""Carry out one claimed run and write its answer down, whatever happens, in one transaction."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import RunState, Verdict
from aiqu_desktop.monitoring import checks
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.context import RunCancelled, make_context
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, CheckRun, Metric
from aiqu_desktop.scheduling.claims import ClaimedRun
from aiqu_desktop.security import audit

log = logging.getLogger("aiqu.scheduling")


@dataclass
class RunControl:
    """How far a run is, and the way to stop it. `stop` is the state that the run ends in when it obeys."""

    run: ClaimedRun
    started: float = field(default_factory=time.monotonic)
    fraction: float = 0.0
    stop: RunState | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def report(self, fraction: float) -> None:
        """Called from inside the check; raises RunCancelled once the run is to stop."""
        self.fraction = min(1.0, max(0.0, fraction))
        if self.stop is not None:
            raise RunCancelled


def carry_out(registry: Registry, control: RunControl, *, jobs: int) -> None:
    """Do the run and write its answer. Never raises: a failure is an answer too, and is visible as such."""
    run, began, at = control.run, time.monotonic(), registry.clock.now()
    try:
        outcome = _answer(registry, control, at, jobs)
        finish(registry, run, RunState.DONE, outcome, at, time.monotonic() - began)
    except RunCancelled:
        state = control.stop or RunState.CANCELLED
        if state is RunState.INTERRUPTED:
            return  # the product is stopping: the run stays claimed, and whoever schedules next does it again
        finish(registry, run, state, _without_answer(state, "it was stopped"), at, time.monotonic() - began)
    except AiquError as error:
        finish(
            registry, run, RunState.FAILED, _without_answer(RunState.FAILED, str(error)), at, time.monotonic() - began
        )
    except Exception as error:
        # Our own bug: the run must still end visibly, and the traceback belongs in the log, not on the screen.
        log.exception("check run %s failed", run.run_id)
        said = f"an internal error ({type(error).__name__}: {error}); see the log"
        finish(registry, run, RunState.FAILED, _without_answer(RunState.FAILED, said), at, time.monotonic() - began)


def _answer(registry: Registry, control: RunControl, at: datetime, jobs: int) -> CheckOutcome:
    with registry.read() as session:
        check = session.get(Check, control.run.check_id)
        assert check is not None, "a claimed run always has its check"
        settings, every = dict(check.settings), float(check.schedule.every_seconds)
    context = make_context(registry, control.run.model_id, at, control.report, jobs, every)
    control.report(0.05)
    return checks.run(control.run.kind, settings, context)


def finish(
    registry: Registry, run: ClaimedRun, state: RunState, outcome: CheckOutcome, at: datetime, seconds: float
) -> None:
    """Write the end of a run: its row, metrics, conditions and audit record. A run that has ended stays ended."""
    with registry.write() as session:
        row = session.get(CheckRun, run.run_id)
        if row is None or row.state is not RunState.RUNNING or row.attempt != run.attempt:
            return  # timed out or taken over meanwhile: the late answer does not count
        row.state, row.verdict, row.summary = state, outcome.verdict, outcome.summary
        row.result = dict(outcome.result)
        row.window_from, row.window_to, row.rows = outcome.window_from, outcome.window_to, outcome.rows
        row.finished_at, row.wall_seconds = at, seconds
        if outcome.metrics:
            session.execute(insert(Metric), _metric_rows(row, outcome, at))
        for condition in (*outcome.conditions, _run_condition(run, state, outcome)):
            if condition is not None:
                apply_condition(
                    session, condition, model_id=run.model_id, version_id=row.version_id, run_id=run.run_id, now=at
                )
        audit.record(
            session,
            at=at,
            actor="monitor",
            action=f"check.{state.value}",
            subject=f"check run {run.run_id}",
            new={"kind": run.kind.value, "verdict": outcome.verdict.value, "rows": outcome.rows},
            reason=outcome.summary,
        )


def _metric_rows(row: CheckRun, outcome: CheckOutcome, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "run_id": row.id,
            "model_id": row.model_id,
            "version_id": row.version_id,
            "name": metric.name,
            "feature": metric.feature,
            "at": outcome.window_to or at,
            "value": metric.value,
            "low": metric.low,
            "high": metric.high,
            "n": metric.n,
            "limit": metric.limit,
            "p_value": metric.p_value,
        }
        for metric in outcome.metrics
    ]


def _run_condition(run: ClaimedRun, state: RunState, outcome: CheckOutcome) -> Condition | None:
    if state is RunState.CANCELLED:
        return None  # a person stopped it and knows
    record = RECORDS[f"check-{run.kind.value}"]
    return Condition(
        key=record.key,
        bad=state is not RunState.DONE,
        priority=record.priority,
        message=f"The {run.kind.value} check gave no answer: {outcome.summary}",
        response=record.response,
    )


def _without_answer(state: RunState, why: str) -> CheckOutcome:
    words = {RunState.TIMED_OUT: "ran out of time", RunState.CANCELLED: "was cancelled"}
    return CheckOutcome(Verdict.UNKNOWN, words.get(state, f"failed: {why}"))
