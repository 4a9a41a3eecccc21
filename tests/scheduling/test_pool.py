"""Runs that hang, fail or are cancelled end visibly and hold up nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.words import CheckKind, RunState, Verdict
from aiqu_desktop.monitoring.outcome import CheckOutcome
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, CheckRun
from aiqu_desktop.scheduling.claims import ClaimedRun, claim_due
from aiqu_desktop.scheduling.pool import WorkerPool
from aiqu_desktop.security import audit


@pytest.fixture
def pool(registry: Registry) -> Iterator[WorkerPool]:
    pool = WorkerPool(registry, workers=1, jobs=1)
    yield pool
    pool.close()


@pytest.fixture
def runs(registry: Registry) -> dict[CheckKind, ClaimedRun]:
    with registry.write() as session:
        return {run.kind: run for run in claim_due(session, registry.clock.now(), "me")}


def _states(registry: Registry) -> dict[CheckKind, RunState]:
    with registry.read() as session:
        return {run.kind: run.state for run in session.scalars(select(CheckRun))}


def _answers(monkeypatch: pytest.MonkeyPatch, answer) -> None:
    monkeypatch.setattr("aiqu_desktop.monitoring.checks.run", answer)


def test_a_check_that_raises_is_a_failed_run_with_an_alarm(pool, runs, registry, monkeypatch, caplog) -> None:
    def broken(*_):
        raise RuntimeError("boom")

    _answers(monkeypatch, broken)
    pool.submit([runs[CheckKind.DRIFT]])
    assert pool.wait_idle(10)
    assert _states(registry)[CheckKind.DRIFT] is RunState.FAILED
    with registry.read() as session:
        assert session.scalars(select(Alarm.key)).all() == ["check-drift"]
        assert audit.verify(session).intact
    assert "boom" in caplog.text


def test_a_hung_check_times_out_and_frees_its_place(pool, runs, registry, monkeypatch) -> None:
    release, entered = threading.Event(), threading.Event()

    def hang(kind, _settings, _context):
        if kind is CheckKind.DRIFT:
            entered.set()
            release.wait(30)
        return CheckOutcome(Verdict.GOOD, "fine")

    _answers(monkeypatch, hang)
    hung = runs[CheckKind.DRIFT]
    impatient = ClaimedRun(hung.run_id, hung.check_id, hung.model_id, hung.kind, hung.scheduled_for, 0, hung.attempt)
    pool.submit([impatient, runs[CheckKind.QUALITY]])
    assert entered.wait(10)
    pool.give_up_hung()
    assert pool.wait_idle(10), "the hung run must not hold up the one behind it"
    assert _states(registry)[CheckKind.DRIFT] is RunState.TIMED_OUT
    assert _states(registry)[CheckKind.QUALITY] is RunState.DONE
    release.set()
    assert wait_until(lambda: not any("check-drift" in t.name for t in threading.enumerate()), 10)
    assert _states(registry)[CheckKind.DRIFT] is RunState.TIMED_OUT, "the late answer must not count"


def test_a_cancelled_check_stops_at_its_next_report_and_raises_no_alarm(pool, runs, registry, monkeypatch) -> None:
    entered = threading.Event()

    def slow(_kind, _settings, context):
        entered.set()
        while True:
            context.report(0.5)

    _answers(monkeypatch, slow)
    run = runs[CheckKind.DRIFT]
    pool.submit([run])
    assert entered.wait(10)
    assert wait_until(lambda: pool.progress().get(run.check_id) == 0.5, 10)
    assert pool.cancel(run.check_id)
    assert pool.wait_idle(10)
    assert _states(registry)[CheckKind.DRIFT] is RunState.CANCELLED
    with registry.read() as session:
        assert session.query(Alarm).count() == 0


def test_a_stop_leaves_unfinished_runs_claimed_for_the_next_start(pool, runs, registry, monkeypatch) -> None:
    entered = threading.Event()

    def slow(_kind, _settings, context):
        entered.set()
        while True:
            context.report(0.5)

    _answers(monkeypatch, slow)
    pool.submit(list(runs.values()))
    assert entered.wait(10)
    pool.close()
    assert set(_states(registry).values()) == {RunState.RUNNING}


def test_closing_waits_for_the_very_end_of_every_thread(pool, runs, monkeypatch) -> None:
    class Slow:
        """Something that takes its time to let go, as native libraries do."""

        def __del__(self) -> None:
            time.sleep(0.3)

    def answer(_registry, control, *, jobs: int) -> None:
        control.kept = Slow()  # lives as long as the thread's own arguments

    monkeypatch.setattr("aiqu_desktop.scheduling.pool.carry_out", answer)
    pool.submit([runs[CheckKind.QUALITY]])
    assert pool.wait_idle(10)
    pool.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("check-")] == []
