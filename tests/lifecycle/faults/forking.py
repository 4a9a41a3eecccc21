"""The near side of `host.py`: asks it for children and waits for their end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.line.floor import REPOSITORY


class Host:
    """One fork server; its children are real processes that can be traced, stopped and killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._living: set[int] = set()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """A host, ended with the block together with all that it forked."""
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error"}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lifecycle.faults.host"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        host = cls(process)
        try:
            yield host
        finally:
            for pid in list(host._living):
                host.kill(pid)
            process.communicate()

    def release(self, **order: str) -> int:
        """A child that has stopped itself just before it presses the button; `host` says what an order holds."""
        return self._forked({"do": "release", **order})

    def line(self, root: Path) -> int:
        """The real line over `root`."""
        return self._forked({"do": "line", "root": str(root)})

    def kill(self, pid: int) -> int:
        """Kill a child without warning; its status."""
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def wait(self, pid: int) -> int:
        """The status of a child that ends; negative: the signal that ended it."""
        self._living.discard(pid)
        return int(self._asked({"do": "await", "pid": pid})["status"])

    def _forked(self, order: dict[str, Any]) -> int:
        pid = int(self._asked(order)["pid"])
        self._living.add(pid)
        return pid

    def _asked(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the fork server has died; see its last words above"
        return dict(json.loads(answer))
