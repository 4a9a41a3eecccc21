"""Each gate answers with figures; a failed one blocks, advice does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import Task
from aiqu_desktop.lifecycle import GateResult, Preview, preview_promotion, preview_rollback
from aiqu_desktop.registry import ArtifactStore, Registry
from tests.factories.bundles import make_bundle
from tests.factories.people import promoted
from tests.lifecycle.fake_target import FakeTarget, Mood


class Desk:
    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry, self.folder, self.target = registry, folder, FakeTarget()

    def take_in(self, number: int, metric: float | None = None, task: Task = Task.CLASSIFICATION) -> None:
        bundle = make_bundle(self.folder / str(number), "toy", number, metric=metric, task=task)
        import_bundle(self.registry, bundle, actor="Eva")

    def preview(self, number: int) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def gate(self, number: int, name: str) -> GateResult:
        return {gate.name: gate for gate in self.preview(number).gates}[name]

    def promote(self, number: int) -> None:
        assert promoted(self.registry, self.target, self.preview(number)).done

    def damage(self, number: int) -> None:
        version = self.preview(number).to_version
        assert version is not None
        place = ArtifactStore(self.registry.paths.artifacts, self.registry.clock).path(version.digest)
        place.chmod(0o644)
        place.write_bytes(b"not what was imported")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    registry = Registry.create(SitePaths(tmp_path / "site"), ReplayClock(datetime(2008, 3, 1, tzinfo=UTC)))
    yield Desk(registry, tmp_path)
    registry.close()


def test_a_good_first_version_may_go_live_and_is_told_what_could_not_be_asked(desk: Desk) -> None:
    desk.take_in(1)
    seen = desk.preview(1)
    assert {gate.name: gate.passed for gate in seen.gates} == {
        "artifact": True, "schema": True, "golden": True, "holdout": None, "recent": None, "segments": None,
        "shadow": True, "metrics": True, "budget": None, "policy": True, "freeze": True, "reference": True,
        "target": True,
        "alarms": True, "release": True, "withdrawn": True,
    }  # fmt: skip
    assert not seen.blocked
    assert all(gate.finding.endswith(".") and "\n" not in gate.finding for gate in seen.gates)


def test_an_artifact_changed_on_disk_blocks_and_nothing_is_intended(desk: Desk) -> None:
    desk.take_in(1)
    desk.damage(1)
    seen = desk.preview(1)
    assert seen.blocked and "changed on disk" in seen.blocking
    assert desk.gate(1, "golden").blocks, "what cannot be read cannot prove itself"
    with pytest.raises(Refused, match="changed on disk"):
        promoted(desk.registry, desk.target, seen)
    assert desk.target.pointed is None and desk.target.staged == set()


def test_a_last_known_good_changed_on_disk_is_not_rolled_back_to(desk: Desk) -> None:
    for number in (1, 2):
        desk.take_in(number)
        desk.promote(number)
    before = preview_rollback(desk.registry, "toy", target=desk.target)
    assert [gate.name for gate in before.gates] == ["artifact", "golden", "target"] and not before.blocked
    desk.damage(1)
    after = preview_rollback(desk.registry, "toy", target=desk.target)
    assert after.blocked and "restore it from a backup" in after.blocking


@pytest.mark.parametrize(("champion", "candidate", "passes"), [
    (0.90, 0.86, True), (0.90, 0.84, False), (0.90, 0.97, True), (0.90, 0.90, True),
])  # fmt: skip
def test_accuracy_may_fall_by_no_more_than_five_points(
    desk: Desk, champion: float, candidate: float, passes: bool
) -> None:
    desk.take_in(1, champion)
    desk.promote(1)
    desk.take_in(2, candidate)
    gate = desk.gate(2, "metrics")
    assert gate.passed is passes
    assert f"{candidate:.3g}" in gate.finding and f"{champion:.3g}" in gate.finding and "n = 200" in gate.finding
    assert desk.preview(2).blocked is not passes


@pytest.mark.parametrize(("champion", "candidate", "passes"), [
    (2.0, 2.4, True), (2.0, 2.6, False), (2.0, 0.5, True),
])  # fmt: skip
def test_an_error_may_grow_by_no_more_than_a_quarter(
    desk: Desk, champion: float, candidate: float, passes: bool
) -> None:
    desk.take_in(1, champion, Task.REGRESSION)
    desk.promote(1)
    desk.take_in(2, candidate, Task.REGRESSION)
    assert desk.gate(2, "metrics").passed is passes


def test_a_target_without_a_sign_of_life_blocks(desk: Desk) -> None:
    desk.take_in(1)
    desk.target.mood = Mood.DEAD
    gate = desk.gate(1, "target")
    assert gate.blocks and gate.finding.startswith("The fake gives no sign of life")


def test_what_proves_the_right_file_can_never_be_overridden(desk: Desk) -> None:
    desk.take_in(1)
    overridable = {gate.name for gate in desk.preview(1).gates if gate.overridable}
    assert overridable == {
        "holdout", "recent", "segments", "shadow", "metrics", "budget", "freeze", "reference", "alarms",
    }  # fmt: skip


def test_the_evidence_digest_covers_what_is_shown(desk: Desk) -> None:
    desk.take_in(1)
    well = desk.preview(1)
    desk.target.mood = Mood.DEAD
    assert desk.preview(1).evidence_digest != well.evidence_digest
    desk.target.mood = Mood.WELL
    assert desk.preview(1).evidence_digest == well.evidence_digest
