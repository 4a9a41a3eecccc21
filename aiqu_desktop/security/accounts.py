"""Changing accounts, each change signed; what could give one person two voices is signed by two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Meaning, Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Person, PersonRole, SignatureRecord
from aiqu_desktop.security import audit, lockout
from aiqu_desktop.security.identity import Identity, held_roles, identity_of, person_named
from aiqu_desktop.security.names import checked_full_name, checked_sign_in_name, compared
from aiqu_desktop.security.permissions import GUARDED
from aiqu_desktop.security.signing import Signature, verified

WITNESS_NEEDED = (
    "A second person must witness this, an approver or another administrator, because it decides who can approve; "
    "name one with --witness."
)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What is signed of a change: "add", "roles", "password" or "disable", and the account as it shall be.

    password_hash: of the new password; empty where it stays.
    """

    act: str
    name: str
    full_name: str
    roles: tuple[Role, ...]
    password_hash: str = ""

    @property
    def subject(self) -> str:
        return subject_of(self.name)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        content = {
            "act": self.act,
            "name": self.name,
            "full_name": self.full_name,
            "roles": [role.value for role in self.roles],
            "password_hash": self.password_hash,
        }
        return sha256_bytes(canonical_json(content))


def subject_of(name: str) -> str:
    """What signatures and audit records about an account are about."""
    return f"person {name}"


def new_account(name: str, full_name: str, roles: Iterable[Role], password_hash: str) -> AccountChange:
    """The change that adds an account.

    Raises:
        UserError: if a name cannot be one, or no role is given.
    """
    wanted = set(roles)
    if not wanted:
        raise UserError(f"An account needs a role; give one or more of {', '.join(Role)}.")
    kept = tuple(role for role in Role if role in wanted)
    return AccountChange("add", checked_sign_in_name(name), checked_full_name(full_name), kept, password_hash)


def existing(session: Session, name: str) -> Person:
    """The account to change.

    Raises:
        UserError: if there is none.
    """
    person = person_named(session, name)
    if person is None:
        raise UserError(f"There is no account {name!r} on this site; 'aiqu people list' shows them.")
    return person


def needs_witness(session: Session, change: AccountChange) -> bool:
    """Whether a second person must witness the change: it gives a guarded role, or opens the account of a holder.

    Not before the site has its first approver: until then there is nobody to ask, and no promotion either.
    """
    if not session.scalar(select(exists().where(PersonRole.role == Role.APPROVER))):
        return False
    person = person_named(session, change.name)
    held = set(held_roles(person)) if person else set()
    if change.act == "password":
        return not GUARDED.isdisjoint(held)
    return not GUARDED.isdisjoint(set(change.roles) - held)


def found(registry: Registry, change: AccountChange) -> Identity:
    """The first account of a site, its administrator. Nobody can sign for it, and the audit chain says so.

    Raises:
        Refused: if the site has an account already.
    """
    with registry.write() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            raise Refused("The site has people already; an administrator signs for every later account (--signed-by).")
        return _add(registry, session, change, "setup", "The first account of the site; nobody could sign for it.")


def apply(registry: Registry, change: AccountChange, signature: Signature, witness: Signature | None) -> Identity:
    """Carry out a signed change.

    Raises:
        UserError: if the name is taken, or there is no such account.
        Refused: if a signature is missing, is not of just this change, or the site would lose its last administrator.
    """
    with registry.write() as session:
        signer = verified(session, signature.id, (Meaning.ADMINISTERED,), subject=change.subject, digest=change.digest)
        _newest(session, change, signer)
        if needs_witness(session, change):
            _check_witness(session, change, signer, witness)
        if change.act == "add":
            return _add(registry, session, change, signer.full_name, signer.reason)
        return _change(registry, session, change, signer)


def administrators_of(session: Session, person_id: int) -> frozenset[int]:
    """Everyone who ever signed a change of this account: they may have known its password."""
    name = session.get_one(Person, person_id).name
    query = select(SignatureRecord.person_id).where(
        SignatureRecord.subject == subject_of(name), SignatureRecord.meaning == Meaning.ADMINISTERED
    )
    return frozenset(session.scalars(query))


