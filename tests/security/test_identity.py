"""Who one is must be proven; failures are counted, kept and told in one sentence."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, Person
from aiqu_desktop.security import identity, lockout, passwords, sessions
from aiqu_desktop.security.identity import NOT_PROVEN, authenticate
from aiqu_desktop.security.lockout import FOR_GOOD, LOCKED_SECONDS, TRIES, Uptime
from aiqu_desktop.services import people
from tests.factories.people import ADMIN, OPERATOR, PASSWORD, by, vouched

WRONG = by("olle", "not this password")


def _at(seconds: float, boot: str = "one") -> lockout.MachineTime:
    return lambda: Uptime(boot, seconds)


_start = _at(0)


def _refused(registry: Registry, credentials: identity.Credentials, machine: lockout.MachineTime = _start) -> str:
    with pytest.raises(Refused) as caught:
        authenticate(registry, credentials, machine=machine)
    return str(caught.value)


def test_the_right_password_proves_a_person_and_their_roles(staffed: Registry) -> None:
    proven = authenticate(staffed, by("OLLE"))
    assert (proven.full_name, proven.roles) == ("Olle", (Role.OPERATOR,))


def test_every_failure_is_the_same_sentence(staffed: Registry) -> None:
    people.disable(staffed, "eva", vouched())
    sentences = [_refused(staffed, who) for who in (WRONG, by("nobody"), by("eva"), by("olle", ""))]
    sentences += [_refused(staffed, WRONG) for _ in range(TRIES)]
    sentences.append(_refused(staffed, OPERATOR))
    assert set(sentences) == {NOT_PROVEN}


def test_an_unknown_name_costs_as_much_as_a_wrong_password(staffed: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    honest = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda kept, *more: asked.append(kept) or honest(kept, *more))
    _refused(staffed, WRONG)
    _refused(staffed, by("nobody"))
    assert len(asked) == 2 and asked[1] is None, "a hash is computed for a name that nobody has"
    assert (
        passwords._nobody(passwords.Cost.DEMO).rpartition("$")[0].rpartition("$")[0]
        == (str(asked[0]).rpartition("$")[0].rpartition("$")[0])
    ), "with the same parameters"


def test_an_account_is_locked_after_failures_in_a_row_and_opens_with_time(staffed: Registry) -> None:
    for _ in range(TRIES):
        _refused(staffed, WRONG, _at(100))
    _refused(staffed, OPERATOR, _at(100 + LOCKED_SECONDS - 1))
    assert authenticate(staffed, OPERATOR, machine=_at(100 + LOCKED_SECONDS)).name == "olle"


def test_a_success_forgets_the_failures_before_it(staffed: Registry) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            _refused(staffed, WRONG)
        authenticate(staffed, OPERATOR, machine=_at(0))


def test_a_lock_survives_a_restart_of_the_product_and_begins_anew_with_one_of_the_machine(staffed: Registry) -> None:
    for _ in range(TRIES):
        _refused(staffed, WRONG, _at(100))
    again = Registry.open(staffed.paths, staffed.clock)
    _refused(again, OPERATOR, _at(200))
    _refused(again, OPERATOR, _at(9_000, "two"))
    _refused(again, OPERATOR, _at(9_000 + LOCKED_SECONDS - 1, "two"))
    assert authenticate(again, OPERATOR, machine=_at(9_000 + LOCKED_SECONDS, "two"))
    again.close()


def test_the_machines_own_time_says_which_start_it_counts_from() -> None:
    first, second = lockout.machine_time(), lockout.machine_time()
    assert first.boot == second.boot and first.seconds <= second.seconds


def test_after_a_hundred_failures_only_a_new_password_opens_the_account(staffed: Registry) -> None:
    times = itertools.count(0, LOCKED_SECONDS)
    with staffed.write() as session:
        session.scalars(select(Person).where(Person.key == "olle")).one().failures = FOR_GOOD - 1
    _refused(staffed, WRONG, _at(next(times)))
    _refused(staffed, OPERATOR, _at(10 * LOCKED_SECONDS))
    people.reset_password(staffed, "olle", "another long one", vouched())
    assert authenticate(staffed, by("olle", "another long one"), machine=_at(0))


def test_refusals_are_in_the_audit_chain_and_name_only_accounts_that_exist(staffed: Registry) -> None:
    for _ in range(TRIES):
        _refused(staffed, WRONG)
    _refused(staffed, by("a password typed as a name"))
    with staffed.read() as session:
        rows = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(2)).all()
    assert [row.action for row in rows] == ["person.refused", "person.locked"]
    assert rows[0].actor == "an unknown name" and rows[1].new == {"failures": TRIES}


def test_a_cheap_hash_becomes_a_dear_one_at_the_next_success(
    staffed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "cost_of", lambda _session: passwords.Cost.SITE)
    authenticate(staffed, OPERATOR)
    with staffed.read() as session:
        kept = session.scalars(select(Person.password_hash).where(Person.key == "olle")).one()
    assert "m=65536,t=3,p=4" in kept
    assert authenticate(staffed, OPERATOR).name == "olle"


def test_a_password_is_never_in_the_registry_in_clear_nor_in_a_representation(staffed: Registry) -> None:
    assert PASSWORD not in repr(ADMIN)
    for file in staffed.paths.root.rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes(), file


def test_a_session_ends_when_nobody_acts(staffed: Registry) -> None:
    now = 0.0
    desk = sessions.DeskSession(authenticate(staffed, OPERATOR), lambda: now)
    now = sessions.IDLE_SECONDS - 1.0
    desk.touch()
    now = 2 * sessions.IDLE_SECONDS - 2.0
    assert sessions.present_identity(staffed, desk).name == "olle"
    now = 2 * sessions.IDLE_SECONDS - 1.0
    desk.touch()
    with pytest.raises(Refused, match="sign in again"):
        sessions.present_identity(staffed, desk)


def test_a_session_of_a_person_who_was_disabled_meanwhile_is_worth_nothing(staffed: Registry) -> None:
    desk = sessions.sign_in(staffed, OPERATOR)
    people.disable(staffed, "olle", vouched())
    with pytest.raises(Refused, match="disabled"):
        sessions.present_identity(staffed, desk)
    sessions.sign_out(staffed, desk)
    assert not desk.alive
