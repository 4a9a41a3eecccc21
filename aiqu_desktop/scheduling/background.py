"""Work beside the checks: one thread at a time, begun when there is something to do and gone when it is done."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod

from sqlalchemy.orm import Session

from aiqu_desktop.registry import Registry

log = logging.getLogger("aiqu.scheduling")


class BackgroundWorker(ABC):
    """Only the process that holds the lease starts it, at each of its ticks.

    name: of the thread. failed: what is logged when it breaks off; the next tick tries again.
    patience: seconds that `close` waits for what has begun.
    """

    name: str
    failed: str
    patience: float

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @abstractmethod
    def _anything_to_do(self, session: Session) -> bool:
        """Whether a thread is worth its start."""

    @abstractmethod
    def _work_off(self) -> None:
        """Do it, until nothing is left or `_stopping` is set."""

    def start_waiting(self) -> None:
        """Begin with what waits, unless this runs already."""
        if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        with self._registry.read() as session:
            if not self._anything_to_do(session):
                return
        self._thread = threading.Thread(target=self._guarded, name=self.name, daemon=True)
        self._thread.start()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing runs; False after `timeout` seconds."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def close(self) -> None:
        """Let what has begun end, begin nothing; what is open is gone on with by the next process."""
        self._stopping.set()
        self.wait_idle(self.patience)

    def _guarded(self) -> None:
        try:
            self._work_off()
        except Exception:
            # Not even a failure could be written (disk full, say): the next tick finds all as it was.
            log.exception(self.failed)
