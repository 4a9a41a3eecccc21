"""A promotion takes two people who are really two, in time, on the evidence that both saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import AlarmState, Meaning, Priority, RequestState, Role
from aiqu_desktop.lifecycle import GateResult, Preview, preview_promotion, preview_rollback, promote, roll_back
from aiqu_desktop.lifecycle.approvals import requests, terms
from aiqu_desktop.lifecycle.approvals.requests import Request
from aiqu_desktop.lifecycle.approvals.warrant import ApprovedRequest, SignedRollback
from aiqu_desktop.lifecycle.journal import Journal
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AuditRecord, Model, PromotionRequest, ReleaseAuthority
from aiqu_desktop.security import audit
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import people
from tests.factories.people import (
    ADMIN,
    APPROVER,
    ENGINEER,
    OPERATOR,
    PASSWORD,
    asked_for,
    by,
    decided,
    rolled_back,
    signed,
    vouched,
)
from tests.lifecycle.fake_target import FakeTarget, Mood
from tests.lifecycle.guarded import guarded_site


class Desk:
    """A model with versions 1 and 2, of which the first is live, on a target that does as it is told."""

    def __init__(self, registry: Registry, clock: ReplayClock, target: FakeTarget) -> None:
        self.registry, self.clock, self.target = registry, clock, target

    def preview(self, number: int = 2) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def ask(self, number: int = 2, who: Credentials = ENGINEER, **how: object) -> Request:
        return asked_for(self.registry, self.target, self.preview(number), who=who, **how)

    def decide(self, request: Request, who: Credentials = APPROVER, **how: object) -> Request:
        return decided(self.registry, self.target, request, who=who, **how)

    def promote(self, request: Request) -> bool:
        return promote(self.registry, self.target, request.id, timeout=0).done

    def state(self, request: Request) -> RequestState:
        return requests.find(self.registry, request.id).state

    @property
    def serving(self) -> int | None:
        return self.target.serving.version if self.target.serving else None

    def forge(self, statement: str, trigger: str, **values: object) -> None:
        """Change a row past the database's own refusal, as the owner of the file could."""
        with self.registry.write() as session:
            session.execute(text(f"DROP TRIGGER {trigger}"))
            session.execute(text(statement), values)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(*guarded_site(tmp_path))
    yield made
    made.registry.close()


def test_two_people_promote_and_the_release_says_who(desk: Desk) -> None:
    request = desk.ask(reason="better on paper")
    assert request.state is RequestState.PENDING and desk.serving == 1
    approved = desk.decide(request)
    assert approved.state is RequestState.APPROVED and desk.serving == 1
    assert desk.promote(approved) and desk.serving == 2
    assert desk.state(request) is RequestState.USED
    with desk.registry.read() as session:
        authority = session.scalars(select(ReleaseAuthority).where(ReleaseAuthority.request_id == request.id)).one()
        intended = session.scalars(
            select(AuditRecord).where(AuditRecord.action == "release.intended").order_by(AuditRecord.sequence.desc())
        ).first()
        assert intended is not None and intended.new is not None
        assert (intended.actor, intended.new["request"]) == ("Eva and Maria", request.id)
        assert (authority.approved_by, intended.reason) == ("Maria", "better on paper")
        assert audit.verify(session).intact


def test_an_approval_serves_once(desk: Desk) -> None:
    request = desk.decide(desk.ask())
    assert desk.promote(request)
    assert rolled_back(
        desk.registry, desk.target, preview_rollback(desk.registry, "toy", target=desk.target), timeout=0
    ).done
    with pytest.raises(Refused, match="is used, not approved"):
        desk.promote(request)
    desk.forge("UPDATE promotion_requests SET state = 'approved'", "promotion_requests_no_return")
    with pytest.raises(Refused):
        desk.promote(request)
    assert desk.serving == 1


@pytest.mark.parametrize("who", [ENGINEER, OPERATOR, ADMIN], ids=lambda who: who.name)
def test_nobody_but_an_approver_approves(desk: Desk, who: Credentials) -> None:
    request = desk.ask()
    with pytest.raises(Refused, match="needs the signature of an approver"):
        desk.decide(request, who)
    with pytest.raises(Refused, match="is pending, not approved"):
        desk.promote(request)


