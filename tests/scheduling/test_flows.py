"""The monitor tests what was imported, goes on after a restart, and notices an edited policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock, wait_until
from aiqu_desktop.core.words import FlowState
from aiqu_desktop.lifecycle.flow import STEPS
from aiqu_desktop.lifecycle.policy import policy_file
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.versions import list_versions, stop_tests
from aiqu_desktop.services.views import FlowView
from tests.factories.bundles import make_bundle


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = open_site(tmp_path / "site", create=True, clock=ReplayClock(datetime(2026, 1, 1, tzinfo=UTC)))
    import_version(made, make_bundle(tmp_path / "v1", "toy", 1), by="Eva")
    yield made
    made.close()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """The golden step says when it begins, and waits until it may end."""
    begun, may_end = threading.Event(), threading.Event()

    def waits(asked: object) -> object:
        begun.set()
        assert may_end.wait(30)
        return STEPS[1].gates(asked)

    steps = (STEPS[0], replace(STEPS[1], gates=waits), *STEPS[2:])
    monkeypatch.setattr("aiqu_desktop.lifecycle.flow.runner.run_next.__defaults__", (steps,))
    yield begun, may_end
    may_end.set()


def _tests(registry: Registry) -> FlowView:
    found = list_versions(registry, "toy")[0].tests
    assert found is not None
    return found


def test_a_tick_tests_what_waits_and_a_second_one_finds_nothing_to_do(registry: Registry) -> None:
    monitor = Monitor(registry, settle_seconds=0.0)
    try:
        assert monitor.run_until_idle(60)
        assert _tests(registry).state is FlowState.READY
        assert monitor.run_until_idle(60) and len(_tests(registry).steps) == len(STEPS)
    finally:
        monitor.stop()


def test_a_monitor_that_stops_leaves_the_rest_to_the_next_one(
    registry: Registry, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, may_end = held
    first = Monitor(registry, settle_seconds=0.0)
    first.tick()
    assert begun.wait(30)
    stopping = threading.Thread(target=first.stop)
    stopping.start()
    assert wait_until(first._flows._stopping.is_set, 30)
    may_end.set()
    stopping.join(30)
    left = _tests(registry)
    assert left.state is FlowState.RUNNING and [step.step for step in left.steps] == ["verify", "golden"]
    second = Monitor(registry, settle_seconds=0.0)
    try:
        assert second.run_until_idle(60)
        assert _tests(registry).state is FlowState.READY and len(_tests(registry).steps) == len(STEPS)
    finally:
        second.stop()


def test_tests_that_run_are_stopped_after_their_step(
    registry: Registry, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, may_end = held
    monitor = Monitor(registry, settle_seconds=0.0)
    try:
        monitor.tick()
        assert begun.wait(30)
        stop_tests(registry, "toy", 1, by="Olle")
        may_end.set()
        assert wait_until(lambda: monitor.run_until_idle(60), 60)
        ended = _tests(registry)
        assert (ended.state, ended.sentence) == (FlowState.CANCELLED, "Stopped by Olle.")
        assert [step.step for step in ended.steps] == ["verify"]
    finally:
        monitor.stop()


def test_an_edited_policy_is_noticed_within_a_tick_and_once(registry: Registry) -> None:
    def noticed() -> list[str]:
        with registry.read() as session:
            query = select(AuditRecord.reason).where(AuditRecord.action == "policy.changed")
            return list(session.scalars(query.order_by(AuditRecord.sequence)))

    monitor = Monitor(registry, settle_seconds=0.0)
    try:
        monitor.run_until_idle(60)
        assert noticed() == []
        policy_file(registry.paths, "toy").write_text("[recent]\ndays = 14\n")
        for _ in range(2):
            monitor.run_until_idle(60)
        assert noticed() == ["recent.days: 28.0 → 14.0"]
    finally:
        monitor.stop()
