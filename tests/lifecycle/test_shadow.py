"""A shadow is begun and ended on one signed word, changes nothing that serves, and counts in a promotion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.words import FlowState, TargetKind
from aiqu_desktop.lifecycle.approvals import requests
from aiqu_desktop.lifecycle.flow import ask_for_tests, look_again, run_next
from aiqu_desktop.lifecycle.shadow import acts
from aiqu_desktop.lifecycle.shadow.record import open_shadow
from aiqu_desktop.lifecycle.targets.folder import folder_target
from aiqu_desktop.line.shadow.folder import ShadowFolder
from aiqu_desktop.registry.tables import FlowRun, ShadowRecord, TargetRecord, Version
from tests.factories.people import (
    APPROVER,
    ENGINEER,
    OPERATOR,
    asked_for,
    promoted,
    shadowed,
    signed,
    unshadowed,
)
from tests.lifecycle.laboratory import Laboratory, laboratory
from tests.lifecycle.records import audited, newest_flow


class Bench:
    """Version 1 is live, version 2 has passed its tests, version 3 has not been tested."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab, self.registry = lab, lab.registry
        for number in (2, 3):
            lab.take_in(number)
        self.test(2)

    def test(self, number: int) -> None:
        with self.registry.write() as session:
            version = session.scalars(select(Version).where(Version.number == number)).one()
            ask_for_tests(session, self.registry, version, by="Eva")
        run_next(self.registry, lambda: True)

    def night(self) -> None:
        """A day without a shadow's answers: what came before it is known from its midnight on."""
        self.lab.day(rows=20, labels=False)

    @property
    def folder(self) -> ShadowFolder:
        return ShadowFolder(folder_target(self.registry.paths, "toy").folder)

    def named(self) -> int | None:
        """The version that the line's folder names as the shadow."""
        pointer = self.folder.target.pointer()
        return pointer.version if pointer else None

    def rows(self) -> list[ShadowRecord]:
        with self.registry.read() as session:
            return list(session.scalars(select(ShadowRecord).order_by(ShadowRecord.begun_at)))

    def newest(self) -> FlowRun:
        return newest_flow(self.registry)

    def actions(self) -> list[str]:
        return audited(self.registry, "shadow")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with laboratory(tmp_path) as lab:
        yield Bench(lab)


def test_an_engineer_begins_a_shadow_and_what_serves_stays(bench: Bench) -> None:
    before = bench.lab.target.pointed
    begun = shadowed(bench.registry, "toy", 2, reason="newer data")
    assert (begun.version, begun.beside) == (2, 1)
    assert bench.named() == 2
    assert bench.folder.target.is_staged(bench.lab.digest(2))
    assert bench.lab.target.pointed == before
    assert bench.lab.registry.paths.line.joinpath("toy", "champion.json").exists() is False, (
        "the lab's target is no line"
    )
    (row,) = bench.rows()
    assert (row.begun_by, row.reason, row.ended_at) == ("Eva", "newer data", None)
    assert bench.actions() == ["shadow.begun"]


def test_an_operator_ends_it_and_another_can_begin(bench: Bench) -> None:
    shadowed(bench.registry, "toy", 2)
    assert unshadowed(bench.registry, "toy", who=OPERATOR, reason="the line is slow") == 2
    assert bench.named() is None
    (row,) = bench.rows()
    assert (row.ended_by, row.end_reason) == ("Olle", "the line is slow")
    with pytest.raises(Refused, match="nothing to end"):
        unshadowed(bench.registry, "toy")
    bench.test(3)
    shadowed(bench.registry, "toy", 3)
    assert bench.named() == 3
    assert [place.name for place in bench.folder.target.versions.iterdir() if not place.name.startswith(".")] == [
        bench.lab.digest(3)
    ]
    assert bench.actions() == ["shadow.begun", "shadow.ended", "shadow.begun"]


@pytest.mark.parametrize("who", [OPERATOR, APPROVER])
def test_only_an_engineer_begins_one(bench: Bench, who: object) -> None:
    with pytest.raises(Refused, match="This needs the signature of an engineer"):
        shadowed(bench.registry, "toy", 2, who=who)
    assert bench.named() is None and bench.rows() == []


def test_what_cannot_be_a_shadow_is_refused_in_one_sentence(bench: Bench) -> None:
    with pytest.raises(Refused, match="Version 1 of toy is the champion"):
        shadowed(bench.registry, "toy", 1)
    with pytest.raises(Refused, match="Version 3 of toy was never tested; only a version that has passed"):
        shadowed(bench.registry, "toy", 3)
    with pytest.raises(UserError, match="no version 9"):
        shadowed(bench.registry, "toy", 9)
    shadowed(bench.registry, "toy", 2)
    bench.test(3)
    with pytest.raises(Refused, match="Version 2 of toy is its shadow already; end that one first"):
        shadowed(bench.registry, "toy", 3)