def set_own_password(registry: Registry, identity: Identity, password_hash: str) -> None:
    """Give a person, proven by their present password just now, another one."""
    with registry.write() as session:
        person = session.get_one(Person, identity.person_id)
        person.password_hash = password_hash
        lockout.forget_failures(person)
        audit.record(
            session,
            at=registry.clock.now(),
            actor=person.full_name,
            action="person.password",
            subject=subject_of(person.name),
            reason="Changed by the person.",
        )


def _check_witness(session: Session, change: AccountChange, signer: Signature, witness: Signature | None) -> None:
    if witness is None:
        raise Refused(WITNESS_NEEDED)
    seen = verified(session, witness.id, (Meaning.WITNESSED,), subject=change.subject, digest=change.digest)
    if seen.person_id == signer.person_id or compared(seen.name) == compared(change.name):
        raise Refused("The witness must be neither who signs nor whose account it is; another person must witness.")


def _newest(session: Session, change: AccountChange, signer: Signature) -> None:
    """An older signature of the same change is not used again after another one was signed."""
    newest = session.scalars(
        select(SignatureRecord.id)
        .where(SignatureRecord.subject == change.subject, SignatureRecord.meaning == Meaning.ADMINISTERED)
        .order_by(SignatureRecord.audit_sequence.desc())
    ).first()
    if newest != signer.id:
        raise Refused("The account was changed since this was signed; look at it again and sign anew.")


def _add(registry: Registry, session: Session, change: AccountChange, actor: str, reason: str) -> Identity:
    taken = session.scalar(
        select(Person.name).where(
            (Person.key == compared(change.name)) | (Person.full_key == compared(change.full_name))
        )
    )
    if taken is not None:
        raise UserError(
            f"The name is taken by the account {taken!r}, and names are never given twice, also not of disabled "
            "accounts; take another."
        )
    now = registry.clock.now()
    person = Person(
        name=change.name,
        key=compared(change.name),
        full_name=change.full_name,
        full_key=compared(change.full_name),
        created_at=now,
        created_by=actor,
        password_hash=change.password_hash,
        failures=0,
        locked_boot="",
        roles=[PersonRole(role=role, granted_at=now) for role in change.roles],
    )
    session.add(person)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=actor,
        action="person.bootstrap" if actor == "setup" else "person.added",
        subject=change.subject,
        new={"name": change.name, "full_name": change.full_name, "roles": [role.value for role in change.roles]},
        reason=reason,
    )
    return identity_of(person)


def _change(registry: Registry, session: Session, change: AccountChange, signer: Signature) -> Identity:
    person, now = existing(session, change.name), registry.clock.now()
    if person.disabled_at is not None:
        raise Refused(f"The account of {person.full_name} is disabled, and stays so; add another account.")
    before = held_roles(person)
    if change.act == "password":
        person.password_hash = change.password_hash
        lockout.forget_failures(person)
    elif change.act == "roles":
        for row in person.roles:
            if row.revoked_at is None and row.role not in change.roles:
                row.revoked_at = now
        person.roles += [PersonRole(role=role, granted_at=now) for role in change.roles if role not in before]
    else:
        person.disabled_at = now
    session.flush()
    if not _administrators(session):
        raise Refused("That would leave the site without an administrator; give another person the role first.")
    audit.record(
        session,
        at=now,
        actor=signer.full_name,
        action={"password": "person.password", "roles": "person.roles", "disable": "person.disabled"}[change.act],
        subject=change.subject,
        old={"roles": [role.value for role in before]},
        new={"roles": [role.value for role in held_roles(person)], "disabled": person.disabled_at is not None},
        reason=signer.reason,
    )
    return identity_of(person)


def _administrators(session: Session) -> int:
    query = (
        select(func.count())
        .select_from(PersonRole)
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.role == Role.ADMINISTRATOR, PersonRole.revoked_at.is_(None), Person.disabled_at.is_(None))
    )
    return session.scalar(query) or 0
