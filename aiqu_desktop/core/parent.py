"""A process that shall not outlive the one that began it: that one holds the other end of its standard input."""

from __future__ import annotations

import os
import threading


def set_at_end_of_input(stop: threading.Event) -> None:
    """Set `stop` once standard input ends; blocks until then, so it runs in a thread of its own.

    Not sys.stdin: a reader that still waits at exit would hold its lock, and the interpreter aborts over that.
    """
    while os.read(0, 4096):
        pass
    stop.set()
