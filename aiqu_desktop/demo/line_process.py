"""Start the line as a process of its own, as on the factory floor, and stop it again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import EnvironmentFault

_STOP_SECONDS = 10.0


class LineProcess:
    """`aiqu-line` on one root. A line that another process left running there is used as it is."""

    def __init__(self, root: Path, log: Path) -> None:
        self._root = root
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the line; it says for itself, in its status files, what it serves."""
        command = [sys.executable, "-m", "aiqu_desktop.line", "--root", str(self._root), "--poll", "0.01", "--no-fsync"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        """Ask it to finish its file and end; only a line that this object started is touched."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def wait_until_read(folder: Path, names: list[str], *, timeout: float = 60.0) -> None:
    """Wait until the line has taken these files out of its incoming folder.

    Raises:
        EnvironmentFault: if it has not after `timeout` seconds.
    """
    if not wait_until(lambda: not any((folder / name).exists() for name in names), timeout, poll=0.004):
        raise EnvironmentFault(f"The line did not read {folder / names[0]} in {timeout:.0f} s; see whether it runs.")