def test_a_version_that_did_not_pass_its_tests_is_refused(bench: Bench) -> None:
    for _ in range(3):
        bench.lab.day()
    bench.lab.day(rows=20, labels=False)
    bench.lab.take_in(4, off=3.0)
    bench.test(4)
    assert bench.newest().state is FlowState.NOT_READY
    with pytest.raises(Refused, match="has not passed its tests"):
        shadowed(bench.registry, "toy", 4)


def test_a_signature_holds_for_its_own_version_and_reason_and_once(bench: Bench) -> None:
    bench.test(3)
    asked = acts.terms_of_begin(bench.registry, "toy", 2, "try")
    made = signed(bench.registry, ENGINEER, asked, "try")
    for number, reason in ((3, "try"), (2, "another")):
        with pytest.raises(Refused, match="not one of what is asked"):
            acts.begin_shadow(bench.registry, "toy", number, made.id, reason)
    acts.begin_shadow(bench.registry, "toy", 2, made.id, "try")
    unshadowed(bench.registry, "toy")
    with pytest.raises(Refused, match="has begun a shadow already"):
        acts.begin_shadow(bench.registry, "toy", 2, made.id, "try")
    with pytest.raises(Refused, match="nothing to end"):
        acts.end_shadow(bench.registry, "toy", made.id, "try")


def test_a_promotion_of_the_version_ends_its_shadow_in_the_same_step(bench: Bench) -> None:
    shadowed(bench.registry, "toy", 2)
    assert promoted(bench.registry, bench.lab.target, bench.lab.preview(2)).done
    (row,) = bench.rows()
    assert (row.ended_by, row.end_reason) == ("release", "The version is the champion now.")
    acts.straighten_all(bench.registry)
    assert bench.named() is None


def test_a_promotion_of_another_version_leaves_it(bench: Bench) -> None:
    shadowed(bench.registry, "toy", 2)
    assert promoted(bench.registry, bench.lab.target, bench.lab.preview(3)).done
    acts.straighten_all(bench.registry)
    assert bench.named() == 2 and bench.rows()[0].ended_at is None


def test_a_start_makes_good_what_a_kill_left_between_registry_and_folder(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ShadowFolder, "begin", killed)
        shadowed(bench.registry, "toy", 2)
    assert bench.named() is None
    acts.straighten_all(bench.registry)
    assert bench.named() == 2
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ShadowFolder, "end", killed)
        unshadowed(bench.registry, "toy")
    assert bench.named() == 2
    acts.straighten_all(bench.registry)
    assert bench.named() is None


def test_a_full_disk_begins_no_shadow_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ShadowFolder, "begin", full)
        with pytest.raises(EnvironmentFault, match="No space left on device"):
            shadowed(bench.registry, "toy", 2)
    (row,) = bench.rows()
    assert row.ended_at is not None and row.end_reason.startswith("It could not begin: ")
    acts.straighten_all(bench.registry)
    assert bench.named() is None


def test_how_a_shadow_was_begun_and_ended_cannot_be_rewritten(bench: Bench) -> None:
    shadowed(bench.registry, "toy", 2)
    for statement in ("UPDATE shadows SET reason = 'x'", "UPDATE shadows SET version_id = 1", "DELETE FROM shadows"):
        with pytest.raises(DatabaseError), bench.registry.write() as session:
            session.execute(text(statement))
    unshadowed(bench.registry, "toy")
    with pytest.raises(DatabaseError), bench.registry.write() as session:
        session.execute(text("UPDATE shadows SET ended_at = NULL"))


def test_without_a_policy_nothing_is_asked_and_what_a_shadow_found_counts_all_the_same(bench: Bench) -> None:
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed and gate.finding == "The policy asks for no shadow, and none answered."
    shadowed(bench.registry, "toy", 2)
    bench.lab.day(beside=2)
    bench.lab.day(beside=2)
    bench.night()
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed
    assert gate.finding.startswith("80 rows beside version 1: the same answer in 100 % (95 %")
    assert "accuracy 1 beside 1 of version 1" in gate.finding
    assert bench.lab.gate(3, "shadow").finding == "The policy asks for no shadow, and none answered."


def test_a_challenger_that_is_surely_worse_beside_the_champion_is_blocked_and_two_people_may_override(
    bench: Bench,
) -> None:
    shadowed(bench.registry, "toy", 2)
    for _ in range(3):
        bench.lab.day(rows=60, beside=2, wrong=20)
    bench.night()
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed is False and gate.overridable
    assert "worse by more than the 0.05 allowed" in gate.finding
    assert gate.evidence["measured"]["agreement"]["value"] == pytest.approx(2 / 3)


