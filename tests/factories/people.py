"""People for tests: enrolled through the product's own services, with passwords that cost next to nothing."""

from __future__ import annotations

from aiqu_desktop.core.words import Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Site
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import people
from aiqu_desktop.services.people import Vouching

PASSWORD = "a password for tests"
ADMIN, ENGINEER, APPROVER, OPERATOR = (Credentials(name, PASSWORD) for name in ("ada", "eva", "maria", "olle"))
_STAFF = (("eva", "Eva", Role.ENGINEER), ("maria", "Maria", Role.APPROVER), ("olle", "Olle", Role.OPERATOR))


def enrol(registry: Registry) -> None:
    """Ada the administrator, Eva the engineer, Maria the approver, Olle the operator; once a site."""
    if people.has_people(registry):
        return
    with registry.write() as session:
        if session.get(Site, 1) is None:
            session.add(Site(id=1, name="Test plant", created_at=registry.clock.now(), is_demo=True))
    people.found(registry, "ada", "Ada", PASSWORD)
    for name, full_name, role in _STAFF:
        people.add(registry, name, full_name, (role,), PASSWORD, vouched())


def vouched(witness: Credentials | None = None) -> Vouching:
    """Ada signs for a change."""
    return Vouching(ADMIN, "joined the shift", witness)


def by(name: str, password: str = PASSWORD) -> Credentials:
    """Somebody's credentials."""
    return Credentials(name, password)