@pytest.mark.parametrize("who", [OPERATOR, APPROVER, ADMIN], ids=lambda who: who.name)
def test_nobody_but_an_engineer_asks(desk: Desk, who: Credentials) -> None:
    with pytest.raises(Refused, match="needs the signature of an engineer"):
        desk.ask(who=who)


def test_an_engineer_who_is_an_approver_too_does_not_approve_the_own_request(desk: Desk) -> None:
    people.set_roles(desk.registry, "eva", (Role.ENGINEER, Role.APPROVER), vouched(APPROVER))
    request = desk.ask()
    with pytest.raises(Refused, match="Eva asked for this promotion"):
        desk.decide(request, ENGINEER)
    assert desk.decide(request).state is RequestState.APPROVED


def _also(desk: Desk, name: str, full_name: str, *roles: Role) -> Credentials:
    people.add(desk.registry, name, full_name, roles, PASSWORD, vouched(APPROVER))
    return by(name)


@pytest.mark.parametrize("full_name", ["D. Scientist", "d.  SCIENTIST", "Ｄ. Scientist"])
def test_the_author_neither_asks_nor_approves_however_the_name_is_written(desk: Desk, full_name: str) -> None:
    author = _also(desk, "ds", full_name, Role.ENGINEER, Role.APPROVER)
    with pytest.raises(Refused, match="is the author of version 2"):
        desk.ask(who=author)
    with pytest.raises(Refused, match="is the author of version 2"):
        desk.decide(desk.ask(), author)


def test_who_brought_the_version_in_does_not_approve_it(desk: Desk) -> None:
    people.set_roles(desk.registry, "eva", (Role.ENGINEER, Role.APPROVER), vouched(APPROVER))
    jonas = _also(desk, "jonas", "Jonas", Role.ENGINEER)
    request = desk.ask(who=jonas)
    with pytest.raises(Refused, match="Eva brought in version 2"):
        desk.decide(request, ENGINEER)


def test_who_administered_the_other_ones_account_is_not_a_second_person(desk: Desk) -> None:
    people.set_roles(desk.registry, "ada", (Role.ADMINISTRATOR, Role.APPROVER), vouched(APPROVER))
    with pytest.raises(Refused, match="Ada has administered the account of Eva"):
        desk.decide(desk.ask(), ADMIN)


def test_an_approval_expires_on_the_sites_clock(desk: Desk) -> None:
    pending = desk.ask()
    desk.clock.move_to(pending.expires_at - timedelta(seconds=1))
    approved = desk.decide(pending)
    desk.clock.move_to(pending.expires_at)
    with pytest.raises(Refused, match="is expired, not approved"):
        desk.promote(approved)
    again = desk.ask()
    desk.clock.move_to(again.expires_at)
    with pytest.raises(Refused, match="is expired, not pending"):
        desk.decide(again)
    assert desk.serving == 1


def test_a_request_is_valid_for_eight_hours_on_a_real_site(desk: Desk) -> None:
    with desk.registry.write() as session:
        assert terms.valid_for(session) == terms.VALID_FOR_REPLAYED
        session.execute(text("UPDATE sites SET is_demo = 0"))
        assert terms.valid_for(session) == timedelta(hours=8)


def _alarm(desk: Desk) -> None:
    with desk.registry.write() as session:
        model = session.scalars(select(Model)).one()
        session.add(
            Alarm(
                model_id=model.id, version_id=None, key="quality", priority=Priority.LOW, message="Odd rows.",
                state=AlarmState.UNACKNOWLEDGED, response="Look.", activated_at=desk.clock.now(),
            )
        )  # fmt: skip


@pytest.mark.parametrize("when", ["before the approval", "after the approval"])
def test_evidence_that_changed_makes_the_request_void(desk: Desk, when: str) -> None:
    request = desk.ask()
    if when == "after the approval":
        desk.decide(request)
    _alarm(desk)
    act: Callable[[Request], object] = desk.decide if when == "before the approval" else desk.promote
    with pytest.raises(Refused, match=r"has changed \(No alarm open: .*void"):
        act(request)
    assert (desk.state(request), desk.serving) == (RequestState.VOID, 1)
    assert desk.decide(desk.ask()).state is RequestState.APPROVED, "it can be asked for again"


