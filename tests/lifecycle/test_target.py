"""What counts as a target's proof, and how the folder target reads the line's files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import FolderTarget, Observation, Placement, folder_target
from aiqu_desktop.line.messages import GoldenSummary, LineState, LineStatus, Rejected, Serving

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OLD, NEW = Placement("a" * 64, 1, "first"), Placement("b" * 64, 2, "second")
SOUND = Observation(True, NEW, NEW, 10, 10, 0.0)


@pytest.mark.parametrize(("seen", "proof"), [
    (SOUND, True),
    (replace(SOUND, alive=False), False),
    (replace(SOUND, serving=OLD), False),
    (replace(SOUND, serving=None), False),
    (replace(SOUND, serving=replace(NEW, release="an earlier one")), False),
    (replace(SOUND, golden_passed=9), False),
    (replace(SOUND, golden_passed=0, golden_total=0), False),
])  # fmt: skip
def test_only_the_right_version_under_the_right_release_with_all_golden_cases_is_a_proof(
    seen: Observation, proof: bool
) -> None:
    assert seen.proves(NEW) is proof


def test_serving_nothing_is_proven_only_by_a_living_target_that_serves_nothing() -> None:
    assert Observation(True, None, None, 0, 0, 0.0).proves(None)
    assert not Observation(False, None, None, 0, 0, 0.0).proves(None)
    assert not SOUND.proves(None)


def test_a_refusal_of_another_release_is_not_taken_for_this_ones() -> None:
    seen = replace(SOUND, serving=OLD, refusal="broken", refused_release="second")
    assert seen.refuses(NEW) and not seen.refuses(OLD) and not seen.refuses(None)


@pytest.fixture
def target(tmp_path: Path) -> FolderTarget:
    made = folder_target(SitePaths(tmp_path), "toy")
    return FolderTarget(made.folder, ReplayClock(NOW))


def _say(target: FolderTarget, serving: Placement | None, beat: datetime = NOW, **more: object) -> LineStatus:
    status = LineStatus(
        state=LineState.SERVING if serving else LineState.STARTING,
        serving=Serving(serving.digest, serving.version, serving.release, beat) if serving else None,
        golden=GoldenSummary(10, 10, 0.0) if serving else None,
        rejected=None, pid=1, heartbeat=beat, rows_served=0,
    )  # fmt: skip
    status = replace(status, **more)  # type: ignore[arg-type]
    target.folder.write_status(status)
    return status


def test_a_new_target_is_ready_for_a_line_and_can_be_moved_with_its_site(tmp_path: Path) -> None:
    target = folder_target(SitePaths(tmp_path / "site"), "toy")
    written = json.loads((target.folder.path / "line.json").read_text())
    assert not Path(written["drop"]).is_absolute()
    (tmp_path / "site").rename(tmp_path / "moved")
    moved = folder_target(SitePaths(tmp_path / "moved"), "toy")
    assert moved.folder.drop == (tmp_path / "moved" / "drop" / "toy").resolve()
    with pytest.raises(UserError, match="model's name"):
        folder_target(SitePaths(tmp_path), "../outside")


def test_the_target_is_alive_by_wall_time_and_only_for_seconds(target: FolderTarget) -> None:
    assert not target.observe().alive, "no line has ever answered"
    _say(target, OLD)
    assert target.observe().alive and target.observe().serving == OLD
    _say(target, OLD, beat=NOW - timedelta(seconds=6))
    assert not target.observe().alive
    _say(target, OLD, state=LineState.STOPPED)
    assert not target.observe().alive


def test_an_answer_from_before_the_question_is_no_proof(target: FolderTarget) -> None:
    _say(target, NEW)
    assert not target.probe(NEW, 0.1).proves(NEW)


def test_an_answer_given_after_the_question_is_a_proof_whatever_the_lines_clock_says(
    target: FolderTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    _say(target, OLD)
    real, looks = target.folder.status, []

    def later() -> LineStatus | None:
        looks.append(1)
        if len(looks) == 3:
            _say(target, NEW, beat=NOW - timedelta(days=400))
        return real()

    monkeypatch.setattr(target.folder, "status", later)
    assert target.probe(NEW, 5).proves(NEW)


def test_a_refusal_ends_the_wait_at_once(target: FolderTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    _say(target, OLD)
    real, looks = target.folder.status, []

    def later() -> LineStatus | None:
        looks.append(1)
        if len(looks) == 2:
            rejected = Rejected(NEW.digest, NEW.version, NEW.release, "2 of 10 golden cases failed.")
            _say(target, OLD, beat=NOW + timedelta(seconds=1), rejected=rejected)
        return real()

    monkeypatch.setattr(target.folder, "status", later)
    seen = target.probe(NEW, 60)
    assert seen.refuses(NEW) and seen.refusal == "2 of 10 golden cases failed." and len(looks) == 2


def test_reverting_to_nothing_takes_the_pointer_away_and_the_lines_memory_of_it(target: FolderTarget) -> None:
    target.switch(NEW)
    assert target.observe().pointed == NEW
    pointer = target.folder.pointer()
    assert pointer is not None
    target.folder.write_last_served(pointer)
    target.revert(None)
    target.revert(None)
    assert target.observe().pointed is None and target.folder.last_served() is None
