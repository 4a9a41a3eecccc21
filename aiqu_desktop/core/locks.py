"""A lock on a file that the operating system lets go of when its holder dies; against processes and threads alike."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aiqu_desktop.core.clock import wait_until


def lock_file(place: Path, patience: float = 0.0) -> int | None:
    """Lock the file `place`, which is made when missing, with its folder.

    Args:
        patience: seconds to wait for a holder that is perhaps ending just now.

    Returns:
        An open file: closing it (`os.close`) gives the lock up. None if another holds it.

    Raises:
        OSError: if the file cannot be made or locked.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if wait_until(lambda: _taken(handle), patience):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        """Try to take the lock; False when another holds it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: int) -> bool:
        """Try to take the lock; False when another holds it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
