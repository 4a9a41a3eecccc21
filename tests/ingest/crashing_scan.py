"""Run as a process: scan a site's model and, if a number is given, die at that step as a power switch would.

A step is the moment before and after each fsync, rename, replace, deletion and commit. Prints how many there were.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.ingest import Ingest
from aiqu_desktop.registry import Registry
from tests.ingest.plant import MODEL, NOW

DIED = 77


class Steps:
    """Counts steps, and ends the process at the chosen one without any clean-up."""

    def __init__(self, last: int | None) -> None:
        self.count = 0
        self._last = last

    def step(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os._exit(DIED)

    def around(self, owner: Any, name: str) -> None:
        whole: Callable[..., Any] = getattr(owner, name)

        def stepped(*arguments: Any, **named: Any) -> Any:
            self.step()
            result = whole(*arguments, **named)
            self.step()
            return result

        setattr(owner, name, stepped)


def main(root: str, last: str = "") -> None:
    registry = Registry.open(SitePaths(Path(root)), ReplayClock(NOW))
    steps = Steps(int(last) if last else None)
    steps.around(os, "fsync")
    for name in ("rename", "replace", "unlink"):
        steps.around(Path, name)
    event.listen(registry.engine, "commit", steps.step)  # just before the database commits
    event.listen(registry.engine, "checkin", steps.step)  # just after
    Ingest(registry, settle_seconds=0).scan(MODEL)
    print(steps.count)
    registry.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
