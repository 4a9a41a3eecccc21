"""One line on one root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.locks import lock_file

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
        handle = lock_file(root / _NAME, patience)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The line cannot work in {root} ({reason}); name a folder it may write.") from error
    if handle is None:
        raise EnvironmentFault(f"Another line already works in {root}; stop that one first.")
    try:
        yield
    finally:
        os.close(handle)
