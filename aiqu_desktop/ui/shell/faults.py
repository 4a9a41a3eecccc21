"""Nothing fails silently: exceptions in slots and threads reach the log and a dialog; Ctrl+C closes the window."""

from __future__ import annotations

import logging
import logging.handlers
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_LOG_BYTES, _LOG_FILES = 1_000_000, 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class FaultHook(QObject):
    """Python's last resort for exceptions, from any thread.

    failed: emitted on the main thread with the exception.
    """

    failed = Signal(BaseException)
    _caught = Signal(BaseException)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caught.connect(self.failed, Qt.ConnectionType.QueuedConnection)
        self._before: tuple[Callable[..., None], Callable[..., None]] | None = None

    def install(self) -> None:
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        self._caught.emit(error.with_traceback(trace))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._caught.emit(arguments.exc_value)


def close_on_signals(parent: QObject, close: Callable[[], None]) -> None:
    """SIGINT and SIGTERM close the window in order; a timer lets Python see them while Qt waits."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: QTimer.singleShot(0, parent, close))
    timer = QTimer(parent)
    timer.setInterval(200)
    timer.timeout.connect(lambda: None)
    timer.start()


def log_to(folder: Path) -> logging.Handler:
    """Write the window's log to `folder`/window.log, a few megabytes at most."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "window.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.getLogger().addHandler(handler)
    return handler
