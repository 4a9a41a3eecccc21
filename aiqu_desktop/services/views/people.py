"""People, requests for promotion, and who is signed in, as screens and commands show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import ReleaseKind, RequestState, Role


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account; `disabled_at` None while it may be used."""

    name: str
    full_name: str
    roles: tuple[Role, ...]
    created_at: datetime
    created_by: str
    locked: bool
    disabled_at: datetime | None

    def has(self, *roles: Role) -> bool:
        """True when the account may be used and holds one of these roles."""
        return self.disabled_at is None and not set(roles).isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request, as it stands at the site's present instant.

    kind: PROMOTION, or RESUME of the stopped champion. override: titles of the failed gates that it asks to go ahead
    against. ended: why it is no longer open.
    """

    id: int
    model: str
    model_title: str
    version: int
    state: RequestState
    requested_by: str
    requested_name: str  # the same person's sign-in name
    reason: str
    override: tuple[str, ...]
    requested_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    ended: str
    kind: ReleaseKind = ReleaseKind.PROMOTION


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in at a desk."""

    name: str
    full_name: str
    roles: tuple[Role, ...]
