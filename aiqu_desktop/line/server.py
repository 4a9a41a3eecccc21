"""Serves one model: follows its pointer, predicts its files, says how it is."""

from __future__ import annotations

import os
import sys
from collections import deque
from pathlib import Path

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import AiquError, UserError
from aiqu_desktop.line.handover import Handover
from aiqu_desktop.line.messages import LineState, LineStatus, Pointer, Rejected, Serving
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.rows import read_rows, write_observations
from aiqu_desktop.line.version import LoadedVersion, fingerprint, load_version

_IGNORED = (".tmp", ".part")


class ModelServer:
    """One model folder. `follow_pointer`, `predict_one` and `beat` are called in turn by the line's loop."""

    def __init__(self, folder: TargetFolder, clock: Clock, durable: bool) -> None:
        self.folder = folder
        self._clock = clock
        self._handover = Handover(folder, durable)
        self._version: LoadedVersion | None = None
        self._serving: Serving | None = None
        self._rejected: Rejected | None = None
        self._pointer_problem: str | None = None
        self._file_problem: str | None = None
        self._rows = 0
        self._queue: deque[Path] = deque()
        self._seen_pointer: tuple[int, int, int] | None = None
        self._refused: tuple[Pointer, tuple[tuple[int, int] | None, ...]] | None = None

    def start(self) -> None:
        """Say that the line is coming, finish what an earlier process began, and serve the pointer."""
        self.folder.incoming.mkdir(parents=True, exist_ok=True)
        self.beat(LineState.STARTING)
        drop = self.folder.drop
        if drop is not None:
            self._handover.settle(drop)
        self.follow_pointer()
        if self._version is None:
            self._serve_last_known()
        self.beat()

    def follow_pointer(self) -> None:
        """Swap to the version that the pointer names, if it is new and proves itself; else keep the old one."""
        stamp = self._pointer_stamp()
        if stamp == self._seen_pointer and not self._worth_a_retry():
            return
        self._seen_pointer = stamp
        self._refused = None
        pointer = self.folder.pointer()
        if pointer is None:
            self._rejected = None
            damaged = "champion.json is damaged; promote or roll back again."
            self._pointer_problem = None if stamp is None else damaged
            return
        self._pointer_problem = None
        if self._swap(pointer):
            self._rejected = None
            self.folder.write_last_served(pointer)
        self.beat()

    def predict_one(self) -> bool:
        """Predict the next waiting file; False when there is none or no version serves yet."""
        if self._version is None:
            return False
        source = self._next_file()
        if source is None:
            return False
        drop = self.folder.drop
        if drop is None:
            self._file_problem = "line.json does not say where observations go; set the target up again."
            return False
        try:
            self._predict(source, drop, self._version)
        except FileNotFoundError:
            return True  # the feeder took it back
        except OSError as error:
            self._file_problem = f"{source.name} waits: {error.filename or drop} failed ({error.strerror or error})."
            self._queue.clear()
            return False
        self._file_problem = None
        return True

    def beat(self, state: LineState | None = None) -> None:
        """Write the status with a new sign of life."""
        if state is None:
            state = LineState.STARTING if self._version is None else LineState.SERVING
        stopped = state is LineState.STOPPED
        status = LineStatus(
            state=state,
            serving=None if stopped else self._serving,
            golden=None if stopped or self._version is None else self._version.golden,
            rejected=self._rejected,
            pid=os.getpid(),
            heartbeat=self._clock.now(),
            rows_served=self._rows,
            problem=self._pointer_problem or self._file_problem,
        )
        try:
            self.folder.write_status(status)
        except OSError as error:  # a reader holds it, or the disk is full: the next beat tries again
            print(f"aiqu-line: {self.folder.path / 'status.json'} cannot be written: {error}", file=sys.stderr)

    # --- inside

    def _predict(self, source: Path, drop: Path, version: LoadedVersion) -> None:
        data = source.read_bytes()
        schema = version.model.schema
        try:
            rows = read_rows(data, schema)
            answers = version.model.predict(rows.columns)
        except UserError as error:
            self._handover.reject(source, str(error))
            self.beat()
            return
        observations = write_observations(rows, answers, schema, version.pointer.digest)
        self._handover.give(source, data, observations, drop)
        self._rows += len(rows.cells)

    def _swap(self, pointer: Pointer) -> bool:
        """Load, prove, and only then serve. False leaves what served before, and `rejected` says why."""
        seen = fingerprint(self.folder, pointer)
        try:
            version = load_version(self.folder, pointer)
        except AiquError as error:
            self._rejected = Rejected(pointer.digest, pointer.version, pointer.release, str(error))
            self._refused = (pointer, seen)
            return False
        self._version = version
        self._serving = Serving(pointer.digest, pointer.version, pointer.release, self._clock.now())
        return True

    def _serve_last_known(self) -> None:
        """At a start whose pointer is broken or missing: what this line served before it stopped."""
        last = self.folder.last_served()
        if last is None:
            return
        rejected, refused = self._rejected, self._refused
        if self._swap(last) or rejected is not None:  # what is told and retried stays the pointer's own refusal
            self._rejected, self._refused = rejected, refused

    def _worth_a_retry(self) -> bool:
        return self._refused is not None and fingerprint(self.folder, self._refused[0]) != self._refused[1]

    def _pointer_stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.folder.pointer_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _next_file(self) -> Path | None:
        """The next waiting file in the order of names; the folder is listed anew when the list is used up."""
        if not self._queue:
            try:
                with os.scandir(self.folder.incoming) as entries:
                    names = [entry.name for entry in entries if _is_waiting(entry)]
            except FileNotFoundError:
                self.folder.incoming.mkdir(parents=True, exist_ok=True)
                return None
            self._queue.extend(self.folder.incoming / name for name in sorted(names))
        return self._queue.popleft() if self._queue else None


def _is_waiting(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return not name.startswith(".") and not name.endswith(_IGNORED) and name.endswith(".csv") and entry.is_file()
