"""People for tests: enrolled through the product's own services, with passwords that cost next to nothing."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.core.words import Role
from aiqu_desktop.lifecycle import Preview, ReleaseOutcome, Target, promote, roll_back
from aiqu_desktop.lifecycle.approvals import requests, terms
from aiqu_desktop.lifecycle.approvals.requests import Request
from aiqu_desktop.lifecycle.safe_state import stopping
from aiqu_desktop.lifecycle.shadow import acts
from aiqu_desktop.lifecycle.shadow.acts import Begun
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Site
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.signing import Signature, sign
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


def signed(registry: Registry, who: Credentials, asked: terms.Terms, reason: str) -> Signature:
    """A signature over terms."""
    return sign(registry, who, asked.meaning, subject=asked.subject, digest=asked.digest, reason=reason)


def asked_for(
    registry: Registry,
    target: Target,
    preview: Preview,
    *,
    who: Credentials = ENGINEER,
    reason: str = "better",
    override: bool = False,
) -> Request:
    """A request of an engineer, Eva unless another is named."""
    enrol(registry)
    signature = signed(registry, who, terms.terms_of_request(preview, reason, override), reason)
    return requests.ask(registry, target, preview, signature, override=override)


def decided(
    registry: Registry,
    target: Target,
    request: Request,
    *,
    who: Credentials = APPROVER,
    approve: bool = True,
    reason: str = "I have read it.",
) -> Request:
    """The decision of an approver, Maria unless another is named."""
    asked = requests.terms_for_decision(registry, request.id, approve=approve, reason=reason)
    return requests.decide(registry, target, request.id, signed(registry, who, asked, reason), approve=approve)


def promoted(
    registry: Registry, target: Target, preview: Preview, *, reason: str = "better", **how: Any
) -> ReleaseOutcome:
    """Eva asks, Maria approves, and the release (a promotion or a resumption) is carried out."""
    request = asked_for(registry, target, preview, reason=reason)
    return promote(registry, target, decided(registry, target, request).id, **how)


def stopped(
    registry: Registry,
    target: Target,
    preview: Preview,
    *,
    who: Credentials = OPERATOR,
    reason: str = "wrong answers",
    **how: Any,
) -> ReleaseOutcome:
    """Olle takes the model out of service."""
    enrol(registry)
    return stopping.stop(registry, target, preview, signed(registry, who, terms.terms_of_stop(preview), reason), **how)


def rolled_back(
    registry: Registry,
    target: Target,
    preview: Preview,
    *,
    who: Credentials = OPERATOR,
    reason: str = "scrap",
    **how: Any,
) -> ReleaseOutcome:
    """Olle rolls back."""
    enrol(registry)
    return roll_back(registry, target, preview, signed(registry, who, terms.terms_of_rollback(preview), reason), **how)


def shadowed(registry: Registry, model: str, number: int, *, who: Credentials = ENGINEER, reason: str = "try") -> Begun:
    """Eva begins a shadow."""
    enrol(registry)
    made = signed(registry, who, acts.terms_of_begin(registry, model, number, reason), reason)
    return acts.begin_shadow(registry, model, number, made.id, reason)


def unshadowed(registry: Registry, model: str, *, who: Credentials = OPERATOR, reason: str = "enough") -> int:
    """Olle ends it."""
    made = signed(registry, who, acts.terms_of_end(registry, model, reason), reason)
    return acts.end_shadow(registry, model, made.id, reason)
