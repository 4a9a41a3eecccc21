"""The line's side of a shadow: begins its process, gives it rows, begins it anew when it died, ends it.

Nothing here may fail, slow or block the champion: each call is a look at a small file or a move of one, what goes
wrong is told in the status, and rows that the shadow cannot take are counted as dropped.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.messages import Pointer, Serving, ShadowStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.shadow.folder import ShadowFolder

_LOOK = 0.2  # seconds between two looks at the pointer
_FAREWELL = 3.0  # seconds to end by itself before it is killed
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a shadow that died is begun anew, doubled each time
_LOWEST: int = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)  # of Windows; elsewhere the process lowers itself


class ShadowKeeper:
    """The shadow of one model folder, if there is one."""

    def __init__(self, model: TargetFolder, clock: Clock, durable: bool) -> None:
        self._model = model
        self._folder = ShadowFolder(model)
        self._clock = clock
        self._durable = durable
        self._pointer: Pointer | None = None
        self._champion = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._dropped = 0
        self._next_look = 0.0
        self._next_start = 0.0
        self._began = 0.0
        self._end_by = 0.0
        self._pause = _FIRST_PAUSE
        self._problem: str | None = None

    def start(self) -> None:
        """Look for a shadow, and go on with the counts of an earlier line."""
        with self._harmless("looked for"):
            before = self._model.status()
            self._take_up(self._folder.target.pointer())
            if self._pointer is None:
                self._folder.clear()  # ended while no line ran
            elif before is not None and before.shadow is not None and before.shadow.act == self._pointer.release:
                self._dropped = before.shadow.rows_dropped

    def follow(self, champion: Serving | None) -> None:
        """Begin, renew or end the process as the pointer says. Costs nothing most of the time."""
        self._champion = champion.digest if champion else ""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK
        with self._harmless("begun"):
            self._take_up(self._folder.target.pointer())
            if self._pointer is None:
                self._end()
                return
            if self._process is not None and self._process.poll() is not None:
                self._mourn(self._process)
            if self._process is None and time.monotonic() >= self._next_start:
                self._begin()

    def take(self, source: Path, digest: str) -> bool:
        """Move a file that the champion has answered to the shadow; False when it does not take it."""
        if not self._wanted:
            return False
        with self._harmless("given rows"):
            if self._folder.has_room():
                source.replace(self._folder.target.incoming / f"{source.stem}-{digest[:16]}.csv")
                return True
        return False

    def count_dropped(self, rows: int) -> None:
        """Note rows that `take` did not take."""
        if self._wanted:
            self._dropped += rows

    def status(self) -> ShadowStatus | None:
        """What runs beside the champion; None without a shadow."""
        if self._pointer is None:
            return None
        said = None
        with self._harmless("asked"):
            said = self._folder.status()
        if said is None or said.act != self._pointer.release:
            said = ShadowStatus.of(self._pointer, self._clock.now())
        alive = self._process is not None and self._process.poll() is None
        return replace(
            said,
            pid=self._process.pid if alive and self._process else None,
            rows_dropped=self._dropped,
            serving=said.serving if alive else None,
            problem=(None if alive else self._problem) or said.problem or self._problem,
        )

    def close(self) -> None:
        """End the process; its rows wait for the next line."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @contextmanager
    def _harmless(self, what: str) -> Iterator[None]:
        """What goes wrong about a shadow is told, and goes no further."""
        try:
            yield
        except OSError as error:
            self._problem = f"The shadow cannot be {what}: {error.strerror or error}."
        except AiquError as error:
            self._problem = str(error)

    @property
    def _wanted(self) -> bool:
        # Of a version that has become the champion there is nothing to compare.
        return self._pointer is not None and self._pointer.digest != self._champion

    def _take_up(self, pointer: Pointer | None) -> None:
        if pointer == self._pointer:
            return
        if pointer is None or self._pointer is None or pointer.release != self._pointer.release:
            self._dropped, self._problem, self._pause = 0, None, _FIRST_PAUSE
        self._pointer = pointer
        if pointer is not None:
            self._folder.target.incoming.mkdir(parents=True, exist_ok=True)

    def _begin(self) -> None:
        command = [sys.executable, "-m", "aiqu_desktop.line.shadow.process", str(self._folder.target.path)]
        self._began, self._end_by = time.monotonic(), 0.0
        self._process = subprocess.Popen(
            [*command, *([] if self._durable else ["--no-fsync"])], stdin=subprocess.PIPE, creationflags=_LOWEST
        )

    def _mourn(self, process: subprocess.Popen[bytes]) -> None:
        """It died: say so, and begin it anew after a while, which grows."""
        if process.stdin is not None:
            process.stdin.close()
        self._process = None
        self._problem = f"The shadow's process ended with status {process.returncode}; it is begun anew."
        if time.monotonic() - self._began > _LONGEST_PAUSE:
            self._pause = _FIRST_PAUSE
        self._next_start = time.monotonic() + self._pause
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)

    def _end(self) -> None:
        """Ask it to end; kill it if it does not. The champion does not wait for that: each call is one look."""
        if self._process is None:
            return
        if not self._end_by:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._end_by = time.monotonic() + _FAREWELL
        if self._process.poll() is None:
            if time.monotonic() >= self._end_by:
                self._process.kill()
            return
        self._process = None
        self._folder.clear()
