"""Rows that come while a model is stopped: set aside with a count, so that none is lost and none is answered late.

They do not wait in incoming: an answer is about the moment when its row was made, and whoever feeds the line shall see
at once that none will come. Who wants late answers puts the files back by hand after the model serves again.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from aiqu_desktop.core.files import fsync_directory, make_folder
from aiqu_desktop.line.handover import free_place
from aiqu_desktop.line.messages import SetAside
from aiqu_desktop.line.protocol import TargetFolder


class Unanswered:
    """One folder a stop, under incoming/unanswered; `durable` forces each move to disk."""

    def __init__(self, folder: TargetFolder, durable: bool) -> None:
        self._root = folder.unanswered_files
        self._place = self._root
        self._durable = durable
        self.counted = SetAside()

    def begin(self, release: str) -> None:
        """Set aside for this stop from now on; what an earlier process put there counts too."""
        self._place = self._root / release
        there = sorted(self._place.glob("*.csv"))
        self.counted = SetAside(len(there), sum(rows_in(file.read_bytes()) for file in there))

    def take(self, source: Path) -> None:
        """Move one file there.

        Raises:
            FileNotFoundError: if it is gone.
            OSError: if it cannot be moved.
        """
        rows = rows_in(source.read_bytes())
        make_folder(self._place)
        source.rename(free_place(self._place, source))
        if self._durable:
            fsync_directory(self._place)
        self.counted = SetAside(self.counted.files + 1, self.counted.rows + rows)


def rows_in(data: bytes) -> int:
    """How many rows a CSV file holds under its header; a file that is none counts by its lines."""
    text = data.decode("utf-8-sig", "replace")
    try:
        lines = sum(1 for line in csv.reader(io.StringIO(text, newline="")) if line)
    except csv.Error:
        lines = sum(1 for line in text.splitlines() if line)
    return max(lines - 1, 0)
