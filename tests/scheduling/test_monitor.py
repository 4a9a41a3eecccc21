"""A monitor's tick: trouble with one thing holds up nothing else, and no run stays without an end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import RunState
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services.imports import import_version
from tests.factories.bundles import make_bundle
from tests.factories.plant_site import DAILY, DAY


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def monitor(registry: Registry, faults: list[str]) -> Iterator[Monitor]:
    monitor = Monitor(registry, settle_seconds=0.0, on_fault=faults.append)
    yield monitor
    monitor.stop()


def _states(registry: Registry) -> set[RunState]:
    with registry.read() as session:
        return set(session.scalars(select(CheckRun.state)))


def test_one_models_trouble_holds_up_no_other(
    monitor: Monitor, registry: Registry, faults: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_version(registry, make_bundle(tmp_path / "b", "other", 1), by="Eva", overrides=DAILY)
    taken = []

    def take(_registry, model, *, settle_seconds):
        if model == "other":
            raise EnvironmentFault("The disk is full.")
        taken.append(model)

    monkeypatch.setattr("aiqu_desktop.scheduling.monitor.take_in", take)
    assert monitor.run_until_idle(60)
    assert taken == ["toy"]
    assert faults == ["The disk is full."]
    assert _states(registry) == {RunState.DONE}


def test_an_answer_that_could_not_be_written_becomes_a_failed_run(
    monitor: Monitor, registry: Registry, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("aiqu_desktop.scheduling.worker.finish", full)
        assert monitor.run_until_idle(60)
    assert _states(registry) == {RunState.RUNNING}
    assert "No space left on device" in caplog.text
    clock.move_to(clock.now() + DAY)
    assert monitor.run_until_idle(60)
    assert _states(registry) == {RunState.FAILED, RunState.DONE}


def test_a_monitor_without_the_lease_only_watches(monitor: Monitor, registry: Registry) -> None:
    assert monitor.run_until_idle(60)
    second = Monitor(registry, settle_seconds=0.0)
    second.tick()
    assert not second.holds_lease
    with registry.read() as session:
        owners = set(session.scalars(select(CheckRun.owner)))
    assert len(owners) == 1
    second.stop()


def test_a_started_monitor_ticks_by_itself_and_stops_without_a_trace(monitor: Monitor, registry: Registry) -> None:
    from aiqu_desktop.core.clock import wait_until

    monitor.start()
    assert wait_until(lambda: RunState.DONE in _states(registry), 20)
    monitor.stop()
    assert not monitor.holds_lease
