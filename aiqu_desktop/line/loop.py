"""The line's loop over all model folders: pointers before files, one file of each model in turn, a beat each second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.protocol import model_folders
from aiqu_desktop.line.server import ModelServer

_BEAT = 1.0  # seconds between two signs of life
_DISCOVERY = 0.5  # seconds between two looks for new model folders


class Line:
    """Serves every model folder under `root` until `stop` is set.

    poll: seconds to rest when nothing waits. durable: force observations to disk before their rows are deleted.
    """

    def __init__(self, root: Path, clock: Clock, poll: float, durable: bool) -> None:
        self._root = root
        self._clock = clock
        self._poll = poll
        self._durable = durable
        self._servers: dict[Path, ModelServer] = {}
        self._next_beat = 0.0
        self._next_discovery = 0.0
        self.stop = threading.Event()

    def run(self) -> None:
        """Work until `stop` is set; the file at hand is finished, and each status says "stopped"."""
        busy = False
        while not self.stop.is_set():
            self._discover()
            worked = self._round()
            if worked:
                busy = True
                self._beat_if_due()
                continue
            if busy:  # the last file is done: say so now, not at the next beat
                self._beat()
                busy = False
            self._beat_if_due()
            self.stop.wait(self._poll)
        for server in self._servers.values():
            server.close()

    def _round(self) -> bool:
        """Every pointer followed and one file of every model predicted; True when any file was there."""
        worked = False
        for server in self._servers.values():
            if self.stop.is_set():
                break
            _guarded(server, server.follow_pointer)
            worked = _guarded(server, server.predict_one) or worked
        return worked

    def _discover(self) -> None:
        """Serve folders that are new, and let go of those that are no longer configured, with their versions."""
        if time.monotonic() < self._next_discovery:
            return
        self._next_discovery = time.monotonic() + _DISCOVERY
        found = {folder.path: folder for folder in model_folders(self._root)}
        for path in self._servers.keys() - found.keys():
            self._servers.pop(path).close()
        for path, folder in found.items():
            if path not in self._servers:
                server = ModelServer(folder, self._clock, self._durable)
                self._servers[path] = server
                _guarded(server, server.start)

    def _beat_if_due(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._beat()

    def _beat(self) -> None:
        self._next_beat = time.monotonic() + _BEAT
        for server in self._servers.values():
            server.beat()


def _guarded(server: ModelServer, step: Callable[[], bool | None]) -> bool:
    """One model's trouble with its folder must not stop the others."""
    try:
        return bool(step())
    except (AiquError, OSError) as error:
        print(f"aiqu-line: {server.folder.path.name}: {error}", file=sys.stderr)
        return False
