"""One person alone never promotes, nor lets a stopped model serve again, nor lets the product roll back by itself:
whatever roles they hold, whatever they do, in whatever order, administrators too. To stop a model is what one person
can do alone, and nothing but that.

The adversary is one person with any roles. They know the password of their own account, and of every account that they
manage to make or to give a new password. The others do their honest work: an engineer may ask, and nobody approves.
Administrators are no exception.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from aiqu_desktop.core.errors import AiquError, Refused
from aiqu_desktop.core.words import AutomaticMode, Meaning, Role, Trigger
from aiqu_desktop.lifecycle import Preview, preview_promotion, preview_rollback, promote
from aiqu_desktop.lifecycle.approvals import requests, terms
from aiqu_desktop.lifecycle.approvals.warrant import SignedRollback, SignedStop
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.automatic.warrant import SignedBeforehand
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.journal import Journal
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.lifecycle.safe_state.previews import preview_resume, preview_stop
from aiqu_desktop.lifecycle.shadow import acts
from aiqu_desktop.registry.tables import ShadowRecord, SignatureRecord
from aiqu_desktop.security import audit
from aiqu_desktop.services import automatic, people
from aiqu_desktop.services.people import Vouching
from tests.factories.people import (
    APPROVER,
    ENGINEER,
    PASSWORD,
    asked_for,
    by,
    decided,
    rolled_back,
    shadowed,
    signed,
    unshadowed,
    vouched,
)
from tests.factories.people import stopped as stopped_by_one
from tests.lifecycle.guarded import guarded_site

role_sets = st.sets(st.sampled_from(list(Role)), min_size=1, max_size=3)
any_account = st.sampled_from(("mallory", "mallet", "trudy", "eva", "maria", "olle", "ada"))
own_account = st.sampled_from(("mallory", "mallet", "trudy", "eva", "maria", "olle"))
versions = st.sampled_from((2, 3))
roles_that_stop = {Role.OPERATOR, Role.ENGINEER, Role.APPROVER, Role.ADMINISTRATOR}


class OnePerson(RuleBasedStateMachine):
    """Every rule is something that the one person tries; refusals are what is expected."""

    @initialize(roles=role_sets)
    def begin(self, roles: set[Role]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="aiqu-one-person-"))
        self.registry, self.clock, self.target = guarded_site(self.folder)
        self.honest: set[int] = set()  # requests that another person really made
        self.policy_is_honest = False  # another person really proposed one
        people.add(self.registry, "mallory", "Mallory", roles, PASSWORD, vouched(APPROVER))
        self.known = {"mallory"}  # accounts whose password the one person knows

    @rule(name=st.sampled_from(("mallet", "trudy")), roles=role_sets, signer=own_account, witness=own_account)
    def add_an_account(self, name: str, roles: set[Role], signer: str, witness: str) -> None:
        if self._refused(
            lambda: people.add(self.registry, name, name.title(), roles, PASSWORD, self._vouching(signer, witness)),
            signer,
        ):
            return
        self.known.add(name)

    @rule(name=any_account, roles=role_sets, signer=own_account, witness=own_account)
    def change_roles(self, name: str, roles: set[Role], signer: str, witness: str) -> None:
        self._refused(lambda: people.set_roles(self.registry, name, roles, self._vouching(signer, witness)), signer)

    @rule(name=any_account, signer=own_account, witness=own_account)
    def set_a_password(self, name: str, signer: str, witness: str) -> None:
        if not self._refused(
            lambda: people.reset_password(self.registry, name, PASSWORD, self._vouching(signer, witness)), signer
        ):
            self.known.add(name)

    @rule(name=st.sampled_from(("eva", "maria", "olle")), signer=own_account)
    def disable(self, name: str, signer: str) -> None:
        self._refused(lambda: people.disable(self.registry, name, self._vouching(signer, signer)), signer)

    @rule(number=versions, who=own_account)
    def ask(self, number: int, who: str) -> None:
        self._refused(lambda: asked_for(self.registry, self.target, self._preview(number), who=by(who)), who)

    @rule(request=st.integers(2, 8), who=own_account, approve=st.booleans())
    def decide(self, request: int, who: str, approve: bool) -> None:
        self._refused(
            lambda: decided(self.registry, self.target, self._request(request), who=by(who), approve=approve), who
        )

    @rule(request=st.integers(1, 8))
    def carry_out(self, request: int) -> None:
        with contextlib.suppress(AiquError):
            outcome = promote(self.registry, self.target, request, timeout=0)
            assert not outcome.done or request in self.honest, "one person promoted"

    @rule(number=versions, who=own_account)
    def use_a_rollbacks_signature(self, number: int, who: str) -> None:
        def forge() -> object:
            preview = self._preview(number)
            asked = terms.terms_of_rollback(preview)
            return Journal(self.registry).intend(preview, SignedRollback(signed(self.registry, by(who), asked, "x").id))

        assert self._refused(forge, who)

    @rule(who=own_account)
    def stop(self, who: str) -> None:
        shown = preview_stop(self.registry, "toy")
        self._refused(lambda: stopped_by_one(self.registry, self.target, shown, who=by(who), timeout=0), who)

    @rule(who=own_account)
    def ask_to_resume(self, who: str) -> None:
        self._refused(lambda: asked_for(self.registry, self.target, self._resumption(), who=by(who)), who)

    @rule(number=versions, who=own_account, what=st.sampled_from(("promote", "resume")))
    def use_a_stops_signature(self, number: int, who: str, what: str) -> None:
        def forge() -> object:
            preview = self._preview(number) if what == "promote" else self._resumption()
            signature = signed(self.registry, by(who), terms.terms_of_stop(preview), "x")
            return Journal(self.registry).intend(preview, SignedStop(signature.id))

        assert self._refused(forge, who)

    @rule(who=own_account)
    def use_a_rollbacks_signature_to_resume(self, who: str) -> None:
        def forge() -> object:
            preview = self._resumption()
            asked = terms.terms_of_rollback(preview)
            return Journal(self.registry).intend(preview, SignedRollback(signed(self.registry, by(who), asked, "x").id))

        assert self._refused(forge, who)

    @rule()
    def an_honest_engineer_asks_to_resume(self) -> None:
        if "eva" not in self.known:
            with contextlib.suppress(AiquError):
                self.honest.add(asked_for(self.registry, self.target, self._resumption(), who=ENGINEER).id)

    @rule(who=own_account)
    def roll_back(self, who: str) -> None:
        def back() -> object:
            preview = preview_rollback(self.registry, "toy", target=self.target)
            return rolled_back(self.registry, self.target, preview, who=by(who), timeout=0)

        self._refused(back, who)

    @rule(number=versions, who=own_account)
    def begin_a_shadow(self, number: int, who: str) -> None:
        self._refused(lambda: shadowed(self.registry, "toy", number, who=by(who)), who)

    @rule(who=own_account)
    def end_a_shadow(self, who: str) -> None:
        self._refused(lambda: unshadowed(self.registry, "toy", who=by(who)), who)

    @rule(number=versions, who=own_account)
    def begin_a_shadow_with_the_signature_of_a_request(self, number: int, who: str) -> None:
        def forge() -> object:
            asked = terms.terms_of_request(self._preview(number), "x", False)
            made = signed(self.registry, by(who), asked, "x")
            return acts.begin_shadow(self.registry, "toy", number, made.id, "x")

        assert self._refused(forge, who), "a signature of something else began a shadow"

    @invariant()
    def what_answers_beside_the_champion_was_begun_by_an_engineer(self) -> None:
        if not hasattr(self, "registry"):
            return
        with self.registry.read() as session:
            for row in session.scalars(select(ShadowRecord)):
                made = session.get_one(SignatureRecord, row.signature_id)
                assert made.meaning is Meaning.SHADOW_BEGUN and Role.ENGINEER.value in made.roles["held"]

    @rule(who=own_account)
    def propose_to_act(self, who: str) -> None:
        self._refused(lambda: automatic.propose(self.registry, "toy", self._policy(), by(who), "because"), who)

    @rule(who=own_account)
    def approve_to_act(self, who: str) -> None:
        if not self._refused(lambda: automatic.approve(self.registry, "toy", by(who)), who):
            assert self.policy_is_honest, "one person put a policy in force"

    @rule(who=own_account)
    def back_to_advice(self, who: str) -> None:
        self._refused(lambda: automatic.advise_only(self.registry, "toy", by(who), "because"), who)

    @rule(rollback=st.integers(1, 3), number=versions)
    def use_an_automatic_rollback(self, rollback: int, number: int) -> None:
        def forge(look: Callable[[], Preview]) -> object:
            preview = look()
            if preview.to_version is None:
                raise Refused(preview.blocking)
            return Journal(self.registry).intend(preview, SignedBeforehand(rollback))

        back = partial(preview_rollback, self.registry, "toy", target=self.target)
        for look in (partial(self._preview, number), back):
            assert self._refused(partial(forge, look), "mallory")

    @rule()
    def an_honest_engineer_proposes_to_act(self) -> None:
        if "eva" not in self.known:
            with contextlib.suppress(AiquError):
                automatic.propose(self.registry, "toy", self._policy(), ENGINEER, "nights")
                self.policy_is_honest = True

    @rule(number=versions)
    def an_honest_engineer_asks(self, number: int) -> None:
        if "eva" not in self.known:
            with contextlib.suppress(AiquError):
                self.honest.add(asked_for(self.registry, self.target, self._preview(number), who=ENGINEER).id)

    @rule(hours=st.sampled_from((1, 24, 24 * 61)))
    def wait(self, hours: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(hours=hours))

    @invariant()
    def the_target_serves_what_two_people_wanted(self) -> None:
        if not hasattr(self, "target") or self.honest:
            return
        with self.registry.read() as session:
            held = stopped(session, model_named(session, "toy").id) is not None
        if held:
            assert self.target.serving is None, "one person let a stopped model serve"
        else:
            assert self.target.serving is not None and self.target.serving.version == 1

    @invariant()
    def nothing_acts_by_itself(self) -> None:
        if hasattr(self, "registry"):
            view = automatic.show(self.registry, "toy")
            by_two = self.policy_is_honest and view.policy is not None and view.policy.proposed_by == "Eva"
            assert view.mode is AutomaticMode.ADVISE or by_two

    def teardown(self) -> None:
        if hasattr(self, "registry"):
            with self.registry.read() as session:
                assert audit.verify(session).intact
            self.registry.close()
            shutil.rmtree(self.folder)

    def _preview(self, number: int) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def _resumption(self) -> object:
        return preview_resume(self.registry, "toy", target=self.target)

    def _policy(self) -> AutomaticPolicy:
        return AutomaticPolicy((Trigger.PERFORMANCE,), 600, self.clock.now() + timedelta(days=300))

    def _request(self, number: int) -> object:
        return requests.find(self.registry, number)

    def _vouching(self, signer: str, witness: str) -> Vouching:
        return Vouching(by(signer), "because", by(witness) if witness in self.known else None)

    def _refused(self, act: object, who: str) -> bool:
        """True when it was refused; the one person can only sign as an account whose password they know."""
        if who not in self.known:
            return True
        try:
            act()
        except AiquError:
            return True
        return False


_QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def test_no_sequence_of_acts_by_one_person_promotes() -> None:
    few = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=_QUIET)
    run_state_machine_as_test(OnePerson, settings=few)


@pytest.mark.campaign
def test_no_long_sequence_of_acts_by_one_person_promotes() -> None:
    many = settings(max_examples=400, stateful_step_count=60, deadline=None, suppress_health_check=_QUIET)
    run_state_machine_as_test(OnePerson, settings=many)


@pytest.mark.parametrize("roles", [*itertools.combinations(Role, 2), tuple(Role)], ids=str)
def test_no_pair_of_roles_and_not_all_of_them_together_lets_one_person_promote(roles: tuple[Role, ...]) -> None:
    story = OnePerson()
    story.begin(set(roles))
    story.add_an_account("mallet", {Role.ENGINEER, Role.OPERATOR}, "mallory", "mallory")
    story.add_an_account("trudy", {Role.APPROVER}, "mallory", "mallet")
    for asks, approves in itertools.product(("mallory", "mallet", "trudy"), repeat=2):
        story.ask(2, asks)
        for request in range(2, 8):
            story.decide(request, approves, True)
            story.carry_out(request)
    for proposes, approves in itertools.product(("mallory", "mallet", "trudy"), repeat=2):
        story.propose_to_act(proposes)
        story.approve_to_act(approves)
        story.nothing_acts_by_itself()
    story.the_target_serves_what_two_people_wanted()
    story.stop("mallory")
    story.stop("mallet")
    for asks, approves in itertools.product(("mallory", "mallet", "trudy"), repeat=2):
        story.ask_to_resume(asks)
        for request in range(2, 10):
            story.decide(request, approves, True)
            story.carry_out(request)
    story.the_target_serves_what_two_people_wanted()
    may_stop = not roles_that_stop.isdisjoint(roles)  # an administrator makes an account that may
    assert (story.target.serving is None) == may_stop, "it stands still, and nobody has started it again"
    story.teardown()
