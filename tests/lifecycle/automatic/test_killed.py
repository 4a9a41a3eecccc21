"""Killed between due, intent and proof, or carried out by two processes at once: one rollback or none, never two."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock, SystemClock, iso, wait_until
from aiqu_desktop.core.words import AutomaticState, Priority, Trigger
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry.tables import AutomaticRelease, AutomaticRollback, Model
from aiqu_desktop.scheduling.automatic import AutomaticWatch
from aiqu_desktop.security import audit
from aiqu_desktop.services import automatic
from tests.factories.people import APPROVER, ENGINEER
from tests.lifecycle.plant import Plant, running_line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

KILLED = -9
NOTHING_SWITCHED = ("examined", "intended", "laid", "staged")
SWITCHED = ("pointed", "switched", "probed", "proven", "completed")
# Each step takes a process of its own; the telling ones run with the fast suite, the others with the campaigns.
STEPS = [
    pytest.param(step, marks=() if step in ("examined", "staged", "pointed") else pytest.mark.campaign)
    for step in NOTHING_SWITCHED + SWITCHED
]


@pytest.fixture
def due(lonely: Plant) -> Iterator[Plant]:
    """Version 2 has an alarm that a signed policy answers, and its countdown is just over."""
    with running_line(lonely.registry.paths.line):
        lonely.take_in(1, 2)
        lonely.promote(1)
        lonely.promote(2)
        clock = ReplayClock(SystemClock().now())
        registry, lonely.registry.clock = lonely.registry, clock
        policy = AutomaticPolicy((Trigger.GOLDEN,), 60, clock.now() + timedelta(days=30))
        automatic.propose(registry, lonely.model, policy, ENGINEER, "nights")
        automatic.approve(registry, lonely.model, APPROVER)
        said = Condition(Trigger.GOLDEN, True, Priority.HIGH, "3 of 10 golden cases fail", "act", of_version=True)
        with registry.write() as session:
            model = session.scalars(select(Model).where(Model.name == lonely.model)).one()
            champion = model.versions[1].id
            apply_condition(session, said, model_id=model.id, version_id=champion, run_id=None, now=clock.now())
        _look(lonely)
        assert _states(lonely) == [AutomaticState.WAITING]
        clock.move_to(clock.now() + timedelta(seconds=60))
        yield lonely


def _look(plant: Plant) -> None:
    AutomaticWatch(plant.registry).look()


def _states(plant: Plant) -> list[AutomaticState]:
    with plant.registry.read() as session:
        return list(session.scalars(select(AutomaticRollback.state).order_by(AutomaticRollback.id)))


def _command(plant: Plant, *words: str) -> list[str]:
    now = iso(plant.registry.clock.now())
    root = str(plant.registry.paths.root)
    return [sys.executable, "-m", "tests.lifecycle.automatic.killed", root, now, *words]


def _one_rollback(plant: Plant) -> None:
    assert (plant.champion(), plant.pointer(), plant.serving()) == (1, 1, 1)
    done = [release for release in plant.releases() if release.kind == "rollback" and release.state == "completed"]
    assert len(done) == 1
    with plant.registry.read() as session:
        assert len(session.scalars(select(AutomaticRelease)).all()) == len(
            [release for release in plant.releases() if release.kind == "rollback"]
        )
        assert audit.verify(session).intact


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_moment_ends_in_one_rollback_or_none(due: Plant, step: str) -> None:
    ended = subprocess.run(_command(due, step), timeout=120, check=False)
    assert ended.returncode == KILLED, f"the process was not killed at {step}"
    due.settle()
    _look(due)
    if step == "examined":
        assert _states(due) == [AutomaticState.DONE], "nothing was spent, so the next look does it"
        _one_rollback(due)
    elif step in NOTHING_SWITCHED:
        assert _states(due) == [AutomaticState.FAILED], "spent with its intent: not tried again, and told"
        assert (due.champion(), due.pointer(), due.serving()) == (2, 2, 2)
    else:
        assert _states(due) == [AutomaticState.DONE]
        _one_rollback(due)
    before = len(due.releases())
    _look(due)
    assert len(due.releases()) == before and len(_states(due)) == 1


def test_two_processes_that_find_it_due_at_once_carry_it_out_once(due: Plant, tmp_path: Path) -> None:
    gate = tmp_path / "go"
    both = [subprocess.Popen(_command(due, "never", str(gate)), stderr=subprocess.PIPE) for _ in range(2)]
    assert wait_until(lambda: len(list(tmp_path.glob("go.*"))) == 2, 60)
    gate.touch()
    errors = [process.communicate(timeout=60)[1].decode() for process in both]
    for process, error in zip(both, errors, strict=True):
        assert process.returncode == 0 or "errors.Refused" in error, error
    _look(due)
    assert _states(due) == [AutomaticState.DONE]
    _one_rollback(due)
