"""The thread that tests imported versions: one at a time, at low priority, beside the checks."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.flow.record import anything_awaited, anything_to_do
from aiqu_desktop.lifecycle.flow.runner import look_again, run_next
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling.pool import stand_back

log = logging.getLogger("aiqu.scheduling")

_LOOK_SECONDS = 60.0  # between two looks at versions that wait for rows


class FlowWorker:
    """Runs what is open until nothing is; only the process that holds the lease starts it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._next_look = 0.0

    def start_waiting(self) -> None:
        """Begin with what waits, unless this runs already."""
        if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        with self._registry.read() as session:
            if not anything_to_do(session) and not self._look_is_due(session):
                return
        self._thread = threading.Thread(target=self._work, name="flow", daemon=True)
        self._thread.start()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing runs; False after `timeout` seconds."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def close(self, timeout: float = 10.0) -> None:
        """Stop before the next step; what is open is gone on with by the next process."""
        self._stopping.set()
        self.wait_idle(timeout)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()

    def _look_is_due(self, session: Session) -> bool:
        return time.monotonic() >= self._next_look and anything_awaited(session)

    def _work(self) -> None:
        stand_back()
        try:
            while not self._stopping.is_set() and run_next(self._registry, self._goes_on):
                pass
            self._next_look = time.monotonic() + _LOOK_SECONDS
            look_again(self._registry, self._goes_on)
        except Exception:
            # Not even a failure could be written (disk full, say): the next tick finds the run open and tries again.
            log.exception("the tests of a version could not be carried out")
