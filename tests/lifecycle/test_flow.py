"""An imported version goes through its tests by itself, step by step, and is then ready for approval or is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import FlowState
from aiqu_desktop.lifecycle.flow import STEPS, Step, ask_for_tests, cancel_tests, run_next
from aiqu_desktop.registry.tables import FlowRun, Version
from tests.lifecycle.laboratory import Laboratory, laboratory
from tests.lifecycle.records import audited, newest_flow


class Bench:
    """Version 2 of the toy waits for its tests."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab, self.registry = lab, lab.registry
        lab.take_in(2)
        self.ask()

    def ask(self, number: int = 2) -> None:
        with self.registry.write() as session:
            ask_for_tests(session, self.registry, self.version(number), by="Eva")

    def cancel(self, number: int = 2) -> None:
        with self.registry.write() as session:
            cancel_tests(session, self.registry, self.version(number), by="Olle")

    def version(self, number: int) -> Version:
        with self.registry.read() as session:
            return session.scalars(select(Version).where(Version.number == number)).one()

    def run(self, steps: tuple[Step, ...] = STEPS, go_on: object = None) -> bool:
        return run_next(self.registry, go_on or (lambda: True), steps)

    def newest(self) -> FlowRun:
        return newest_flow(self.registry)

    def actions(self) -> list[str]:
        return audited(self.registry, "flow")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with laboratory(tmp_path) as lab:
        yield Bench(lab)


def test_a_good_version_becomes_ready_and_every_step_is_kept_and_audited(bench: Bench) -> None:
    assert bench.newest().state is FlowState.WAITING
    assert bench.run() and not bench.run(), "there was one to do, and then none"
    run = bench.newest()
    assert run.state is FlowState.READY and run.sentence.startswith("Ready for approval: 5 steps passed")
    assert [step.step for step in run.steps] == ["verify", "golden", "evaluation", "budget", "shadow"]
    assert all(step.finding.endswith(".") and step.wall_seconds >= 0 for step in run.steps)
    assert bench.actions() == ["flow.asked", "flow.begun", *["flow.step"] * 5, "flow.ready"]


def test_what_the_flow_measured_the_preview_need_not_measure_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run()

    def measured(_files: object) -> None:
        raise AssertionError("it was measured already")

    monkeypatch.setattr("aiqu_desktop.lifecycle.evaluation.speed.measure_speed", measured)
    assert bench.lab.gate(2, "budget").passed


def test_a_bad_version_is_not_ready_and_the_step_that_says_no_is_named(bench: Bench) -> None:
    for _ in range(3):
        bench.lab.day()
    bench.lab.day(rows=20, labels=False)
    bench.run()
    bench.lab.take_in(3, off=3.0)
    bench.ask(3)
    bench.run()
    run = bench.newest()
    assert run.state is FlowState.NOT_READY and "Evaluated on the site's data" in run.sentence
    assert [step.passed for step in run.steps if step.step == "evaluation"] == [False]


def test_tests_are_not_asked_for_twice_and_may_be_repeated(bench: Bench) -> None:
    with pytest.raises(Refused, match="being tested already"):
        bench.ask()
    bench.run()
    bench.ask()
    bench.run()
    with bench.registry.read() as session:
        assert len(session.scalars(select(FlowRun)).all()) == 2


def test_what_a_dead_process_left_is_gone_on_with_from_the_step_that_was_not_kept(bench: Bench) -> None:
    asked = iter([True, True, False])
    bench.run(go_on=lambda: next(asked))
    assert bench.newest().state is FlowState.RUNNING and len(bench.newest().steps) == 2
    again: list[str] = []

    def noting(step: Step) -> Step:
        return replace(step, gates=lambda candidacy: again.append(step.name) or step.gates(candidacy))

    bench.run(tuple(noting(step) for step in STEPS))
    assert again == ["evaluation", "budget", "shadow"]
    assert bench.newest().state is FlowState.READY and bench.newest().attempt == 2


def test_a_version_that_takes_every_process_down_is_given_up(bench: Bench) -> None:
    for _ in range(3):
        bench.run(go_on=lambda: False)
    bench.run()
    assert bench.newest().state is FlowState.FAILED and "3 times" in bench.newest().sentence
    assert not bench.run()


def test_a_cancelled_run_keeps_nothing_more_and_says_who_stopped_it(bench: Bench) -> None:
    def stopped(candidacy: object) -> tuple[()]:
        bench.cancel()
        return STEPS[1].gates(candidacy)

    bench.run((STEPS[0], replace(STEPS[1], gates=stopped), *STEPS[2:]))
    run = bench.newest()
    assert (run.state, run.sentence, [step.step for step in run.steps]) == (
        FlowState.CANCELLED, "Stopped by Olle.", ["verify"],
    )  # fmt: skip
    with pytest.raises(Refused, match="nothing to stop"):
        bench.cancel()


def test_one_that_waits_is_cancelled_before_it_begins(bench: Bench) -> None:
    bench.cancel()
    assert not bench.run() and bench.newest().steps == []


@pytest.mark.parametrize(("error", "said"), [
    (UserError("The data cannot be read; mend them."), "The data cannot be read; mend them."),
    (ZeroDivisionError("oops"), "An internal error (ZeroDivisionError: oops); see the log."),
])  # fmt: skip
def test_a_step_that_breaks_ends_the_run_visibly(
    bench: Bench, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(candidacy: object) -> tuple[()]:
        raise error

    bench.run((replace(STEPS[0], gates=broken),))
    assert (bench.newest().state, bench.newest().sentence) == (FlowState.FAILED, said)
    assert bool(caplog.records) is not isinstance(error, UserError)


def test_what_a_step_found_cannot_be_changed(bench: Bench) -> None:
    bench.run()
    with pytest.raises(DatabaseError, match="append-only"), bench.registry.write() as session:
        session.execute(text("UPDATE flow_steps SET passed = 1"))
