"""Accounts as a command or a window changes them: each change is signed on the spot, some by two people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import Meaning, Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Person, Site
from aiqu_desktop.security import accounts, lockout, passwords
from aiqu_desktop.security.accounts import AccountChange
from aiqu_desktop.security.identity import Credentials, Identity, authenticate, held_roles
from aiqu_desktop.security.signing import sign
from aiqu_desktop.services.views import PersonRow

# Printed in the manual and shown where one signs in on a demo site; no other site knows it.
DEMO_PASSWORD = "demo-plant-2009"


@dataclass(frozen=True, slots=True)
class Vouching:
    """Who signs for a change of an account: an administrator, a reason, and a witness where one is needed."""

    by: Credentials
    reason: str
    witness: Credentials | None = None


def list_people(registry: Registry) -> tuple[PersonRow, ...]:
    """Every account there ever was, by name."""
    with registry.read() as session:
        return tuple(
            PersonRow(
                name=person.name,
                full_name=person.full_name,
                roles=held_roles(person),
                created_at=person.created_at,
                created_by=person.created_by,
                locked=person.locked_at is not None or person.failures >= lockout.FOR_GOOD,
                disabled_at=person.disabled_at,
            )
            for person in session.scalars(select(Person).order_by(Person.name))
        )


def has_people(registry: Registry) -> bool:
    """False on a new site, whose first account nobody can sign for."""
    with registry.read() as session:
        return bool(session.scalar(select(func.count()).select_from(Person)))


def demo_password(registry: Registry) -> str:
    """The password of everybody on a demo site; empty on any other."""
    with registry.read() as session:
        return DEMO_PASSWORD if session.scalar(select(Site.is_demo)) else ""


def found(registry: Registry, name: str, full_name: str, password: str) -> Identity:
    """Make the first account of a site: its administrator.

    Raises:
        UserError: if a name or the password cannot be one.
        Refused: if the site has an account already.
    """
    change = accounts.new_account(name, full_name, (Role.ADMINISTRATOR,), _hash(registry, password))
    return accounts.found(registry, change)


def add(
    registry: Registry, name: str, full_name: str, roles: Iterable[Role], password: str, vouching: Vouching
) -> Identity:
    """Add an account; the person chooses and types its password.

    Raises:
        UserError: if a name or the password cannot be one, the name is taken, or no role is given.
        Refused: if a signature is refused, or a witness is missing.
    """
    change = accounts.new_account(name, full_name, roles, _hash(registry, password))
    return _signed(registry, change, vouching)


def set_roles(registry: Registry, name: str, roles: Iterable[Role], vouching: Vouching) -> Identity:
    """Give an account exactly these roles. Raises as `add`."""
    wanted = set(roles)
    return _signed(registry, _change(registry, "roles", name, tuple(r for r in Role if r in wanted)), vouching)


def disable(registry: Registry, name: str, vouching: Vouching) -> Identity:
    """Close an account for good. Raises as `add`; also Refused for the last administrator."""
    return _signed(registry, _change(registry, "disable", name), vouching)


def reset_password(registry: Registry, name: str, password: str, vouching: Vouching) -> Identity:
    """Give somebody who forgot it another password, and lift a lock. Raises as `add`."""
    kept = _hash(registry, password)
    return _signed(registry, _change(registry, "password", name, password_hash=kept), vouching)


def change_own_password(registry: Registry, old: Credentials, password: str) -> Identity:
    """Change one's own password.

    Raises:
        UserError: if the new one cannot be one.
        Refused: if the old one does not fit.
    """
    identity = authenticate(registry, old)
    accounts.set_own_password(registry, identity, _hash(registry, password))
    return identity


def witness_needed(registry: Registry, name: str, roles: Iterable[Role], act: str) -> bool:
    """Whether a second person must witness a change ("add", "roles", "password" or "disable") of an account."""
    with registry.read() as session:
        return accounts.needs_witness(session, AccountChange(act, name, "", tuple(roles)))


def _change(
    registry: Registry, act: str, name: str, roles: tuple[Role, ...] | None = None, *, password_hash: str = ""
) -> AccountChange:
    with registry.read() as session:
        person = accounts.existing(session, name)
        kept = held_roles(person) if roles is None else roles
        return AccountChange(act, person.name, person.full_name, kept, password_hash)


def _signed(registry: Registry, change: AccountChange, vouching: Vouching) -> Identity:
    with registry.read() as session:
        needed = accounts.needs_witness(session, change)
    if needed and vouching.witness is None:
        raise Refused(accounts.WITNESS_NEEDED)
    about = {"subject": change.subject, "digest": change.digest, "reason": vouching.reason}
    witness = sign(registry, vouching.witness, Meaning.WITNESSED, **about) if needed and vouching.witness else None
    return accounts.apply(registry, change, sign(registry, vouching.by, Meaning.ADMINISTERED, **about), witness)


def _hash(registry: Registry, password: str) -> str:
    with registry.read() as session:
        cost = passwords.cost_of(session)
    return passwords.hashed(password, cost)