def test_a_dead_line_lets_the_request_wait_and_does_not_make_it_void(desk: Desk) -> None:
    request = desk.ask()
    desk.target.mood = Mood.DEAD
    with pytest.raises(Refused, match="has to wait"):
        desk.decide(request)
    assert desk.state(request) is RequestState.PENDING
    desk.target.mood = Mood.WELL
    assert desk.promote(desk.decide(request)) and desk.serving == 2


@pytest.mark.parametrize("who", ["eva", "maria"])
def test_an_account_that_is_disabled_in_between_takes_its_signature_along(desk: Desk, who: str) -> None:
    request = desk.decide(desk.ask())
    people.disable(desk.registry, who, vouched())
    with pytest.raises(Refused, match="is void, not approved"):
        desk.promote(request)
    assert desk.serving == 1


def test_a_role_that_is_taken_in_between_takes_the_signature_along(desk: Desk) -> None:
    request = desk.decide(desk.ask())
    people.set_roles(desk.registry, "maria", (Role.VIEWER,), vouched())
    with pytest.raises(Refused, match="is void, not approved"):
        desk.promote(request)


@pytest.mark.parametrize(
    ("column", "forged"),
    [
        ("version_id", 1),
        ("reason", "because"),
        ("evidence_digest", "0" * 64),
        ("artifact_digest", "0" * 64),
        ("evidence", "{}"),
        ("override", '{"gates": ["metrics"]}'),
        ("requested_at", "2027-01-01 00:00:00.000000"),
    ],
)
def test_a_request_that_was_rewritten_past_the_database_is_void(desk: Desk, column: str, forged: object) -> None:
    request = desk.decide(desk.ask())
    statement = f"UPDATE promotion_requests SET {column} = :forged WHERE id = :id"
    with pytest.raises(IntegrityError, match="fixed"), desk.registry.write() as session:
        session.execute(text(statement), {"forged": forged, "id": request.id})
    desk.forge(statement, "promotion_requests_no_rewrite", forged=forged, id=request.id)
    with pytest.raises(Refused, match="is void, not approved"):
        desk.promote(request)
    assert desk.serving == 1


def test_a_later_expiry_written_past_the_database_prolongs_nothing(desk: Desk) -> None:
    request = desk.decide(desk.ask())
    desk.forge(
        "UPDATE promotion_requests SET expires_at = '2030-01-01 00:00:00.000000'", "promotion_requests_no_rewrite"
    )
    desk.clock.move_to(request.expires_at)
    with pytest.raises(Refused, match="is expired, not approved"):
        desk.promote(request)


def test_a_pending_request_that_is_written_to_be_approved_is_void(desk: Desk) -> None:
    request = desk.ask()
    with desk.registry.write() as session:
        session.get_one(PromotionRequest, request.id).state = RequestState.APPROVED
    with pytest.raises(Refused, match="is void, not approved"):
        desk.promote(request)


def test_the_requesters_own_signature_is_no_approval(desk: Desk) -> None:
    request = desk.ask()
    with desk.registry.write() as session:
        row = session.get_one(PromotionRequest, request.id)
        row.state, row.decision_signature, row.decision_reason = RequestState.APPROVED, row.request_signature, "better"
    with pytest.raises(Refused, match="is void, not approved"):
        desk.promote(request)


def test_an_approval_of_one_request_is_none_of_another(desk: Desk) -> None:
    first = desk.ask()
    asked = requests.terms_for_decision(desk.registry, first.id, approve=True, reason="read")
    signature = signed(desk.registry, APPROVER, asked, "read")
    desk.decide(first, ENGINEER, approve=False, reason="asked too early")
    second = desk.ask()
    with pytest.raises(Refused, match="signed anew"):
        requests.decide(desk.registry, desk.target, second.id, signature, approve=True)


def test_one_request_of_a_version_is_open_at_a_time_and_who_asked_may_take_it_back(desk: Desk) -> None:
    request = desk.ask()
    with pytest.raises(Refused, match="is open already"):
        desk.ask()
    withdrawn = desk.decide(request, ENGINEER, approve=False, reason="asked too early")
    assert withdrawn.state is RequestState.DECLINED
    assert desk.ask().state is RequestState.PENDING


def test_what_was_seen_must_still_hold_when_it_is_asked_for(desk: Desk) -> None:
    seen = desk.preview()
    _alarm(desk)
    with pytest.raises(Refused, match="What you saw has changed"):
        asked_for(desk.registry, desk.target, seen)


