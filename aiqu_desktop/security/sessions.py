"""Who is signed in at a desk. A session lives in one process and ends by itself when nobody acts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Person
from aiqu_desktop.security import audit
from aiqu_desktop.security.identity import Credentials, Identity, authenticate, identity_of

IDLE_SECONDS = 15 * 60


class DeskSession:
    """One person at one desk; only `sign_in` makes it. `touch` says that the person acted."""

    def __init__(self, identity: Identity, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.identity = identity
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last = monotonic()
        self._ended = False

    @property
    def alive(self) -> bool:
        """False once it was ended, or nobody acted for `IDLE_SECONDS`."""
        with self._lock:
            return not self._ended and self._monotonic() - self._last < IDLE_SECONDS

    def touch(self) -> None:
        """Put the end off; a session that has ended stays ended."""
        with self._lock:
            if not self._ended and self._monotonic() - self._last < IDLE_SECONDS:
                self._last = self._monotonic()

    def end(self) -> None:
        with self._lock:
            self._ended = True


def sign_in(registry: Registry, credentials: Credentials) -> DeskSession:
    """Open a session at this desk.

    Raises:
        Refused: as `authenticate`.
    """
    identity = authenticate(registry, credentials)
    _note(registry, identity, "person.signed_in")
    return DeskSession(identity)


def sign_out(registry: Registry, session: DeskSession) -> None:
    """End a session."""
    session.end()
    _note(registry, session.identity, "person.signed_out")


def present_identity(registry: Registry, desk: DeskSession) -> Identity:
    """The session's person with the roles held now.

    Raises:
        Refused: if the session has ended, or the account was disabled meanwhile.
    """
    if not desk.alive:
        raise Refused(f"Nobody acted for {IDLE_SECONDS // 60} minutes, so the session has ended; sign in again.")
    with registry.read() as session:
        person = session.get_one(Person, desk.identity.person_id)
        if person.disabled_at is not None:
            raise Refused(f"The account of {person.full_name} is disabled; another person must sign.")
        return identity_of(person)


def _note(registry: Registry, identity: Identity, action: str) -> None:
    with registry.write() as session:
        audit.record(
            session,
            at=registry.clock.now(),
            actor=identity.full_name,
            action=action,
            subject=f"person {identity.name}",
        )
