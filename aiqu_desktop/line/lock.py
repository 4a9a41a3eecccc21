"""One line on one root: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import EnvironmentFault

_NAME = ".line.lock"


@contextmanager
def sole_line(root: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the root's lock.

    Args:
        patience: seconds to wait for a line that holds it, and is perhaps ending just now.

    Raises:
        EnvironmentFault: if another line holds it still, or the root cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The line cannot work in {root} ({reason}); name a folder it may write.") from error
    try:
        if not wait_until(lambda: _taken(handle), patience):
            raise EnvironmentFault(f"Another line already works in {root}; stop that one first.")
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