def test_the_journal_writes_no_intent_without_a_warrant_that_holds(desk: Desk) -> None:
    request = desk.ask()
    back = preview_rollback(desk.registry, "toy", target=desk.target)
    signature = signed(desk.registry, OPERATOR, terms.Terms(Meaning.ROLLED_BACK, "model toy", "d" * 64), "scrap")
    for preview, warrant in (
        (desk.preview(), ApprovedRequest(request.id)),
        (desk.preview(), ApprovedRequest(999)),
        (desk.preview(), SignedRollback(signature.id)),
        (replace(desk.preview(), blocking=""), ApprovedRequest(request.id)),
    ):
        with pytest.raises(Refused):
            Journal(desk.registry).intend(preview, warrant)
    assert back.blocked
    with pytest.raises(UserError, match="preview"):
        roll_back(desk.registry, desk.target, desk.preview(), signature)


def test_a_rollbacks_signature_serves_once(desk: Desk) -> None:
    assert desk.promote(desk.decide(desk.ask()))
    back = preview_rollback(desk.registry, "toy", target=desk.target)
    signature = signed(desk.registry, OPERATOR, terms.terms_of_rollback(back), "scrap")
    desk.target.mood = Mood.REFUSES
    assert not roll_back(desk.registry, desk.target, back, signature, timeout=0).done
    desk.target.mood = Mood.WELL
    with pytest.raises(Refused, match="served a rollback already"):
        roll_back(desk.registry, desk.target, back, signature, timeout=0)


@pytest.fixture
def failing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> GateResult:
    """A gate that fails and that two people may override."""
    gate = GateResult("metrics", "Not worse on paper", False, "Version 2 is worse by 0.2.", {"worse": 0.2}, True)
    monkeypatch.setattr("aiqu_desktop.lifecycle.gates.promotion.not_worse_on_paper", lambda *_, **__: gate)
    return gate


def test_a_failed_gate_blocks_until_both_people_sign_the_override(desk: Desk, failing: GateResult) -> None:
    with pytest.raises(Refused, match="is blocked"):
        desk.ask()
    request = desk.ask(override=True, reason="the card was measured on the wrong month")
    assert request.override == ("metrics",)
    with desk.registry.read() as session:
        row = session.get_one(PromotionRequest, request.id)
        assert terms.terms_of_decision(row, "toy", approve=True, reason="x").meaning is Meaning.APPROVED_OVERRIDE
    assert desk.promote(desk.decide(request, reason="checked with the laboratory"))
    with desk.registry.read() as session:
        told = session.scalars(select(AuditRecord).where(AuditRecord.action == "release.overridden")).one()
        authority = session.scalars(select(ReleaseAuthority).where(ReleaseAuthority.request_id == request.id)).one()
    assert told.new is not None and told.actor == "Eva and Maria"
    assert told.new["reasons"] == ["the card was measured on the wrong month", "checked with the laboratory"]
    assert authority.override["gates"] == [{"title": failing.title, "finding": failing.finding}]


def test_an_ordinary_approval_is_no_override(desk: Desk, failing: GateResult) -> None:
    request = desk.ask(override=True)
    ordinary = replace_meaning(requests.terms_for_decision(desk.registry, request.id, approve=True, reason="ok"))
    with pytest.raises(Refused, match="signed anew"):
        requests.decide(
            desk.registry, desk.target, request.id, signed(desk.registry, APPROVER, ordinary, "ok"), approve=True
        )


def replace_meaning(asked: terms.Terms) -> terms.Terms:
    """The same terms, signed as if no gate had failed."""
    return replace(asked, meaning=Meaning.APPROVED)


def test_a_gate_that_nobody_can_override_stays_closed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = GateResult("artifact", "Files as imported", False, "A file was changed.", {})
    monkeypatch.setattr("aiqu_desktop.lifecycle.gates.promotion.files_intact", lambda *_: gate)
    with pytest.raises(Refused, match="Nobody can override"):
        desk.ask(override=True)


def test_there_is_nothing_to_override_where_no_gate_failed(desk: Desk) -> None:
    with pytest.raises(UserError, match="nothing to override"):
        desk.ask(override=True)
