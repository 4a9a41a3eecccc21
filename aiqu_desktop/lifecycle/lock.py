"""One release of a model at a time: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.core.errors import EnvironmentFault, Refused
from aiqu_desktop.core.paths import SitePaths


@contextmanager
def sole_release(paths: SitePaths, model: str) -> Iterator[None]:
    """Hold the model's lock. It holds against other processes and other threads of this one.

    Raises:
        Refused: if a release of the model is under way, here or in another process.
        EnvironmentFault: if the lock file cannot be made.
    """
    place = paths.root / "locks" / f"{checked_model_name(model)}.lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The lock {place} cannot be made ({reason}); correct its permissions.") from error
    try:
        if not _taken(handle):
            raise Refused(f"A release of {model} is under way in another window or process; wait until it is done.")
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        """Try to take the lock; False when another holds it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
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
