"""One scheduler a site: a lease in the registry that its holder renews and another process takes when it lapses."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import SchedulerLease
from aiqu_desktop.security import audit

LAPSE_SECONDS = 15.0
_ROW = 1


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """Who holds the lease, as another process sees it."""

    owner: str
    role: str
    pid: int
    age_seconds: float
    alive: bool


class Lease:
    """This process's claim. `owner` is unique for each start, so that a restart is another owner."""

    def __init__(self, registry: Registry, role: str) -> None:
        self._registry = registry
        self._role = role
        self._wall = SystemClock()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def hold(self) -> bool:
        """Take or renew the lease; True when this process may schedule.

        Raises:
            UserError, EnvironmentFault: as the registry raises them.
        """
        with self._registry.write() as session:
            return self._hold(session)

    def _hold(self, session: Session) -> bool:
        now = self._wall.now()
        row = session.get(SchedulerLease, _ROW)
        if row is not None and row.owner == self.owner:
            row.beat_at, row.site_now = now, self._registry.clock.now()
            return True
        if row is not None and _alive(row, (now - row.beat_at).total_seconds()):
            return False
        former = None if row is None else {"owner": row.owner, "role": row.role}
        if row is None:
            row = SchedulerLease(id=_ROW)
            session.add(row)
        row.owner, row.role, row.pid = self.owner, self._role, os.getpid()
        row.taken_at = row.beat_at = now
        row.site_now = self._registry.clock.now()
        audit.record(
            session,
            at=row.site_now,
            actor=self._role,
            action="scheduler.started",
            subject="scheduler",
            old=former,
            new={"owner": self.owner, "role": self._role},
        )
        return True

    def release(self) -> None:
        """Give the lease up so that another process can take it at once."""
        with self._registry.write() as session:
            row = session.get(SchedulerLease, _ROW)
            if row is not None and row.owner == self.owner:
                row.beat_at = self._wall.now() - timedelta(seconds=LAPSE_SECONDS + 1)
                row.site_now = self._registry.clock.now()


def holder(session: Session) -> LeaseHolder | None:
    """Who schedules on this site, or did last; None where nobody ever has."""
    row = session.get(SchedulerLease, _ROW)
    if row is None:
        return None
    age = (SystemClock().now() - row.beat_at).total_seconds()
    return LeaseHolder(row.owner, row.role, row.pid, age, _alive(row, age))


def _alive(row: SchedulerLease, age_seconds: float) -> bool:
    if abs(age_seconds) > LAPSE_SECONDS:
        return False
    host = row.owner.split(":", 1)[0]
    if host != socket.gethostname() or os.name != "posix":
        return True  # only its heartbeat can tell
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return False  # killed: no need to wait for the lapse
    except PermissionError:
        return True
    return True
