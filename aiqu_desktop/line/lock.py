"""One line on one root: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault

_NAME = ".line.lock"


@contextmanager
def sole_line(root: Path) -> Iterator[None]:
    """Hold the root's lock.

    Raises:
        EnvironmentFault: if another line holds it, or the root cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The line cannot work in {root} ({reason}); name a folder it may write.") from error
    try:
        _take(handle, root)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, root: Path) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise EnvironmentFault(_taken(root)) from error

else:
    import fcntl

    def _take(handle: int, root: Path) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EnvironmentFault(_taken(root)) from error


def _taken(root: Path) -> str:
    return f"Another line already works in {root}; stop that one first."
