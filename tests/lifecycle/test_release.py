"""A button does the thing: a release changes what the line serves and proves it, or goes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused, UserError
from aiqu_desktop.core.words import AlarmState, Priority, ReleaseState, VersionState
from aiqu_desktop.lifecycle import preview_promotion, preview_rollback, promote
from aiqu_desktop.line.protocol import GOLDEN_FILE, MODEL_FILE
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AuditRecord, Model, Release
from aiqu_desktop.security import audit
from tests.factories.people import asked_for, promoted, rolled_back
from tests.lifecycle.plant import TIMEOUT, Plant, running_line


def _digest(plant: Plant, number: int) -> str:
    with plant.registry.read() as session:
        model = session.scalars(select(Model).where(Model.name == plant.model)).one()
        return next(version.digest for version in model.versions if version.number == number)


def _raise_alarm(plant: Plant, key: str) -> None:
    with plant.registry.write() as session:
        model = session.scalars(select(Model).where(Model.name == plant.model)).one()
        session.add(
            Alarm(
                model_id=model.id, key=key, priority=Priority.HIGH, state=AlarmState.UNACKNOWLEDGED,
                message="12 % of rows were quarantined.", response="Look at the feed.",
                activated_at=plant.registry.clock.now(),
            )
        )  # fmt: skip


def test_the_first_promotion_puts_the_version_live_and_keeps_the_proof(plant: Plant) -> None:
    plant.take_in(1)
    steps: list[str] = []
    outcome = plant.promote(1, on_step=lambda step, _: steps.append(step))
    assert outcome.state is ReleaseState.COMPLETED and outcome.done, outcome.sentence
    assert (plant.champion(), plant.pointer(), plant.serving()) == (1, 1, 1)
    assert steps == ["intended", "laid", "staged", "pointed", "switched", "probed", "proven", "completed"]
    assert outcome.proof["serving"] == {"digest": _digest(plant, 1), "version": 1, "release": outcome.release}
    assert outcome.proof["golden"] == {"passed": 10, "total": 10}
    assert outcome.wall_seconds is not None and 0 < outcome.wall_seconds < TIMEOUT
    release = plant.releases()[0]
    assert release.state is ReleaseState.COMPLETED and release.proof == outcome.proof and release.reason == "better"
    with plant.registry.read() as session:
        kept = session.get_one(Release, outcome.release)
        assert [step.step for step in kept.steps] == ["intended", "staged", "switched", "completed"]
        actions = session.scalars(select(AuditRecord.action).where(AuditRecord.subject == f"model {plant.model}")).all()
        assert actions == [
            "version.imported", "signature.made", "request.made", "signature.made", "request.approved",
            "release.intended", "release.staged", "release.switched", "release.completed",
        ]  # fmt: skip
        assert audit.verify(session).intact


def test_the_pointer_carries_the_release_and_no_version_serves_under_another(plant: Plant) -> None:
    plant.take_in(1, 2)
    first, second = plant.promote(1), plant.promote(2)
    pointer = plant.target.folder.pointer()
    assert pointer is not None and pointer.release == second.release != first.release


def test_a_second_promotion_retires_the_old_champion(plant: Plant) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    outcome = plant.promote(2)
    assert (outcome.from_version, outcome.to_version) == (1, 2)
    assert (plant.champion(), plant.pointer(), plant.serving()) == (2, 2, 2)
    assert plant.state(1) is VersionState.RETIRED


def test_a_rollback_goes_to_the_last_known_good_within_seconds_and_withdraws_the_bad_one(plant: Plant) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    plant.promote(2)
    outcome = plant.roll_back()
    assert outcome.done and (outcome.from_version, outcome.to_version) == (2, 1)
    assert (plant.champion(), plant.pointer(), plant.serving()) == (1, 1, 1)
    assert plant.state(2) is VersionState.WITHDRAWN
    assert outcome.wall_seconds is not None and outcome.wall_seconds < 5
    again = preview_rollback(plant.registry, plant.model)
    assert again.blocked and "no last known good" in again.blocking
    advice = {gate.name: gate for gate in preview_promotion(plant.registry, plant.model, 2).gates}["withdrawn"]
    assert advice.passed is None and "Olle: scrap" in advice.finding


@pytest.mark.parametrize("damage", ["model", "golden", "missing"])
def test_a_version_that_the_line_refuses_is_reverted_with_the_lines_own_reason(plant: Plant, damage: str) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    place = plant.target.folder.version_folder(_digest(plant, 2))

    def break_it(step: str, _detail: str) -> None:
        if step != "staged":
            return
        if damage == "model":
            (place / MODEL_FILE).write_bytes(b"not the model")
        elif damage == "missing":
            (place / GOLDEN_FILE).unlink()
        else:
            golden = json.loads((place / GOLDEN_FILE).read_text())
            golden["cases"][0]["prediction"] = "worn" if golden["cases"][0]["prediction"] != "worn" else "good"
            (place / GOLDEN_FILE).write_text(json.dumps(golden))

    outcome = plant.promote(2, on_step=break_it)
    assert outcome.state is ReleaseState.REVERTED
    reason = {"model": "digest", "golden": "golden cases failed", "missing": "golden.json"}[damage]
    assert "The line refused version 2" in outcome.sentence and reason in outcome.sentence
    assert "version 1 serves again" in outcome.sentence
    assert (plant.champion(), plant.pointer(), plant.serving()) == (1, 1, 1)
    assert plant.state(2) is VersionState.CANDIDATE
    assert plant.promote(2).done, "staging again repairs what was damaged on the target"


def test_the_way_back_repairs_what_was_damaged_of_the_former_version(plant: Plant) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    former, wanted = (plant.target.folder.version_folder(_digest(plant, number)) for number in (1, 2))

    def break_both(step: str, _detail: str) -> None:
        if step == "staged":
            (wanted / MODEL_FILE).write_bytes(b"not the model")
            (former / GOLDEN_FILE).write_text("{}")

    outcome = plant.promote(2, on_step=break_both)
    assert outcome.state is ReleaseState.REVERTED, outcome.sentence
    assert (former / GOLDEN_FILE).read_bytes() == (plant.bundles / f"{plant.model}-1" / GOLDEN_FILE).read_bytes()


def test_a_first_promotion_that_is_refused_leaves_no_pointer(plant: Plant) -> None:
    plant.take_in(1)
    place = plant.target.folder.version_folder(_digest(plant, 1))

    def break_it(step: str, _detail: str) -> None:
        if step == "staged":
            (place / MODEL_FILE).write_bytes(b"not the model")

    outcome = plant.promote(1, on_step=break_it)
    assert outcome.state is ReleaseState.REVERTED and "no version is live, as before" in outcome.sentence
    assert (plant.champion(), plant.pointer(), plant.serving()) == (None, None, None)


def test_a_target_that_cannot_be_staged_on_is_left_alone(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    target = plant.target
    before = target.folder.pointer_file.read_bytes()

    def full(_wanted: object, _files: object) -> None:
        raise EnvironmentFault("The target is full; make room.")

    monkeypatch.setattr(target, "stage", full)
    preview = preview_promotion(plant.registry, plant.model, 2)
    outcome = promoted(plant.registry, target, preview, timeout=TIMEOUT)
    assert outcome.state is ReleaseState.REVERTED and "make room" in outcome.sentence
    assert target.folder.pointer_file.read_bytes() == before and plant.champion() == 1


def test_a_dead_line_closes_the_gate(lonely: Plant) -> None:
    with running_line(lonely.registry.paths.line):
        lonely.take_in(1, 2)
        assert lonely.promote(1).done
    target = lonely.target
    assert wait_until(lambda: not target.observe().alive, TIMEOUT)
    preview = preview_promotion(lonely.registry, lonely.model, 2)
    assert preview.blocked and "no sign of life" in preview.blocking
    with pytest.raises(Refused, match="no sign of life"):
        promoted(lonely.registry, lonely.target, preview)
    assert len(lonely.releases()) == 1, "a blocked release writes no intent"


def test_a_line_that_dies_in_mid_release_leaves_the_old_champion_pointed_at_and_says_what_is_not_proven(
    lonely: Plant,
) -> None:
    with running_line(lonely.registry.paths.line) as line:
        lonely.take_in(1, 2)
        assert lonely.promote(1).done

        def kill(step: str, _detail: str) -> None:
            if step == "staged":
                line.kill()
                line.wait()

        outcome = lonely.promote(2, timeout=0.3, on_step=kill)
    assert outcome.state is ReleaseState.UNKNOWN
    assert "has not proven" in outcome.sentence and "version 1" in outcome.sentence
    assert (lonely.champion(), lonely.pointer()) == (1, 1)
    with running_line(lonely.registry.paths.line):
        lonely.wait_for_line()
        assert wait_until(lambda: lonely.serving() == 1, TIMEOUT)
        assert lonely.promote(2).done


def test_what_has_changed_since_it_was_shown_is_not_carried_out(plant: Plant) -> None:
    plant.take_in(1)
    preview = preview_promotion(plant.registry, plant.model, 1)
    _raise_alarm(plant, "quality")
    with pytest.raises(Refused, match="What you saw has changed"):
        promoted(plant.registry, plant.target, preview)
    assert plant.champion() is None and plant.releases() == []
    seen = preview_promotion(plant.registry, plant.model, 1)
    assert not seen.blocked, "a data alarm is advice"
    assert promoted(plant.registry, plant.target, seen).done


def test_a_champion_that_changed_since_it_was_shown_stops_the_release(plant: Plant) -> None:
    plant.take_in(1, 2, 3)
    plant.promote(1)
    preview = preview_promotion(plant.registry, plant.model, 3)
    plant.promote(2)
    with pytest.raises(Refused, match="What you saw has changed"):
        promoted(plant.registry, plant.target, preview)
    assert plant.champion() == 2


def test_a_preview_is_the_same_as_long_as_nothing_changed(plant: Plant) -> None:
    plant.take_in(1)
    first = preview_promotion(plant.registry, plant.model, 1)
    assert first.evidence_digest == preview_promotion(plant.registry, plant.model, 1).evidence_digest


def test_a_promotion_needs_an_approved_request_and_a_rollback_a_signature_of_just_this(plant: Plant) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    request = asked_for(plant.registry, plant.target, preview_promotion(plant.registry, plant.model, 2))
    with pytest.raises(Refused, match="is pending, not approved"):
        promote(plant.registry, plant.target, request.id)
    with pytest.raises(UserError, match="no request 999"):
        promote(plant.registry, plant.target, 999)
    assert plant.promote_request(request).done
    first = rolled_back(plant.registry, plant.target, preview_rollback(plant.registry, plant.model))
    assert first.done and plant.champion() == 1
    assert len(plant.releases()) == 3


def test_a_preview_of_one_kind_does_not_release_the_other(plant: Plant) -> None:
    plant.take_in(1)
    preview = preview_promotion(plant.registry, plant.model, 1)
    with pytest.raises(UserError, match="preview"):
        rolled_back(plant.registry, plant.target, preview)


def test_the_champion_cannot_be_promoted_and_unknown_names_are_said(plant: Plant) -> None:
    plant.take_in(1)
    plant.promote(1)
    with pytest.raises(Refused, match="champion already"):
        preview_promotion(plant.registry, plant.model, 1)
    with pytest.raises(UserError, match="no version 9"):
        preview_promotion(plant.registry, plant.model, 9)
    with pytest.raises(UserError, match="no model 'nothing'"):
        preview_rollback(plant.registry, "nothing")


def test_a_registry_that_cannot_be_written_after_the_switch_is_settled_at_the_next_start(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.take_in(1, 2)
    plant.promote(1)
    real = Registry.write

    def full(step: str, _detail: str) -> None:
        if step == "pointed":
            monkeypatch.setattr(plant.registry, "write", _full_disk)

    def _full_disk() -> object:
        raise EnvironmentFault("The registry cannot be written (database or disk is full); make room.")

    with pytest.raises(AiquError, match="disk is full"):
        plant.promote(2, on_step=full)
    monkeypatch.setattr(plant.registry, "write", real.__get__(plant.registry))
    assert plant.champion() == 1
    (outcome,) = plant.settle()
    assert outcome.done and (plant.champion(), plant.pointer(), plant.serving()) == (2, 2, 2)


def test_the_kept_instants_are_the_sites_own(plant: Plant) -> None:
    plant.take_in(1)
    before = datetime.now(UTC)
    plant.promote(1)
    release = plant.releases()[0]
    assert release.finished_at is not None and before <= release.intended_at <= release.finished_at
