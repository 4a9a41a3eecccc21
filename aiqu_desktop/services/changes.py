"""Notice that anyone has committed a change, in this process or in another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from aiqu_desktop.registry import Registry

log = logging.getLogger("aiqu.services")


class ChangeWatcher:
    """A thread with a connection of its own that asks SQLite's data_version and calls back when it moves.

    Args:
        on_change: called in the watcher's thread; hand it over to your own.
        every: seconds between two looks.
    """

    def __init__(self, registry: Registry, on_change: Callable[[], None], every: float = 0.25) -> None:
        self._registry = registry
        self._on_change = on_change
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="change-watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        last: int | None = None
        # AUTOCOMMIT-like: the pragma must not run inside a transaction that pins an old snapshot.
        with self._registry.engine.connect() as connection:
            while not self._stop.wait(self._every):
                try:
                    version = self._registry.data_version(connection)
                    connection.rollback()
                except DBAPIError:
                    log.exception("the change watcher could not read the registry; it tries again")
                    continue
                if last is not None and version != last:
                    self._on_change()
                last = version
