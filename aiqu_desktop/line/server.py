"""Serves one model: follows its pointer, predicts its files, says how it is; or stands still when it is told to."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.line.following import Follower
from aiqu_desktop.line.handover import Handover
from aiqu_desktop.line.messages import LineState, LineStatus, SetAside
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.rows import read_rows, write_observations
from aiqu_desktop.line.shadow.keeper import ShadowKeeper
from aiqu_desktop.line.unanswered import Unanswered
from aiqu_desktop.line.version import LoadedVersion
from aiqu_desktop.line.waiting import WaitingFiles


class ModelServer:
    """One model folder. `follow_pointer`, `predict_one` and `beat` are called in turn by the line's loop."""

    def __init__(self, folder: TargetFolder, clock: Clock, durable: bool) -> None:
        self.folder = folder
        self._clock = clock
        self._follower = Follower(folder, clock, "promote or roll back again", self._set_all_aside)
        self._shadow = ShadowKeeper(folder, clock, durable)
        self._handover = Handover(folder, durable, pass_on=self._shadow.take)
        self._waiting = WaitingFiles(folder.incoming)
        self._unanswered = Unanswered(folder, durable)
        self._file_problem: str | None = None
        self._rows = 0
        self._seconds = 0.0

    def start(self) -> None:
        """Say that the line is coming, finish what an earlier process began, and serve the pointer."""
        self.folder.incoming.mkdir(parents=True, exist_ok=True)
        self._shadow.start()
        self.beat(LineState.STARTING)
        drop = self.folder.drop
        if drop is not None:
            self._handover.settle(drop)
        if self._follower.recall_stop():
            self._count_aside()
        self.follow_pointer()
        if self._follower.version is None:
            self._follower.serve_last_known()
        self.beat()

    def follow_pointer(self) -> None:
        """Swap to the version that the pointer names, if it is new and proves itself; else keep the old one.

        An order to stop is obeyed at once: this runs between two files, so the file at hand has been finished.
        """
        if self._follower.follow():
            self._count_aside()
            self.beat()
        self._shadow.follow(self._follower.serving)

    def predict_one(self) -> bool:
        """Predict the next waiting file; False when there is none or no version serves yet.

        While the model is stopped, the file is set aside instead: its rows must not be answered later as if fresh.
        """
        if self._follower.stopped_by is not None:
            return self._set_one_aside()
        version = self._follower.version
        if version is None:
            return False
        source = self._waiting.next()
        if source is None:
            return False
        drop = self.folder.drop
        if drop is None:
            self._file_problem = "line.json does not say where observations go; set the target up again."
            return False
        try:
            self._predict(source, drop, version)
        except FileNotFoundError:
            return True  # the feeder took it back
        except OSError as error:
            self._file_problem = f"{source.name} waits: {error.filename or drop} failed ({error.strerror or error})."
            self._waiting.forget()
            return False
        self._file_problem = None
        return True

    def beat(self, state: LineState | None = None) -> None:
        """Write the status with a new sign of life."""
        version, stopped_by = self._follower.version, self._follower.stopped_by
        if state is None:
            state = LineState.STARTING if version is None else LineState.SERVING
            state = state if stopped_by is None else LineState.HELD
        stopped = state is LineState.STOPPED
        status = LineStatus(
            state=state,
            serving=None if stopped else self._follower.serving,
            golden=None if stopped or version is None else version.golden,
            rejected=self._follower.rejected,
            pid=os.getpid(),
            heartbeat=self._clock.now(),
            rows_served=self._rows,
            problem=self._follower.problem or self._file_problem,
            seconds=self._seconds,
            shadow=self._shadow.status(),
            stopped_by=stopped_by,
            set_aside=SetAside() if stopped_by is None else self._unanswered.counted,
        )
        try:
            self.folder.write_status(status)
        except OSError as error:  # a reader holds it, or the disk is full: the next beat tries again
            print(f"aiqu-line: {self.folder.path / 'status.json'} cannot be written: {error}", file=sys.stderr)

    def close(self) -> None:
        """Say that the line has stopped serving this folder, and end what runs beside it."""
        if self.folder.path.is_dir():
            self.beat(LineState.STOPPED)
        self._shadow.close()

    def _count_aside(self) -> None:
        """In a stop: count what was set aside for it already, and go on."""
        if self._follower.stopped_by is not None:
            self._unanswered.begin(self._follower.stopped_by)

    def _set_all_aside(self) -> str | None:
        """Set aside all that waits, for it came during the stop; what stands in the way of that, if anything does."""
        self._file_problem = None
        while self._set_one_aside():
            pass
        return self._file_problem

    def _set_one_aside(self) -> bool:
        """Put the next waiting file aside; False when there is none."""
        source = self._waiting.next()
        if source is None:
            return False
        try:
            self._unanswered.take(source)
        except FileNotFoundError:
            return True  # the feeder took it back
        except OSError as error:
            self._file_problem = f"{source.name} cannot be set aside ({error.strerror or error})."
            self._waiting.forget()
            return False
        self._file_problem = None
        return True

    def _predict(self, source: Path, drop: Path, version: LoadedVersion) -> None:
        data = source.read_bytes()
        schema = version.model.schema
        began = time.perf_counter()
        try:
            rows = read_rows(data, schema)
            answers = version.model.predict(rows.columns)
        except UserError as error:
            self._handover.reject(source, str(error))
            self.beat()
            return
        self._seconds += time.perf_counter() - began
        observations = write_observations(rows, answers, schema, version.pointer.digest)
        passed_on = self._handover.give(source, data, observations, drop)
        self._rows += len(rows.cells)
        if not passed_on:
            self._shadow.count_dropped(len(rows.cells))
