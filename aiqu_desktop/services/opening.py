"""Open a site with the clock that it lives by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.core.clock import Clock, SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.ingest.segment_cache import let_go
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import SchedulerLease, Site
from aiqu_desktop.security import audit


class ReplayedSiteClock:
    """The time of a demo site: what its replay driver last wrote with its heartbeat.

    Other processes (the window, a command) must live in the replayed month too, not in the machine's.
    """

    _KEEP_SECONDS = 0.2

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._read_at = float("-inf")
        self._now: datetime | None = None

    def now(self) -> datetime:
        if time.monotonic() - self._read_at > self._KEEP_SECONDS:
            with self._registry.read() as session:
                self._now = session.scalars(select(SchedulerLease.site_now)).one_or_none()
            self._read_at = time.monotonic()
        return self._now or SystemClock().now()


def open_site(root: Path, *, create: bool = False, clock: Clock | None = None, name: str = "") -> Registry:
    """Open the site in `root`, or make it.

    Args:
        clock: the clock to live by; by default the machine's own, or the replayed one on a demo site.
        name: what a new site is called; its folder's name by default.

    Raises:
        UserError: if there is no site and `create` is False, or a newer version made it.
        EnvironmentFault: if the folder or the registry cannot be used.
    """
    paths = SitePaths(root.expanduser().absolute())
    registry = (Registry.create if create else Registry.open)(paths, clock or SystemClock())
    with registry.read() as session:
        site = session.scalars(select(Site)).one_or_none()
    if site is None:
        _name_site(registry, name or paths.root.name, is_demo=clock is not None)
    elif site.is_demo and clock is None:
        registry.clock = ReplayedSiteClock(registry)
    return registry


def _name_site(registry: Registry, name: str, *, is_demo: bool) -> None:
    now = registry.clock.now()
    with registry.write() as session:
        if session.scalars(select(Site)).one_or_none() is not None:
            return  # another process was faster
        session.add(Site(id=1, name=name, created_at=now, is_demo=is_demo))
        audit.record(session, at=now, actor="setup", action="site.created", subject="site", new={"name": name})


@contextmanager
def opened_site(root: Path, *, create: bool = False) -> Iterator[Registry]:
    """`open_site` for the length of a block; closed at its end, whatever happens there."""
    registry = open_site(root, create=create)
    try:
        yield registry
    finally:
        close_site(registry)


def close_site(registry: Registry) -> None:
    """Close the database and what reads the observations."""
    let_go(registry)
    registry.close()
