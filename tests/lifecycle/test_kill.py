"""A kill at any step leaves the old or the new version live, never none or two, and the next start settles it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import ReleaseState, VersionState
from aiqu_desktop.lifecycle import preview_promotion, preview_rollback, promote
from aiqu_desktop.line.protocol import MODEL_FILE
from aiqu_desktop.registry.tables import AuditRecord, Model
from aiqu_desktop.security import audit
from tests.factories.people import asked_for, decided, rolled_back
from tests.lifecycle.plant import TIMEOUT, Plant, running_line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

BEFORE_SWITCH = ("intended", "laid", "staged")
AFTER_SWITCH = ("pointed", "switched", "probed", "proven")
# Each step takes a process of its own; the telling ones run with the fast suite, the others with the campaigns.
STEPS = [
    pytest.param(step, marks=() if step in ("staged", "pointed") else pytest.mark.campaign)
    for step in BEFORE_SWITCH + AFTER_SWITCH
]
KILLED = -9


def _command(plant: Plant, act: str, step: str, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "tests.lifecycle.killed", str(plant.registry.paths.root), plant.model, act, step, *more,
    ]  # fmt: skip


def _killed(plant: Plant, act: str, step: str, *more: str) -> None:
    """Do `act` in a process that is killed at `step`; then there is one champion or none, and one is pointed at."""
    ended = subprocess.run(_command(plant, act, step, *more), timeout=120, check=False)
    assert ended.returncode == KILLED, f"the process was not killed at {step}"


def _settled(plant: Plant, state: ReleaseState, live: int | None) -> None:
    (outcome,) = plant.settle()
    assert outcome.state is state, outcome.sentence
    assert (plant.champion(), plant.pointer(), plant.serving()) == (live, live, live)
    assert plant.settle() == (), "settling again finds nothing to do"
    with plant.registry.read() as session:
        assert audit.verify(session).intact
        last = session.scalars(
            select(AuditRecord)
            .where(AuditRecord.subject == f"model {plant.model}")
            .order_by(AuditRecord.sequence.desc())
        ).first()
        assert last is not None and (last.action, last.actor) == (f"release.{state.value}", "recovery")


@pytest.mark.parametrize("step", STEPS)
def test_a_promotion_killed_at_any_step_is_settled(plant: Plant, step: str) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    _killed(plant, "2", step)
    assert plant.champion() == 1 and plant.pointer() == (2 if step in AFTER_SWITCH else 1)
    if step in AFTER_SWITCH:
        _settled(plant, ReleaseState.COMPLETED, live=2)
        assert plant.state(1) is VersionState.RETIRED
    else:
        _settled(plant, ReleaseState.REVERTED, live=1)
        assert plant.promote(2).done, "the way is free again"


@pytest.mark.parametrize("step", STEPS)
def test_a_rollback_killed_at_any_step_is_settled(plant: Plant, step: str) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    plant.promote(2)
    _killed(plant, "rollback", step)
    assert plant.champion() == 2 and plant.pointer() == (1 if step in AFTER_SWITCH else 2)
    if step in AFTER_SWITCH:
        _settled(plant, ReleaseState.COMPLETED, live=1)
        assert plant.state(2) is VersionState.WITHDRAWN
    else:
        _settled(plant, ReleaseState.REVERTED, live=2)


@pytest.mark.campaign
@pytest.mark.parametrize("step", ["staged", "switched"])
def test_a_first_promotion_killed_at_any_step_is_settled(plant: Plant, step: str) -> None:
    plant.take_in(1)
    _killed(plant, "1", step)
    if step == "switched":
        _settled(plant, ReleaseState.COMPLETED, live=1)
    else:
        _settled(plant, ReleaseState.REVERTED, live=None)


@pytest.mark.parametrize("step", [pytest.param("reverting", marks=pytest.mark.campaign), "restored"])
def test_a_way_back_killed_at_any_step_is_settled(plant: Plant, step: str) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    with plant.registry.read() as session:
        model = session.scalars(select(Model).where(Model.name == plant.model)).one()
        digest = model.versions[1].digest
    file = plant.target.folder.version_folder(digest) / MODEL_FILE
    _killed(plant, "2", step, "break", str(file))
    _settled(plant, ReleaseState.REVERTED, live=1)


@pytest.mark.campaign
@pytest.mark.parametrize(("first", "second", "state", "live"), [
    ("pointed", "proven", ReleaseState.COMPLETED, 2),
    ("staged", "restored", ReleaseState.REVERTED, 1),
])  # fmt: skip
def test_settling_can_itself_be_killed_and_run_again(
    plant: Plant, first: str, second: str, state: ReleaseState, live: int
) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    _killed(plant, "2", first)
    _killed(plant, "settle", second)
    assert plant.champion() == 1
    _settled(plant, state, live)


def test_a_release_whose_line_is_gone_too_goes_back_to_the_old_version(lonely: Plant) -> None:
    with running_line(lonely.registry.paths.line):
        lonely.take_in(1, 2)
        lonely.promote(1)
        _killed(lonely, "2", "staged")
    (outcome,) = lonely.settle(timeout=0.2)
    assert outcome.state is ReleaseState.UNKNOWN and "has not proven" in outcome.sentence
    assert (lonely.champion(), lonely.pointer()) == (1, 1)
    with running_line(lonely.registry.paths.line):
        assert wait_until(lambda: lonely.target.observe().alive and lonely.serving() == 1, TIMEOUT)


def test_a_release_of_a_living_process_is_neither_settled_nor_joined_by_another(plant: Plant, tmp_path: Path) -> None:
    plant.take_in(1, 2, 3)
    plant.promote(1)
    plant.promote(2)
    asked = asked_for(plant.registry, plant.target, preview_promotion(plant.registry, plant.model, 1))
    approved, back = decided(plant.registry, plant.target, asked), preview_rollback(plant.registry, plant.model)
    gate = tmp_path / "go"
    other = subprocess.Popen([sys.executable, "-m", "tests.lifecycle.waiting", *_command(plant, "3", str(gate))[3:]])
    try:
        assert wait_until(lambda: gate.with_suffix(".waiting").exists(), 60)
        assert plant.settle() == ()
        with pytest.raises(Refused, match="under way in another"):
            promote(plant.registry, plant.target, approved.id)
        with pytest.raises(Refused, match="under way in another"):
            rolled_back(plant.registry, plant.target, back)
        seen = {gate.name: gate for gate in preview_promotion(plant.registry, plant.model, 3).gates}
        assert seen["release"].blocks and "still staged" in seen["release"].finding
        assert plant.champion() == 2
        gate.touch()
        assert other.wait(60) == 0
    finally:
        other.kill()
        other.wait()
    assert (plant.champion(), plant.pointer(), plant.serving()) == (3, 3, 3)


def test_two_processes_that_promote_at_the_same_moment_end_with_one_champion(plant: Plant) -> None:
    plant.take_in(1, 2, 3)
    plant.promote(1)
    both = [subprocess.Popen(_command(plant, number, "never"), stderr=subprocess.PIPE) for number in ("2", "3")]
    errors = [process.communicate(timeout=60)[1].decode() for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    for code, error in zip(codes, errors, strict=True):
        assert code == 0 or (code == 1 and "errors.Refused" in error), error
    assert plant.champion() in (2, 3)
    assert plant.champion() == plant.pointer() == plant.serving()
    assert plant.settle() == ()
