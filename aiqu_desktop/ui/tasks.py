"""The one bridge from workers to the window: blocking work goes out here, and its answer comes back on the main thread.

Threads are plain Python ones; nothing in them touches a widget. `close()` waits for what runs (a promotion must not be
cut in half) and drops what waits, so no thread outlives the window.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

_log = logging.getLogger("aiqu.ui.tasks")
_WORKERS = 4

Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    on_done: Done | None
    on_error: Failed | None
    key: str | None = None
    subject: object = None


class Tasks(QObject):
    """Runs functions off the main thread. Create and call it on the main thread only.

    failed: an error that its caller gave no `on_error` for; the shell shows it.
    busy_changed: True when the first task starts, False when the last one is answered.
    """

    failed = Signal(Exception)
    busy_changed = Signal(bool)
    _answered = Signal(object, object, object)  # job, result, error
    _relayed = Signal(object, tuple)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="aiqu-ui")
        self._running: dict[str, _Job] = {}
        self._waiting: dict[str, _Job] = {}
        self._in_flight = 0
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._relayed.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._in_flight > 0

    def run(self, work: Callable[[], Any], on_done: Done | None = None, on_error: Failed | None = None) -> None:
        """Run `work` on a worker, then `on_done(result)` or `on_error(error)` on the main thread.

        A callback that is a method of a widget that was deleted meanwhile is dropped.
        """
        self._start(_Job(work, on_done, on_error))

    def latest(
        self,
        key: str,
        work: Callable[[], Any],
        on_done: Done | None = None,
        on_error: Failed | None = None,
        *,
        subject: object = None,
    ) -> None:
        """Like `run` for refreshes: of those with one `key` at most one runs and only the newest waits.

        An answer that was overtaken is still delivered when its successor asks about the same `subject` (else a site
        that changes all the time would never be drawn), and dropped when it asks about another one.
        """
        job = _Job(work, on_done, on_error, key, subject)
        if key in self._running:
            self._waiting[key] = job
        else:
            self._running[key] = job
            self._start(job)

    def relay(self, callback: Callable[..., None]) -> Callable[..., None]:
        """A function that a worker may call at any time; `callback` then runs on the main thread."""

        def send(*args: object) -> None:
            if not self._closed:
                self._relayed.emit(callback, args)

        return send

    def close(self) -> None:
        """Drop what waits, wait for what runs, deliver nothing more."""
        self._closed = True
        self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, job: _Job) -> None:
        if self._closed:
            return
        self._in_flight += 1
        if self._in_flight == 1:
            self.busy_changed.emit(True)
        self._pool.submit(self._work, job)

    def _work(self, job: _Job) -> None:
        result, error = None, None
        try:
            result = job.work()
        except Exception as caught:  # noqa: BLE001 - carried to the main thread, shown and logged there
            error = caught
        if not self._closed:
            self._answered.emit(job, result, error)

    def _deliver(self, job: _Job, result: object, error: Exception | None) -> None:
        if self._closed:
            return
        self._in_flight -= 1
        overtaken = False
        if job.key is not None:
            successor = self._waiting.pop(job.key, None)
            del self._running[job.key]
            if successor is not None:
                overtaken = successor.subject != job.subject
                self._running[job.key] = successor
                self._start(successor)
        if self._in_flight == 0:
            self.busy_changed.emit(False)
        if overtaken:
            return
        if error is not None:
            _log.warning("work failed: %s", error, exc_info=error)
            if job.on_error is None:
                self.failed.emit(error)
            elif _is_alive(job.on_error):
                job.on_error(error)
        elif job.on_done is not None and _is_alive(job.on_done):
            job.on_done(result)

    def _call(self, callback: Callable[..., None], args: tuple[object, ...]) -> None:
        if not self._closed and _is_alive(callback):
            callback(*args)


def _is_alive(callback: Callable[..., Any]) -> bool:
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
