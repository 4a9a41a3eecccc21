"""A signature says who, what and why, is bound to its digest, and stands only while it is as it was made."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import Meaning, Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord
from aiqu_desktop.security import audit
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.permissions import BY_SESSION, STATEMENT, may_sign, roles_for, who_may
from aiqu_desktop.security.sessions import sign_in
from aiqu_desktop.security.signing import Signature, sign, sign_by_session, verified
from aiqu_desktop.services import people
from tests.factories.people import ADMIN, APPROVER, ENGINEER, OPERATOR, by, vouched

ABOUT = {"subject": "model toy", "digest": "d" * 64}


def _signed(registry: Registry, who: Credentials = OPERATOR, meaning: Meaning = Meaning.ROLLED_BACK) -> Signature:
    return sign(registry, who, meaning, reason="scrap on the line", **ABOUT)


def _verify(registry: Registry, signature: str, meaning: Meaning = Meaning.ROLLED_BACK, **other: str) -> Signature:
    with registry.read() as session:
        return verified(session, signature, (meaning,), **{**ABOUT, **other})


def test_a_signature_shows_name_time_and_meaning_as_21_cfr_11_50_asks(staffed: Registry) -> None:
    made = _signed(staffed)
    assert (made.full_name, made.at, made.meaning) == ("Olle", staffed.clock.now(), Meaning.ROLLED_BACK)
    with staffed.read() as session:
        kept = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(1)).one()
    assert kept.action == "signature.made" and kept.new is not None
    assert kept.new["statement"] == "I am responsible for this rollback." and kept.new["roles"] == ["operator"]
    assert _verify(staffed, made.id) == made


def test_every_meaning_has_its_statement_and_somebody_who_may_sign_it() -> None:
    for meaning in Meaning:
        assert STATEMENT[meaning].startswith("I ") and roles_for(meaning)
    assert who_may(Meaning.ROLLED_BACK) == "an operator, an engineer or an approver"
    assert not any(may_sign((Role.VIEWER, Role.AUDITOR), meaning) for meaning in Meaning), "they only look"


@pytest.mark.parametrize(
    ("who", "meaning"), list(itertools.product((ADMIN, APPROVER, ENGINEER, OPERATOR), Meaning)), ids=str
)
def test_each_role_signs_what_its_table_says_and_nothing_else(
    staffed: Registry, who: Credentials, meaning: Meaning
) -> None:
    role = {"ada": Role.ADMINISTRATOR, "maria": Role.APPROVER, "eva": Role.ENGINEER, "olle": Role.OPERATOR}[who.name]
    if role in roles_for(meaning):
        assert _signed(staffed, who, meaning).name == who.name
        return
    with pytest.raises(Refused, match="needs the signature of"):
        _signed(staffed, who, meaning)
    with staffed.read() as session:
        last = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(1)).one()
    assert last.action == "signature.refused"


def test_a_signature_needs_a_reason_before_it_asks_who(staffed: Registry) -> None:
    with pytest.raises(UserError, match="reason"):
        sign(staffed, by("nobody"), Meaning.ROLLED_BACK, reason="  ", **ABOUT)


@pytest.mark.parametrize("other", [{"subject": "model other"}, {"digest": "e" * 64}])
def test_a_signature_of_something_else_is_refused(staffed: Registry, other: dict[str, str]) -> None:
    made = _signed(staffed)
    with pytest.raises(Refused, match="signed anew"):
        _verify(staffed, made.id, **other)
    with pytest.raises(Refused, match="signed anew"):
        _verify(staffed, made.id, Meaning.APPROVED)
    with pytest.raises(Refused, match="no such signature"):
        _verify(staffed, "f" * 32)


def test_a_signature_falls_with_the_account_and_with_the_role(staffed: Registry) -> None:
    made = _signed(staffed)
    people.set_roles(staffed, "olle", (Role.VIEWER,), vouched())
    with pytest.raises(Refused, match="no longer"):
        _verify(staffed, made.id)
    people.disable(staffed, "olle", vouched())
    with pytest.raises(Refused, match="disabled"):
        _verify(staffed, made.id)


def test_the_database_refuses_to_rewrite_a_signature(staffed: Registry) -> None:
    _signed(staffed)
    for statement in ("UPDATE signatures SET name = 'ada'", "DELETE FROM signatures"):
        with pytest.raises(IntegrityError, match="append-only"), staffed.write() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("column", ["full_name", "reason", "roles", "by_session"])
def test_a_signature_that_was_rewritten_past_the_database_is_recognised(staffed: Registry, column: str) -> None:
    made = _signed(staffed)
    forged = {"full_name": "Eva", "reason": "no", "roles": '{"held": ["administrator"]}', "by_session": 1}[column]
    with staffed.write() as session:
        session.execute(text("DROP TRIGGER signatures_no_update"))
        session.execute(
            text(f"UPDATE signatures SET {column} = :forged WHERE id = :id"), {"forged": forged, "id": made.id}
        )
    with pytest.raises(Refused, match="not as the audit chain keeps it"):
        _verify(staffed, made.id)


def test_a_session_signs_a_rollback_and_nothing_that_needs_the_password(staffed: Registry) -> None:
    desk = sign_in(staffed, ENGINEER)
    made = sign_by_session(staffed, desk, Meaning.ROLLED_BACK, reason="scrap", **ABOUT)
    assert made.by_session and _verify(staffed, made.id).by_session
    for meaning in set(Meaning) - BY_SESSION:
        with pytest.raises(Refused, match="password"):
            sign_by_session(staffed, desk, meaning, reason="x", **ABOUT)
    with staffed.read() as session:
        assert audit.verify(session).intact
