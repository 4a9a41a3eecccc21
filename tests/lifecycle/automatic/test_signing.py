"""A policy acts only while two different people with the right roles have signed just what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.words import AutomaticMode, Role, Trigger
from aiqu_desktop.security import audit
from aiqu_desktop.services import automatic, people
from tests.factories.people import ADMIN, APPROVER, ENGINEER, OPERATOR, PASSWORD, by, vouched
from tests.lifecycle.automatic.case import Case


def _mode(site: Case) -> AutomaticMode:
    return automatic.show(site.registry, "toy").mode


def test_a_model_begins_with_advice(site: Case) -> None:
    view = automatic.show(site.registry, "toy")
    assert view.mode is AutomaticMode.ADVISE and "No policy is signed" in view.why
    assert (view.policy, view.proposal, view.pending, view.past) == (None, None, None, ())


def test_a_proposal_alone_is_not_in_force_and_the_second_signature_puts_it_there(site: Case) -> None:
    number = automatic.propose(site.registry, "toy", site.policy_of(), ENGINEER, "nights")
    view = automatic.show(site.registry, "toy")
    assert view.mode is AutomaticMode.ADVISE and view.proposal is not None and view.proposal.proposed_by == "Eva"
    assert automatic.approve(site.registry, "toy", APPROVER, shown=number) == number
    view = automatic.show(site.registry, "toy")
    assert (view.mode, view.why, view.proposal) == (AutomaticMode.ACT, "", None)
    assert view.policy is not None and (view.policy.proposed_by, view.policy.approved_by) == ("Eva", "Maria")
    with site.registry.read() as session:
        assert audit.verify(session).intact


@pytest.mark.parametrize("who", [OPERATOR, APPROVER, ADMIN])
def test_only_an_engineer_proposes(site: Case, who: Any) -> None:
    with pytest.raises(Refused, match="needs the signature of an engineer"):
        automatic.propose(site.registry, "toy", site.policy_of(), who, "nights")


@pytest.mark.parametrize("who", [OPERATOR, ENGINEER, ADMIN])
def test_only_an_approver_approves(site: Case, who: Any) -> None:
    automatic.propose(site.registry, "toy", site.policy_of(), ENGINEER, "nights")
    with pytest.raises(Refused, match="needs the signature of an approver"):
        automatic.approve(site.registry, "toy", who)
    assert _mode(site) is AutomaticMode.ADVISE


def test_one_person_with_both_roles_does_not_sign_twice(site: Case) -> None:
    people.add(site.registry, "both", "Both", (Role.ENGINEER, Role.APPROVER), PASSWORD, vouched(APPROVER))
    automatic.propose(site.registry, "toy", site.policy_of(), by("both"), "nights")
    with pytest.raises(Refused, match="another person must decide"):
        automatic.approve(site.registry, "toy", by("both"))
    assert _mode(site) is AutomaticMode.ADVISE


def test_a_proposal_cannot_be_swapped_under_the_approvers_pen(site: Case) -> None:
    read = automatic.propose(site.registry, "toy", site.policy_of(), ENGINEER, "nights")
    automatic.propose(site.registry, "toy", site.policy_of(at_most=7), ENGINEER, "nights")
    with pytest.raises(Refused, match="read it before you sign"):
        automatic.approve(site.registry, "toy", APPROVER, shown=read)
    assert _mode(site) is AutomaticMode.ADVISE


def test_a_new_proposal_leaves_the_old_policy_in_force_until_it_is_approved(site: Case) -> None:
    site.sign()
    automatic.propose(site.registry, "toy", site.policy_of(at_most=3), ENGINEER, "more")
    view = automatic.show(site.registry, "toy")
    assert view.policy is not None and view.proposal is not None
    assert (view.policy.at_most, view.proposal.at_most) == (1, 3)
    automatic.approve(site.registry, "toy", APPROVER)
    after = automatic.show(site.registry, "toy").policy
    assert after is not None and after.at_most == 3


@pytest.mark.parametrize("who", [OPERATOR, ENGINEER, APPROVER])
def test_any_one_of_them_switches_back_to_advice_at_once(site: Case, who: Any) -> None:
    site.sign()
    automatic.advise_only(site.registry, "toy", who, "a new line is being run in")
    view = automatic.show(site.registry, "toy")
    assert view.mode is AutomaticMode.ADVISE and "a new line is being run in" in view.why


def test_back_to_advice_ends_a_proposal_that_waits(site: Case) -> None:
    automatic.propose(site.registry, "toy", site.policy_of(), ENGINEER, "nights")
    automatic.advise_only(site.registry, "toy", OPERATOR, "no")
    with pytest.raises(Refused, match="waits for an approver"):
        automatic.approve(site.registry, "toy", APPROVER)
    assert _mode(site) is AutomaticMode.ADVISE


def test_it_ends_on_its_day(site: Case) -> None:
    site.sign(valid_until=site.clock.now() + timedelta(days=2))
    site.clock.move_to(site.clock.now() + timedelta(days=1, hours=23))
    assert _mode(site) is AutomaticMode.ACT
    site.clock.move_to(site.clock.now() + timedelta(hours=1))
    assert "was valid until" in automatic.show(site.registry, "toy").why


@pytest.mark.parametrize("name", ["eva", "maria"])
def test_it_ends_when_one_of_the_two_may_no_longer_sign(site: Case, name: str) -> None:
    site.sign()
    people.disable(site.registry, name, vouched())
    view = automatic.show(site.registry, "toy")
    assert view.mode is AutomaticMode.ADVISE and "disabled" in view.why


def test_a_rewritten_policy_is_not_in_force(site: Case) -> None:
    site.sign()
    with pytest.raises((DatabaseError, EnvironmentFault)), site.registry.write() as session:
        session.execute(text("UPDATE automatic_policies SET content = '{}'"))
    with site.registry.write() as session:  # whoever owns the file can drop the rule, and not the signature
        session.execute(text("DROP TRIGGER automatic_policies_no_update"))
        session.execute(
            text("UPDATE automatic_policies SET content = replace(content, '\"at_most\": 1', '\"at_most\": 7')")
        )
    view = automatic.show(site.registry, "toy")
    assert view.mode is AutomaticMode.ADVISE and "is not one of what is asked now" in view.why


@pytest.mark.parametrize(("changes", "said"), [
    ({"triggers": ()}, "needs a trigger"),
    ({"countdown_seconds": 9}, "10 to 86400"),
    ({"countdown_seconds": 86_401}, "10 to 86400"),
    ({"at_most": 0}, "1 to 7"),
    ({"at_most": 8}, "1 to 7"),
    ({"latency_ms": 5.0}, "belong together"),
    ({"triggers": (Trigger.LATENCY,)}, "belong together"),
    ({"triggers": (Trigger.LATENCY,), "latency_ms": 0.1}, "1 to 600000"),
])  # fmt: skip
def test_what_no_policy_may_say_is_refused(site: Case, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        automatic.propose(site.registry, "toy", site.policy_of(**changes), ENGINEER, "nights")


def test_a_policy_is_valid_until_a_day_to_come(site: Case) -> None:
    with pytest.raises(UserError, match="a day to come"):
        automatic.propose(site.registry, "toy", site.policy_of(valid_until=site.clock.now()), ENGINEER, "nights")
