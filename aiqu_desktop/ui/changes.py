"""Arrival and redraw have separate clocks: many changes of the site become at most four signals a second."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from aiqu_desktop.ui.desk import Desk

PERIOD_MS = 250


class SiteChanges(QObject):
    """Listens to the desk's watcher (a thread) and tells the main thread, coalesced.

    site_changed: the site was changed since the last signal, by whomever.
    """

    site_changed = Signal()
    _noticed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._noticed.connect(self._wait_or_tell, Qt.ConnectionType.QueuedConnection)
        self._stop = desk.watch(self._noticed.emit)

    def close(self) -> None:
        """End the watcher; no signal follows."""
        self._stop()
        self._timer.stop()
        self._noticed.disconnect(self._wait_or_tell)

    def _wait_or_tell(self) -> None:
        if not self._timer.isActive():
            waited = (time.monotonic() - self._last) * 1000
            self._timer.start(max(0, round(PERIOD_MS - waited)))

    def _tell(self) -> None:
        self._last = time.monotonic()
        self.site_changed.emit()
