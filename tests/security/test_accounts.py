"""Accounts: one for each person, never deleted, never given again; what opens the way to approval takes two."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import Meaning, Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.security import accounts, audit
from aiqu_desktop.security.identity import authenticate
from aiqu_desktop.security.passwords import Cost, hashed
from aiqu_desktop.security.signing import sign
from aiqu_desktop.services import people
from aiqu_desktop.services.people import Vouching
from tests.factories.people import ADMIN, APPROVER, ENGINEER, PASSWORD, by, vouched


def _add(registry: Registry, name: str, *roles: Role, **how: object) -> accounts.Identity:
    vouching = how.pop("vouching", None) or vouched()
    return people.add(registry, name, str(how.pop("full_name", name.title())), roles, PASSWORD, vouching)


def test_the_first_account_is_the_administrator_and_the_chain_says_that_nobody_signed(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), SystemClock())
    assert not people.has_people(registry)
    assert people.found(registry, "ada", "Ada Ek", PASSWORD).roles == (Role.ADMINISTRATOR,)
    with pytest.raises(Refused, match="signs for every later account"):
        people.found(registry, "eve", "Eve Ek", PASSWORD)
    with registry.read() as session:
        assert session.execute(text("SELECT action, actor FROM audit_records")).all() == [("person.bootstrap", "setup")]
    registry.close()


@pytest.mark.parametrize(("name", "full_name"), [("EVA", "Another"), ("eve", "  eva "), ("ｅva", "Another")])
def test_a_name_is_never_given_twice_not_even_after_its_account_was_disabled(
    staffed: Registry, name: str, full_name: str
) -> None:
    people.disable(staffed, "eva", vouched())
    with pytest.raises(UserError, match="never given twice"):
        _add(staffed, name, Role.VIEWER, full_name=full_name)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM people",
        "UPDATE people SET name = 'eve'",
        "UPDATE people SET full_name = 'Eve'",
        "DELETE FROM person_roles",
        "UPDATE person_roles SET role = 'approver'",
        "UPDATE people SET disabled_at = NULL WHERE key = 'eva'",
    ],
)
def test_the_database_itself_keeps_accounts_and_names(staffed: Registry, statement: str) -> None:
    people.disable(staffed, "eva", vouched())
    with pytest.raises(IntegrityError), staffed.write() as session:
        session.execute(text(statement))


def test_only_an_administrator_signs_for_an_account(staffed: Registry) -> None:
    with pytest.raises(Refused, match="an administrator"):
        _add(staffed, "eve", Role.VIEWER, vouching=Vouching(ENGINEER, "x"))
    with pytest.raises(Refused, match="do not fit together"):
        _add(staffed, "eve", Role.VIEWER, vouching=Vouching(by("ada", "not her password"), "x"))
    assert [row.name for row in people.list_people(staffed)] == ["ada", "eva", "maria", "olle"]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
def test_a_role_that_decides_about_approvals_takes_a_witness(staffed: Registry, role: Role) -> None:
    with pytest.raises(Refused, match="second person must witness"):
        _add(staffed, "eve", role)
    with pytest.raises(Refused, match="second person must witness"):
        people.set_roles(staffed, "eva", (Role.ENGINEER, role), vouched())
    with pytest.raises(Refused, match="neither who signs"):
        _add(staffed, "eve", role, vouching=vouched(ADMIN))
    with pytest.raises(Refused, match="needs the signature of"):
        _add(staffed, "eve", role, vouching=vouched(ENGINEER))
    assert role in _add(staffed, "eve", role, vouching=vouched(APPROVER)).roles


def test_an_approvers_password_is_not_set_by_an_administrator_alone(staffed: Registry) -> None:
    with pytest.raises(Refused, match="second person must witness"):
        people.reset_password(staffed, "maria", "known to ada now", vouched())
    with pytest.raises(Refused, match="nor whose account"):
        people.reset_password(staffed, "maria", "known to ada now", vouched(APPROVER))
    assert authenticate(staffed, APPROVER).name == "maria"


def test_taking_a_role_away_and_disabling_need_no_witness_but_leave_an_administrator(staffed: Registry) -> None:
    assert people.set_roles(staffed, "maria", (Role.VIEWER,), vouched()).roles == (Role.VIEWER,)
    for act in (
        lambda: people.disable(staffed, "ada", vouched()),
        lambda: people.set_roles(staffed, "ada", (), vouched()),
    ):
        with pytest.raises(Refused, match="without an administrator"):
            act()
    with pytest.raises(Refused, match="second person must witness"):
        _add(staffed, "eve", Role.APPROVER)  # the beginning does not come back when the last approver is gone


def test_a_disabled_account_stays_so(staffed: Registry) -> None:
    people.disable(staffed, "olle", vouched())
    with pytest.raises(Refused, match="stays so"):
        people.set_roles(staffed, "olle", (Role.ENGINEER,), vouched())


def test_one_changes_ones_own_password_with_the_present_one(staffed: Registry) -> None:
    people.change_own_password(staffed, ENGINEER, "another long one")
    with pytest.raises(Refused):
        authenticate(staffed, ENGINEER)
    assert authenticate(staffed, by("eva", "another long one")).name == "eva"
    with pytest.raises(UserError, match="12 to 256"):
        people.change_own_password(staffed, by("eva", "another long one"), "short")


def test_a_signature_for_one_change_serves_no_other_and_no_later_one(staffed: Registry) -> None:
    def signed(change: accounts.AccountChange) -> accounts.Signature:
        about = {"subject": change.subject, "digest": change.digest}
        return sign(staffed, ADMIN, Meaning.ADMINISTERED, reason="x", **about)

    small = accounts.new_account("eve", "Eve", (Role.VIEWER,), hashed(PASSWORD, Cost.DEMO))
    large = accounts.new_account("eve", "Eve", (Role.ENGINEER,), small.password_hash)
    for_small = signed(small)
    with pytest.raises(Refused, match="signed anew"):
        accounts.apply(staffed, large, for_small, None)
    accounts.apply(staffed, small, for_small, None)
    up = accounts.AccountChange("roles", "eve", "Eve", (Role.ENGINEER,))
    for_up = signed(up)
    accounts.apply(staffed, up, for_up, None)
    people.set_roles(staffed, "eve", (Role.VIEWER,), vouched())
    with pytest.raises(Refused, match="changed since"):
        accounts.apply(staffed, up, for_up, None)
    with staffed.read() as session:
        assert audit.verify(session).intact


def test_who_ever_signed_for_an_account_is_remembered(staffed: Registry) -> None:
    with staffed.read() as session:
        eva, ada = (accounts.existing(session, name).id for name in ("eva", "ada"))
        assert accounts.administrators_of(session, eva) == {ada}
        assert accounts.administrators_of(session, ada) == frozenset()
