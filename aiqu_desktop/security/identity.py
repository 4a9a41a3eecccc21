"""Proving who one is: name and password, one sentence for every failure, the same effort for every name."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Person
from aiqu_desktop.security import audit, lockout, passwords
from aiqu_desktop.security.names import compared

NOT_PROVEN = (
    "The name and the password do not fit together, or the account is locked or disabled; "
    f"after {lockout.TRIES} failures in a row it is locked for {lockout.LOCKED_SECONDS // 60} minutes."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person gives to prove who they are."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who someone was proven to be, with the roles held at that moment."""

    person_id: int
    name: str
    full_name: str
    roles: tuple[Role, ...]


def identity_of(person: Person) -> Identity:
    """An account's identity."""
    return Identity(person.id, person.name, person.full_name, held_roles(person))


def held_roles(person: Person) -> tuple[Role, ...]:
    """The roles that the person holds now, in the order of the enumeration."""
    held = {row.role for row in person.roles if row.revoked_at is None}
    return tuple(role for role in Role if role in held)


def person_named(session: Session, name: str) -> Person | None:
    """The account with this sign-in name; None if there is none."""
    return session.scalar(select(Person).where(Person.key == compared(name)))


def authenticate(
    registry: Registry, credentials: Credentials, *, machine: lockout.MachineTime = lockout.machine_time
) -> Identity:
    """Prove a person by their password; failures are counted, and every refusal is in the audit chain.

    Raises:
        Refused: if name and password do not fit, or the account is locked or disabled; the sentence does not say which.
    """
    with registry.read() as session:
        person = person_named(session, credentials.name)
        kept, cost = person.password_hash if person else None, passwords.cost_of(session)
    right = passwords.fits(kept, credentials.password, cost)  # outside the transaction: it is slow on purpose
    renewed = (
        passwords.hashed(credentials.password, cost) if right and kept and passwords.outdated(kept, cost) else None
    )
    with registry.write() as session:
        person = person_named(session, credentials.name)
        barred = person is None or person.disabled_at is not None or lockout.is_locked(person, machine())
        # A password that was changed since it was read is not the one that was checked.
        if person is not None and not barred and right and person.password_hash == kept:
            lockout.forget_failures(person)
            person.password_hash = renewed or person.password_hash
            return identity_of(person)
        locked = person is not None and not barred and lockout.count_failure(person, machine())
        audit.record(
            session,
            at=registry.clock.now(),
            actor=person.full_name if person else "an unknown name",
            action="person.locked" if locked else "person.refused",
            subject=f"person {person.name}" if person else "sign-in",
            new={"failures": person.failures} if person else None,
            reason="A sign-in or signature was refused.",
        )
    raise Refused(NOT_PROVEN)
