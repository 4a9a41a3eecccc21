"""Signatures: who signs, with which meaning, bound by digest to what is signed, kept for good (21 CFR 11.50, 11.70).

A signature is a row and an audit record that say the same; whoever relies on one reads both again with `verified`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import Meaning
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, Person, SignatureRecord
from aiqu_desktop.security import audit
from aiqu_desktop.security.identity import Credentials, Identity, authenticate, held_roles, identity_of
from aiqu_desktop.security.permissions import BY_SESSION, STATEMENT, may_sign, who_may
from aiqu_desktop.security.sessions import DeskSession, present_identity


@dataclass(frozen=True, slots=True)
class Signature:
    """A recorded signature.

    digest: SHA-256 of what was signed. by_session: signed without the password anew, by the session at the desk.
    """

    id: str
    person_id: int
    name: str
    full_name: str
    meaning: Meaning
    subject: str
    digest: str
    reason: str
    at: datetime
    by_session: bool


def sign(
    registry: Registry, credentials: Credentials, meaning: Meaning, *, subject: str, digest: str, reason: str
) -> Signature:
    """Sign with name and password.

    Args:
        subject: what it is about, for example "model gas-classifier".
        digest: SHA-256 of what is signed; whoever relies on the signature computes it anew.

    Raises:
        UserError: if no reason is given.
        Refused: if name and password do not fit, or the person may not sign this.
    """
    said = _checked(reason, meaning)
    identity = authenticate(registry, credentials)
    return _record(registry, identity, meaning, subject, digest, said, by_session=False)


def sign_by_session(
    registry: Registry, desk: DeskSession, meaning: Meaning, *, subject: str, digest: str, reason: str
) -> Signature:
    """Sign as the person who is signed in at the desk; only where seconds count, such as a rollback.

    Raises:
        UserError: if no reason is given.
        Refused: if this needs the password, the session has ended, or the person may not sign this.
    """
    said = _checked(reason, meaning)
    if meaning not in BY_SESSION:
        raise Refused("This must be signed with the password, also by who is signed in; give it.")
    identity = present_identity(registry, desk)
    desk.touch()
    return _record(registry, identity, meaning, subject, digest, said, by_session=True)


def verified(
    session: Session, signature_id: str, meanings: Collection[Meaning], *, subject: str, digest: str
) -> Signature:
    """A signature that still holds: as it was made, of this meaning, of just this, by someone who may sign it today.

    Raises:
        Refused: if it does not; the sentence says why.
    """
    row = session.get(SignatureRecord, signature_id)
    if row is None:
        raise Refused("There is no such signature; it must be signed.")
    if row.meaning not in meanings or row.subject != subject or row.digest != digest:
        raise Refused(f"The signature of {row.full_name} is not one of what is asked now; it must be signed anew.")
    kept = session.get(AuditRecord, row.audit_sequence)
    if kept is None or audit.hash_of(kept) != kept.hash or not _agree(row, kept):
        raise Refused(f"The signature of {row.full_name} is not as the audit chain keeps it; have the site looked at.")
    person = session.get_one(Person, row.person_id)
    if person.disabled_at is not None:
        raise Refused(f"The account of {person.full_name} is disabled since; another person must sign.")
    if not may_sign(held_roles(person), row.meaning):
        raise Refused(f"{person.full_name} is no longer {who_may(row.meaning)}; another person must sign.")
    return _signature(row)


def _record(
    registry: Registry,
    identity: Identity,
    meaning: Meaning,
    subject: str,
    digest: str,
    reason: str,
    *,
    by_session: bool,
) -> Signature:
    with registry.write() as session:
        person, now = session.get_one(Person, identity.person_id), registry.clock.now()
        present = identity_of(person)  # roles may have changed since the password was checked
        allowed = may_sign(present.roles, meaning) and person.disabled_at is None
        if allowed:
            row = SignatureRecord(
                id=uuid.uuid4().hex,
                person_id=person.id,
                name=person.name,
                full_name=person.full_name,
                roles={"held": [role.value for role in present.roles]},
                meaning=meaning,
                subject=subject,
                digest=digest,
                reason=reason,
                at=now,
                by_session=by_session,
            )
            kept = audit.record(
                session,
                at=now,
                actor=person.full_name,
                action="signature.made",
                subject=subject,
                new=_content(row),
                reason=reason,
            )
            row.audit_sequence = kept.sequence
            session.add(row)
            session.flush()
            return _signature(row)
        audit.record(
            session,
            at=now,
            actor=person.full_name,
            action="signature.refused",
            subject=subject,
            new={"meaning": meaning.value, "roles": [role.value for role in present.roles]},
            reason=reason,
        )
    held = ", ".join(role.value for role in present.roles) or "none"
    raise Refused(f"This needs the signature of {who_may(meaning)}; {present.full_name} has the roles: {held}.")


def _content(row: SignatureRecord) -> dict[str, Any]:
    """What the audit record says of a signature: the row, its time and place aside, which the record has itself."""
    return {
        "signature": row.id,
        "person": row.name,
        "full_name": row.full_name,
        "person_id": row.person_id,
        "roles": row.roles["held"],
        "meaning": row.meaning.value,
        "statement": STATEMENT[row.meaning],
        "digest": row.digest,
        "by_session": row.by_session,
    }


def _agree(row: SignatureRecord, kept: AuditRecord) -> bool:
    return (kept.new, kept.reason, kept.subject, kept.at) == (_content(row), row.reason, row.subject, row.at)


def _signature(row: SignatureRecord) -> Signature:
    return Signature(
        row.id, row.person_id, row.name, row.full_name, row.meaning, row.subject, row.digest, row.reason, row.at,
        row.by_session,
    )  # fmt: skip


def _checked(reason: str, meaning: Meaning) -> str:
    said = reason.strip()
    if not said:
        raise UserError(f"A signature ({meaning.value}) needs a reason; give one.")
    return said
