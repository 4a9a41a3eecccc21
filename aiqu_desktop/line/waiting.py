"""The files of rows that wait in a folder, one after the other in the order of their names."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

_IGNORED = (".tmp", ".part")


class WaitingFiles:
    """Gives each waiting file once; the folder is listed anew when the list is used up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._queue: deque[Path] = deque()

    def next(self) -> Path | None:
        """The next file; None when none waits."""
        if not self._queue:
            try:
                with os.scandir(self._folder) as entries:
                    names = [entry.name for entry in entries if is_waiting(entry)]
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                return None
            self._queue.extend(self._folder / name for name in sorted(names))
        return self._queue.popleft() if self._queue else None

    def forget(self) -> None:
        """Look at the folder anew next time."""
        self._queue.clear()


def is_waiting(entry: os.DirEntry[str]) -> bool:
    """Whether this is a whole file of rows, and not one that is still being written."""
    name = entry.name
    return not name.startswith(".") and not name.endswith(_IGNORED) and name.endswith(".csv") and entry.is_file()
