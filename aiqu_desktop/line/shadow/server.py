"""Answers beside the champion: follows the shadow's pointer, predicts the files that the line passes on."""

from __future__ import annotations

import faulthandler
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.line.following import Follower
from aiqu_desktop.line.handover import Handover
from aiqu_desktop.line.messages import ShadowStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.rows import read_rows, write_shadow_answers
from aiqu_desktop.line.shadow.folder import ShadowFolder
from aiqu_desktop.line.version import LoadedVersion
from aiqu_desktop.line.waiting import WaitingFiles

KIND = "shadow"
_TRIES = 2  # a file on which the process died this often is left out
_NOTE = ".trying"


class ShadowServer:
    """The shadow of one model. `follow_pointer`, `predict_one` and `beat` are called in turn.

    file_seconds: a file that takes longer hangs: the process ends itself, from outside the interpreter.
    """

    def __init__(self, model: TargetFolder, clock: Clock, durable: bool, file_seconds: float) -> None:
        self._folder = ShadowFolder(model)
        self._clock = clock
        self._file_seconds = file_seconds
        self._follower = Follower(self._folder.target, clock, "begin the shadow again")
        self._handover = Handover(self._folder.target, durable, KIND)
        self._waiting = WaitingFiles(self._folder.target.incoming)
        self._said: ShadowStatus | None = self._folder.status()

    def start(self) -> None:
        """Finish what an earlier process began, and load the version."""
        drop = self._folder.target.drop
        self._folder.target.incoming.mkdir(parents=True, exist_ok=True)
        if drop is not None:
            self._handover.settle(drop)
        self.follow_pointer()

    def follow_pointer(self) -> None:
        """Load the version that the pointer names; nothing answers in its place where it cannot be."""
        if self._follower.follow():
            self.beat()

    def predict_one(self) -> bool:
        """Answer the next waiting file; False when there is none, or nothing to answer with."""
        version, drop = self._follower.version, self._folder.target.drop
        if version is None or drop is None or self._folder.target.pointer() != version.pointer:
            return False
        source = self._waiting.next()
        if source is None:
            return False
        try:
            self._answer(source, drop, version)
        except FileNotFoundError:
            return True  # the line cleared it away
        except OSError as error:
            self._problem(f"Answers cannot be handed over ({error.strerror or error}).")
            self._waiting.forget()
            return False
        return True

    def beat(self) -> None:
        """Write the status with a new sign of life."""
        pointer = self._folder.target.pointer()
        if pointer is None:
            return
        now, follower = self._clock.now(), self._follower
        said = self._said
        if said is None or said.act != pointer.release:
            said = ShadowStatus.of(pointer, now)
        serves = follower.serving is not None and follower.serving.digest == pointer.digest
        refusal = follower.rejected.reason if follower.rejected else follower.problem
        self._said = replace(
            said,
            serving=follower.serving if serves else None,
            golden=follower.version.golden if serves and follower.version else None,
            pid=os.getpid(),
            heartbeat=now,
            problem=refusal or said.problem,
        )
        self._folder.write_status(self._said)

    def _answer(self, source: Path, drop: Path, version: LoadedVersion) -> None:
        data = source.read_bytes()
        try:
            rows = read_rows(data, version.model.schema)
        except UserError as error:
            self._leave_out(source, max(1, data.count(b"\n") - 1), str(error))
            return
        if self._tries(source) >= _TRIES:
            why = f"It died {_TRIES} times while it answered {source.name}, and left that out."
            self._leave_out(source, len(rows.cells), why)
            return
        began = time.perf_counter()
        try:
            with self._watched():
                answers = version.model.predict(rows.columns)
        except UserError as error:
            self._leave_out(source, len(rows.cells), str(error))
            return
        seconds = time.perf_counter() - began
        self._handover.give(source, data, write_shadow_answers(rows, answers, version.pointer.digest), drop)
        if self._said is not None:
            answered, spent = self._said.rows_answered + len(rows.cells), self._said.seconds + seconds
            self._said = replace(self._said, rows_answered=answered, seconds=spent)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """End the process if the block takes too long; the watchdog needs no lock that a model could hold."""
        with Path(os.devnull).open("w") as nowhere:
            faulthandler.dump_traceback_later(self._file_seconds, exit=True, file=nowhere)
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()

    def _tries(self, source: Path) -> int:
        """How often an earlier process began this file and died; notes this time."""
        note = self._folder.target.incoming / _NOTE
        try:
            name, _, times = note.read_text(encoding="utf-8").rpartition(" ")
            before = int(times) if name == source.name else 0
        except (FileNotFoundError, UnicodeDecodeError, ValueError):
            before = 0
        note.write_text(f"{source.name} {before + 1}", encoding="utf-8")
        return before

    def _leave_out(self, source: Path, rows: int, why: str) -> None:
        source.unlink()
        if self._said is not None:
            self._said = replace(self._said, rows_failed=self._said.rows_failed + rows, problem=why)

    def _problem(self, sentence: str) -> None:
        if self._said is not None:
            self._said = replace(self._said, problem=sentence)
