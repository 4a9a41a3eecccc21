"""How the C library keeps memory that was given back."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h of the GNU C library, mallopt(3)
_MOST = 1 << 30


def keep_freed_memory() -> None:
    """Let this process keep what is freed for the next time, instead of giving it back to the system.

    Large blocks come from the system one by one and go back when they are freed, and the system clears every page
    again: for a stream of blocks that takes as long as reading them. For commands that stream and end; a process that
    stays would hold its peak for good. Does nothing where the C library is not GNU's.
    """
    try:
        choose = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    choose(_MMAP_THRESHOLD, _MOST)
    choose(_TRIM_THRESHOLD, _MOST)
