"""The drill: back and forth on a twin of the target, while what serves stays what it was."""

from __future__ import annotations

import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.lifecycle.drill import run_drill
from aiqu_desktop.lifecycle.lock import sole_drill, sole_release
from aiqu_desktop.lifecycle.targets.drill_twin import drill_twin
from aiqu_desktop.line.protocol import VERSION_FILES, model_folders
from tests.lifecycle.plant import TIMEOUT, Plant, running_line


def _with_a_way_back(plant: Plant) -> Plant:
    plant.take_in(1, 2)
    assert plant.promote(1).done and plant.promote(2).done
    return plant


def test_a_drill_times_both_ways_and_leaves_the_target_alone(plant: Plant) -> None:
    _with_a_way_back(plant)
    pointer = plant.target.folder.pointer()
    drilled = run_drill(plant.registry, plant.model)
    assert drilled.passed, drilled.failure
    assert (drilled.champion, drilled.last_good) == (2, 1)
    assert drilled.back_seconds is not None and 0 < drilled.back_seconds < TIMEOUT
    assert drilled.forth_seconds is not None and 0 < drilled.forth_seconds < TIMEOUT
    assert [drilled.proof[way]["serving"]["version"] for way in ("start", "back", "forth")] == [2, 1, 2]
    assert plant.target.folder.pointer() == pointer
    assert (plant.champion(), plant.serving(), len(plant.releases())) == (2, 2, 2)


def test_the_twin_is_gone_after_the_drill(plant: Plant) -> None:
    _with_a_way_back(plant)
    run_drill(plant.registry, plant.model)
    line = plant.registry.paths.line
    assert not [path.name for path in line.iterdir() if path.name.startswith(f"{plant.model}@")]
    assert plant.model in [folder.path.name for folder in model_folders(line)]


def test_what_a_killed_drill_left_is_cleared_by_the_next_one(plant: Plant) -> None:
    _with_a_way_back(plant)
    left = drill_twin(plant.registry.paths, plant.model)
    twin = left.__enter__()  # never left: its process was killed
    assert wait_until(lambda: twin.observe().alive, TIMEOUT)
    assert run_drill(plant.registry, plant.model).passed
    assert not twin.folder.path.exists()


def test_a_rollback_need_not_wait_for_a_drill(plant: Plant) -> None:
    _with_a_way_back(plant)
    with sole_drill(plant.registry.paths, plant.model):
        assert plant.roll_back().done
    assert plant.serving() == 1


def test_two_drills_of_a_model_do_not_meet_and_a_release_holds_up_none(plant: Plant) -> None:
    _with_a_way_back(plant)
    with sole_drill(plant.registry.paths, plant.model), pytest.raises(Refused, match="drill"):
        run_drill(plant.registry, plant.model)
    with sole_release(plant.registry.paths, plant.model):
        assert run_drill(plant.registry, plant.model).passed


def test_without_an_earlier_good_version_there_is_nothing_to_drill(plant: Plant) -> None:
    plant.take_in(1)
    with pytest.raises(Refused, match="no champion"):
        run_drill(plant.registry, plant.model)
    assert plant.promote(1).done
    with pytest.raises(Refused, match="the first that went live"):
        run_drill(plant.registry, plant.model)


def test_a_silent_line_and_a_damaged_file_fail_the_drill_with_a_sentence(lonely: Plant) -> None:
    with running_line(lonely.registry.paths.line):
        _with_a_way_back(lonely)
    silent = run_drill(lonely.registry, lonely.model, timeout=0.5)
    assert not silent.passed and silent.back_seconds is None
    assert "no sign of life" in silent.failure
    for artifact in lonely.registry.paths.artifacts.rglob("*"):
        if artifact.is_file():
            artifact.chmod(0o644)
            artifact.write_bytes(b"overwritten")
    damaged = run_drill(lonely.registry, lonely.model, timeout=0.5)
    assert not damaged.passed
    assert "could not be put on the twin" in damaged.failure


def test_the_line_lets_go_of_a_folder_that_is_no_longer_configured(lonely: Plant) -> None:
    with running_line(lonely.registry.paths.line):
        lonely.take_in(1)
        assert lonely.promote(1).done
        folder = lonely.target.folder
        (folder.path / "line.json").rename(folder.path / "line.json.away")
        assert wait_until(lambda: (status := folder.status()) is not None and status.state == "stopped", TIMEOUT)
        (folder.path / "line.json.away").rename(folder.path / "line.json")
        assert wait_until(lambda: lonely.serving() == 1 and lonely.target.observe().alive, TIMEOUT)
        assert all((folder.version_folder(folder.pointer().digest) / name).is_file() for name in VERSION_FILES)
