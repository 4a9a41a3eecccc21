"""`python -m aiqu_desktop.line.shadow.process FOLDER`: the process that answers beside the champion."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.parent import set_at_end_of_input

_POLL = 0.1  # seconds to rest when nothing waits
_BEAT = 1.0  # seconds between two signs of life
_LOWEST = 19  # the niceness of what may wait for everything else
_PATIENCE = 30.0  # seconds for an earlier process on this folder to end
_FILE_SECONDS = 60.0


def main() -> None:
    """Answer what is passed on, until the line closes this process's standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-fsync", action="store_true")
    parser.add_argument("--file-seconds", type=float, default=_FILE_SECONDS)
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells the line, and the line tells us
    if hasattr(os, "nice"):
        os.nice(_LOWEST)
    stop = threading.Event()
    threading.Thread(target=set_at_end_of_input, args=(stop,), daemon=True).start()
    try:
        _serve(asked.folder, not asked.no_fsync, asked.file_seconds, stop)
    except AiquError as error:
        sys.exit(f"aiqu-line: {asked.folder}: {error}")


def _serve(folder: Path, durable: bool, file_seconds: float, stop: threading.Event) -> None:
    # Imported here: what takes time to load is loaded at the lowest priority.
    from aiqu_desktop.core.clock import SystemClock
    from aiqu_desktop.line.lock import sole_line
    from aiqu_desktop.line.protocol import TargetFolder
    from aiqu_desktop.line.shadow.server import ShadowServer

    with sole_line(folder, _PATIENCE):
        server = ShadowServer(TargetFolder(folder.parent), SystemClock(), durable, file_seconds)
        server.start()
        busy, next_beat = False, 0.0
        while not stop.is_set():
            server.follow_pointer()
            worked = server.predict_one()
            if time.monotonic() >= next_beat or (busy and not worked):
                server.beat()
                next_beat = time.monotonic() + _BEAT
            busy = worked
            if not worked:
                stop.wait(_POLL)
        server.beat()


if __name__ == "__main__":
    main()