def test_a_policy_that_asks_for_rows_waits_for_them(bench: Bench) -> None:
    bench.lab.policy("[shadow]\nmin_rows = 100\nmin_labels = 50\n")
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed is False and gate.overridable
    assert gate.finding == (
        "Version 2 has answered 0 of the 100 rows that the policy asks for beside version 1, with 0 of 50 labels."
    )
    shadowed(bench.registry, "toy", 2)
    bench.lab.day(rows=90, beside=2)
    assert "0 of the 100 rows" in bench.lab.gate(2, "shadow").finding, "the data are those of the day's beginning"
    bench.lab.day(rows=90, beside=2, labels=False)
    assert "90 of the 100 rows" in bench.lab.gate(2, "shadow").finding
    bench.night()
    assert bench.lab.gate(2, "shadow").passed


def test_labels_that_are_asked_for_are_waited_for_too(bench: Bench) -> None:
    bench.lab.policy("[shadow]\nmin_labels = 50\n")
    shadowed(bench.registry, "toy", 2)
    bench.lab.day(rows=90, beside=2, labels=False)
    bench.night()
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed is False and "with 0 of 50 labels" in gate.finding
    bench.lab.policy("[shadow]\nmin_rows = 50\n")
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed is None and "too few labels have come" in gate.finding


def test_rows_that_come_meanwhile_do_not_void_a_request(bench: Bench) -> None:
    bench.lab.policy("[shadow]\nmin_rows = 50\n")
    shadowed(bench.registry, "toy", 2)
    bench.lab.day(rows=60, beside=2)
    bench.night()
    shown = bench.lab.preview(2)
    request = asked_for(bench.registry, bench.lab.target, shown)
    bench.lab.day(rows=60, beside=2, wrong=60)
    bench.night()
    now = requests.seen_again(bench.registry, bench.lab.target, requests.find(bench.registry, request.id))
    assert now.evidence_digest == shown.evidence_digest
    assert bench.lab.preview(2).evidence_digest != shown.evidence_digest, "a day later there is more to see"


def test_tests_wait_for_rows_and_end_by_themselves_once_these_have_come(bench: Bench) -> None:
    bench.lab.policy("[shadow]\nmin_rows = 100\n")
    bench.test(3)
    run = bench.newest()
    assert run.state is FlowState.AWAITING_ROWS
    assert run.sentence.startswith("Waiting for rows: Version 3 has answered 0 of the 100 rows")
    look_again(bench.registry, lambda: True)
    assert len(bench.newest().steps) == 5, "the same answer is not written twice"
    shadowed(bench.registry, "toy", 3)
    bench.lab.day(rows=60, beside=3)
    bench.night()
    look_again(bench.registry, lambda: True)
    assert "60 of the 100 rows" in bench.newest().sentence
    bench.lab.day(rows=60, beside=3)
    bench.night()
    look_again(bench.registry, lambda: False)
    assert bench.newest().state is FlowState.AWAITING_ROWS
    look_again(bench.registry, lambda: True)
    run = bench.newest()
    assert run.state is FlowState.READY
    assert run.sentence.startswith("Ready for approval: 5 steps passed")
    assert [step.step for step in run.steps].count("shadow") == 3
    assert not run_next(bench.registry, lambda: True)


def test_a_process_that_dies_while_rows_are_awaited_loses_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lab.policy("[shadow]\nmin_rows = 100\n")

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("aiqu_desktop.lifecycle.flow.record.conclude", killed)
        bench.test(3)
    assert bench.newest().state is FlowState.RUNNING
    run_next(bench.registry, lambda: True)
    assert bench.newest().state is FlowState.AWAITING_ROWS


def test_a_target_without_shadows_says_so_and_the_stored_rows_remain(bench: Bench) -> None:
    bench.lab.policy("[shadow]\nmin_rows = 100\n")
    with bench.registry.write() as session:
        settings = {"url": "http://127.0.0.1:8000", "repository": "/srv/models"}
        settings = {"kind": "triton", **settings}
        session.add(
            TargetRecord(
                model_id=1,
                at=bench.registry.clock.now(),
                by="Eva",
                reason="engine",
                kind=TargetKind.TRITON,
                settings={name: value for name, value in settings.items() if name != "kind"},
            )
        )
    with pytest.raises(Refused, match="cannot run a shadow; the comparison on the site's stored rows remains"):
        shadowed(bench.registry, "toy", 2)
    gate = bench.lab.gate(2, "shadow")
    assert gate.passed is None and "cannot run a shadow" in gate.finding
    with bench.registry.read() as session:
        assert open_shadow(session, 1) is None
