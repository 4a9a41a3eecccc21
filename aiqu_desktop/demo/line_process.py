"""Start the line as a process of its own, as on the factory floor, and stop it again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.line.protocol import TargetFolder, model_folders

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


class LineProcess:
    """`aiqu-line` on one root. A line that somebody else runs there is used as it is.

    The line lives as long as this process holds the other end of its standard input: a demo that is killed takes its
    line along, and the next demo's line waits for that one to end.
    """

    def __init__(self, root: Path, log: Path) -> None:
        self._root = root
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the line and wait until it answers for every model that is there; somebody else's line counts too.

        Raises:
            EnvironmentFault: if it does not answer; its log says why.
        """
        command = [sys.executable, "-m", "aiqu_desktop.line", "--root", str(self._root), "--poll", "0.01", "--no-fsync"]
        tied = ["--until-stdin-closes", "--patience", f"{_STOP_SECONDS:g}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, *tied], stdin=subprocess.PIPE, stdout=log, stderr=log)
        for folder in model_folders(self._root):
            self.wait_for(folder)

    def wait_for(self, folder: TargetFolder) -> None:
        """Wait until the line answers for a model: by serving what its pointer names, or by saying why not.

        Raises:
            EnvironmentFault: if it does not.
        """
        if not wait_until(lambda: self._answers(folder), _START_SECONDS):
            self.stop()
            raise EnvironmentFault(f"The line did not start within {_START_SECONDS:.0f} s; {self._log} says why.")

    def _answers(self, folder: TargetFolder) -> bool:
        status, process = folder.status(), self._process
        if status is None or process is None:
            return False
        if status.pid != process.pid:
            return process.poll() is not None and status.alive(SystemClock().now())
        return status.serving is not None or status.rejected is not None or folder.pointer() is None

    def stop(self) -> None:
        """Let it finish its file and end; only a line that this object started is touched."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
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
