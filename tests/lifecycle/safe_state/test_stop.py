"""A stop, whatever the target does with it, and every way out of it, against a target with faults to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import ReleaseState, VersionState
from aiqu_desktop.lifecycle import (
    Placement,
    Preview,
    ReleaseOutcome,
    preview_promotion,
    preview_rollback,
    promote,
    span_at,
    spans,
)
from aiqu_desktop.lifecycle.approvals import terms
from aiqu_desktop.lifecycle.approvals.warrant import Authority, SignedStop
from aiqu_desktop.lifecycle.history import placed_by
from aiqu_desktop.lifecycle.journal import Journal
from aiqu_desktop.lifecycle.last_good import healthy_champions
from aiqu_desktop.lifecycle.safe_state import stopping
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.lifecycle.safe_state.previews import preview_resume, preview_stop
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, Hold, Model, Version
from aiqu_desktop.security import audit
from tests.factories.people import (
    APPROVER,
    ENGINEER,
    OPERATOR,
    asked_for,
    decided,
    promoted,
    rolled_back,
    signed,
)
from tests.factories.people import stopped as stopped_by_one
from tests.lifecycle.fake_target import FakeTarget, Mood
from tests.lifecycle.guarded import guarded_site


@dataclass
class Guarded:
    registry: Registry
    clock: ReplayClock
    target: FakeTarget

    def stop(self, **how: Any) -> ReleaseOutcome:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return stopped_by_one(self.registry, self.target, preview_stop(self.registry, "toy"), timeout=0, **how)

    def resume(self) -> ReleaseOutcome:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return promoted(self.registry, self.target, self.preview_resume(), timeout=0)

    def promote(self, number: int) -> ReleaseOutcome:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return promoted(self.registry, self.target, self.preview(number), timeout=0)

    def roll_back(self) -> ReleaseOutcome:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        back = preview_rollback(self.registry, "toy", target=self.target)
        return rolled_back(self.registry, self.target, back, timeout=0)

    def preview(self, number: int) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def preview_resume(self) -> Preview:
        return preview_resume(self.registry, "toy", target=self.target)

    def champion(self) -> int:
        with self.registry.read() as session:
            return session.scalars(select(Version.number).where(Version.state == VersionState.CHAMPION)).one()

    def stopped(self) -> bool:
        with self.registry.read() as session:
            assert audit.verify(session).intact
            return stopped(session, session.scalars(select(Model.id)).one()) is not None

    def serving(self) -> int | None:
        return self.target.serving.version if self.target.serving else None

    def last_record(self) -> AuditRecord:
        with self.registry.read() as session:
            return session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(1)).one()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Guarded]:
    registry, clock, target = guarded_site(tmp_path)
    yield Guarded(registry, clock, target)
    registry.close()


def test_one_person_stops_a_model_and_the_champion_stays_the_champion(site: Guarded) -> None:
    outcome = site.stop()
    assert outcome.done and outcome.sentence == "toy is stopped: the fake answers nothing."
    assert outcome.wall_seconds is not None and outcome.proof["stopped_by"] == outcome.release
    assert (site.champion(), site.serving(), site.stopped()) == (1, None, True)
    assert site.last_record().new == {
        "release": outcome.release, "champion": 1, "digest": site.preview(2).from_version.digest, "stopped": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        (Mood.SILENT, "The fake still answers with version 1 after 0 s"),
        (Mood.DEAD, "The fake gave no sign of life for 0 s"),
        (Mood.LOCKED, "The fake could not be told to stop (The fake cannot be written; correct its permissions)"),
    ],
)
def test_a_stop_that_is_not_proven_is_unknown_and_stands_all_the_same(site: Guarded, mood: Mood, why: str) -> None:
    site.target.mood = mood
    outcome = site.stop()
    assert outcome.state is ReleaseState.UNKNOWN and outcome.wall_seconds is None
    assert outcome.sentence.startswith(why) and "go to the target" in outcome.sentence
    assert site.stopped() and site.champion() == 1
    site.target.mood = Mood.WELL
    again = site.stop()
    assert again.done and site.serving() is None, "an unproven stop can be pressed again"
    with site.registry.read() as session:
        holds = session.scalars(select(Hold).order_by(Hold.since)).all()
        assert [(hold.release_id, hold.ended_by) for hold in holds] == [
            (outcome.release, again.release),
            (again.release, None),
        ]


def test_a_stop_needs_a_living_word_of_one_who_may_and_serves_once(site: Guarded) -> None:
    shown = preview_stop(site.registry, "toy")
    signature = signed(site.registry, OPERATOR, terms.terms_of_stop(shown), "wrong answers")
    with pytest.raises(UserError, match="a stop was asked for"):
        stopping.stop(site.registry, site.target, site.preview(2), signature, timeout=0)
    with pytest.raises(Refused, match="entitles to a stop only"):
        Journal(site.registry).intend(site.preview(2), SignedStop(signature.id))
    assert stopping.stop(site.registry, site.target, shown, signature, timeout=0).done
    with pytest.raises(Refused, match="is stopped already"):
        site.stop()
    site.resume()
    with pytest.raises(Refused):
        stopping.stop(site.registry, site.target, preview_stop(site.registry, "toy"), signature, timeout=0)


def test_a_stop_that_was_shown_with_another_card_or_champion_is_looked_at_again(site: Guarded) -> None:
    shown = preview_stop(site.registry, "toy")
    site.promote(2)
    with pytest.raises(Refused, match="What you saw has changed"):
        stopped_by_one(site.registry, site.target, shown, timeout=0)
    assert not site.stopped()


def test_a_resumption_takes_two_people_and_the_targets_proof(site: Guarded) -> None:
    with pytest.raises(Refused, match="not stopped, so there is nothing to resume"):
        asked_for(site.registry, site.target, site.preview_resume())
    site.stop()
    request = asked_for(site.registry, site.target, site.preview_resume())
    with pytest.raises(Refused, match="This needs the signature of an approver"):
        decided(site.registry, site.target, request, who=ENGINEER)
    with pytest.raises(Refused, match="This needs the signature of an approver"):
        decided(site.registry, site.target, request, who=OPERATOR)
    with pytest.raises(Refused, match="This needs the signature of an engineer"):
        asked_for(site.registry, site.target, site.preview_resume(), who=APPROVER)
    assert site.serving() is None
    decided(site.registry, site.target, request)
    with pytest.raises(Refused, match="is approved, not pending"):
        decided(site.registry, site.target, request)
    outcome = promote(site.registry, site.target, request.id, timeout=0)
    assert outcome.done and (site.champion(), site.serving(), site.stopped()) == (1, 1, False)
    assert outcome.sentence.startswith("Version 1 is live: the fake answers with its digest")
    with pytest.raises(Refused, match="is used, not approved"):
        promote(site.registry, site.target, request.id, timeout=0)


def test_an_approval_from_before_a_stop_does_not_end_it(site: Guarded) -> None:
    request = asked_for(site.registry, site.target, site.preview(2))
    decided(site.registry, site.target, request)
    site.stop()
    with pytest.raises(Refused, match="What was asked for has changed"):
        promote(site.registry, site.target, request.id, timeout=0)
    assert site.stopped() and site.serving() is None


@pytest.mark.parametrize("mood", [Mood.REFUSES, Mood.UNSTAGEABLE, Mood.DEAD, Mood.SILENT])
@pytest.mark.parametrize("act", ["resume", "promote", "roll back"])
def test_a_release_that_fails_out_of_a_stop_leaves_the_model_stopped(site: Guarded, act: str, mood: Mood) -> None:
    site.promote(2)
    stop = site.stop().release

    def spoil(step: str, _detail: str) -> None:
        if step == "intended":
            site.target.mood = mood

    if act == "roll back":
        back = preview_rollback(site.registry, "toy", target=site.target)
        outcome = rolled_back(site.registry, site.target, back, timeout=0, on_step=spoil)
    else:
        shown = site.preview_resume() if act == "resume" else site.preview(3)
        outcome = promoted(site.registry, site.target, shown, timeout=0, on_step=spoil)
    assert outcome.state is (ReleaseState.UNKNOWN if mood is Mood.DEAD else ReleaseState.REVERTED)
    assert "toy stays stopped" in outcome.sentence or "toy shall stay stopped" in outcome.sentence
    assert (site.champion(), site.serving(), site.stopped()) == (2, None, True)
    assert (site.target.pointed, site.target.stopped_by) == (None, stop)


def test_a_promotion_and_a_rollback_end_a_stop(site: Guarded) -> None:
    site.promote(2)
    site.stop()
    assert site.roll_back().done
    assert (site.champion(), site.serving(), site.stopped()) == (1, 1, False)
    site.stop()
    assert site.promote(3).done
    assert (site.champion(), site.serving(), site.stopped()) == (3, 3, False)
    assert site.last_record().new is not None and site.last_record().new["stopped"] is False


def test_a_version_that_was_replaced_while_stopped_is_no_last_known_good(site: Guarded) -> None:
    site.promote(2)
    site.stop()
    site.promote(3)
    with site.registry.read() as session:
        model = session.scalars(select(Model.id)).one()
        assert [version.number for version in healthy_champions(session, model)] == [1]


def test_a_resumed_version_can_be_gone_back_to_later(site: Guarded) -> None:
    site.stop()
    resumed = site.resume()
    with site.registry.read() as session:
        model, version = session.scalars(select(Model.id)).one(), session.scalars(
            select(Version.id).where(Version.number == 1)
        ).one()  # fmt: skip
        assert placed_by(session, model, version) == resumed.release
    site.promote(2)
    assert site.roll_back().done and site.serving() == 1


def test_history_says_for_any_instant_that_nothing_served(site: Guarded) -> None:
    before = site.clock.now()
    site.stop()
    during = site.clock.now()
    site.resume()
    every = spans(site.registry, "toy")
    assert [(span.number, span.serves, span.kind.value) for span in every] == [
        (1, True, "promotion"),
        (1, False, "stop"),
        (1, True, "resume"),
    ]
    found = [span_at(every, instant) for instant in (before, during, site.clock.now())]
    assert [span.serves for span in found if span] == [True, False, True]


def test_a_stop_that_was_not_proven_is_in_the_history_as_such(site: Guarded) -> None:
    site.target.mood = Mood.SILENT
    site.stop()
    last = spans(site.registry, "toy")[-1]
    assert (last.serves, last.proven, last.until) == (False, False, None)


def test_only_people_end_a_stop(site: Guarded) -> None:
    """Whatever acts by itself, under whatever policy, is kept from it where the intent is written."""

    class Policy:
        def spend(self, *_: object) -> Authority:
            return Authority("a policy", "", "an alarm")

    site.promote(2)
    back = preview_rollback(site.registry, "toy", target=site.target)
    site.stop()
    with pytest.raises(Refused, match="only people end a stop"):
        Journal(site.registry).intend(back, Policy())
    assert site.stopped()


def test_the_database_itself_refuses_a_second_hold_and_a_rewritten_one(site: Guarded) -> None:
    outcome = site.stop()
    site.resume()
    for change in (
        lambda hold: setattr(hold, "ended_by", None),
        lambda hold: setattr(hold, "since", site.clock.now()),
    ):
        with pytest.raises(IntegrityError, match="holds"), site.registry.write() as session:
            change(session.get_one(Hold, outcome.release))
    with pytest.raises(IntegrityError, match="append-only"), site.registry.write() as session:
        session.delete(session.get_one(Hold, outcome.release))


def test_the_placement_of_a_resumed_version_is_the_resumptions(site: Guarded) -> None:
    site.stop()
    outcome = site.resume()
    assert site.target.serving == Placement(site.target.serving.digest, 1, outcome.release)  # type: ignore[union-attr]
