"""A plant that never rests, for campaigns that kill whoever schedules: what is fed, and the accounts afterwards."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select, text

from aiqu_desktop.core.clock import SystemClock, iso, wait_until
from aiqu_desktop.core.files import sha256_file
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.ingest import Ingest, ObservationStore
from aiqu_desktop.lifecycle import folder_target
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import (
    Alarm,
    AuditRecord,
    Check,
    CheckRun,
    IngestFile,
    LabelId,
    ObservationId,
    Schedule,
    SchedulerLease,
    Segment,
    Version,
)
from aiqu_desktop.services import releases
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from tests.factories.bundles import CLASSES, make_bundle, toy_columns, toy_labels
from tests.factories.people import promoted
from tests.lifecycle.plant import running_line

EVERY_SECOND = {kind: {"every_seconds": 1} for kind in CheckKind}
STARTS_WITHIN = 180.0  # a loaded machine needs most of a minute for a window
ROWS = 15


class Feeder:
    """Writers at the plant: files by rename, some twice, some with rows that came before; every answer is wrong."""

    def __init__(self, drop: Path, digest: str, seed: int) -> None:
        self.drop = drop
        self.digest = digest
        self.random = random.Random(seed)
        self.files = 0
        self.labels: dict[str, str] = {}
        self.contents: set[str] = set()
        self._rows: list[list[Any]] = []

    def feed(self) -> None:
        """One more file of new observations, now and then with old rows among them, and their labels."""
        columns = toy_columns(ROWS, seed=self.files)
        truth = toy_labels(columns, seed=self.files)
        wrong = [next(name for name in CLASSES if name != label) for label in truth]
        scores = [[0.8 if name == label else 0.1 for name in CLASSES] for label in wrong]
        now = SystemClock().now() - timedelta(minutes=1)
        rows = [
            [f"n{self.files}-{row}", iso(now + timedelta(milliseconds=row)), *(c[row] for c in columns.values()),
             wrong[row], *scores[row], self.digest]
            for row in range(ROWS)
        ]  # fmt: skip
        header = ["id", "event_time", *columns, "prediction", *(f"score_{name}" for name in CLASSES), "served_digest"]
        again = self.random.sample(self._rows, min(len(self._rows), self.random.choice((0, 0, 5))))
        self._write("obs", header, [*rows, *again])
        if self.random.random() < 0.2:
            self._write("obs-again", header, [*rows, *again])
        labels = [[row[0], str(label)] for row, label in zip(rows, truth, strict=True)]
        self._write("labels", ["id", "label"], labels)
        self._rows += rows
        self.labels |= dict(labels)

    def _write(self, kind: str, header: list[str], rows: list[list[Any]]) -> None:
        self.files += 1
        name = f"{kind}-{self.files:05d}.csv"
        with (self.drop / f".{name}").open("w", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        self.contents.add(sha256_file(self.drop / f".{name}"))
        long_ago = time.time() - 60  # settled, however long a reader waits for that
        os.utime(self.drop / f".{name}", (long_ago, long_ago))
        (self.drop / f".{name}").rename(self.drop / name)

    def waiting(self) -> list[Path]:
        return list(self.drop.glob("*.csv"))


@dataclass(frozen=True, slots=True)
class BusySite:
    """A site whose checks are all due each second. first_slot: when they first were. log: what its schedulers said."""

    registry: Registry
    feeder: Feeder
    first_slot: datetime
    log: Path

    @contextmanager
    def scheduled_by(self, module: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of its own that schedules here; killed at the end of the block if it still runs."""
        command = [sys.executable, "-m", module, *options, "--site", str(self.registry.paths.root)]
        with self.log.open("ab") as stream:
            process = subprocess.Popen(command, stdout=stream, stderr=stream)
        try:
            assert wait_until(lambda: self._is_scheduled_by(process), STARTS_WITHIN), self.log.read_text()
            yield process
        finally:
            process.kill()
            process.wait()

    def live_and_die(self, process: subprocess.Popen[bytes], longest: float) -> None:
        """Let `process` schedule under load and kill it at a moment that it cannot foresee."""
        ends = time.monotonic() + self.feeder.random.uniform(0.0, longest)
        while time.monotonic() < ends:
            self.feeder.feed()
            time.sleep(0.05)  # the plant's pace
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL

    def live_and_settle(self, process: subprocess.Popen[bytes]) -> None:
        """Let `process` make good what its forerunners left, and end it in order; then all that is due is done."""
        assert wait_until(lambda: not self.feeder.waiting(), 120), "not every file was taken in"
        assert wait_until(lambda: _alarms(self.registry, "performance"), 60), "the wrong answers did not ring"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, self.log.read_text()
        once = [sys.executable, "-m", "aiqu_desktop.cli.main", "monitor", "--once", "--site"]
        last = subprocess.run([*once, self.registry.paths.root], capture_output=True, text=True, timeout=60)
        assert (last.returncode, last.stderr) == (0, ""), f"{last.returncode}: {last.stderr}{last.stdout}"

    def _is_scheduled_by(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log.read_text()
        with self.registry.read() as session:
            return session.scalars(select(SchedulerLease.pid)).one_or_none() == process.pid

    def assert_nothing_is_lost_and_nothing_repeated(self) -> None:
        """The accounts: every file and row once, every slot once, every alarm once, and the books whole."""
        _all_data_are_there_once(self.registry, self.feeder)
        _every_slot_is_accounted_for_once(self.registry, self.first_slot)
        _nothing_rang_twice(self.registry)
        _the_books_are_whole(self.registry)


@contextmanager
def busy_site(folder: Path, seed: int) -> Iterator[BusySite]:
    """A site that lives by the machine's clock, with version 1 live and data waiting, enough to judge it by."""
    registry = open_site(folder / "site", create=True)
    try:
        import_version(registry, make_bundle(folder / "v1", "toy", 1), by="Eva", overrides=EVERY_SECOND)
        with running_line(registry.paths.line):
            target = TargetFolder(registry.paths.line / "toy")
            assert wait_until(lambda: target.status() is not None, STARTS_WITHIN), "the line does not answer"
            preview = releases.preview_promotion(registry, "toy", 1)
            assert promoted(registry, folder_target(registry.paths, "toy"), preview).done
        with registry.read() as session:
            digest = session.scalars(select(Version.digest)).one()
            (first_slot,) = set(session.scalars(select(Schedule.next_due)))
        feeder = Feeder(registry.paths.drop("toy"), digest, seed)
        for _ in range(4):
            feeder.feed()
        yield BusySite(registry, feeder, first_slot, folder / "log")
    finally:
        registry.close()


def _all_data_are_there_once(registry: Registry, feeder: Feeder) -> None:
    with registry.read() as session:
        assert set(session.scalars(select(ObservationId.observation_id))) == feeder.labels.keys()
        assert set(session.scalars(select(LabelId.observation_id))) == feeder.labels.keys()
        outcomes = set(session.scalars(select(IngestFile.outcome)))
        taken = session.scalars(select(IngestFile.sha256).where(IngestFile.outcome == "taken")).all()
        segments = {Path(path).name for path in session.scalars(select(Segment.path))}
    assert outcomes <= {"taken", "repeated"}
    assert Counter(taken) == Counter(feeder.contents), "each content taken once, however often it came"
    now = registry.clock.now()
    window = ObservationStore(registry).window("toy", now - timedelta(days=1), now + timedelta(days=1))
    assert Counter(window.columns["id"]) == Counter(feeder.labels.keys()), "rows on disk, each once"
    assert dict(zip(window.columns["id"], window.columns["label"], strict=True)) == feeder.labels
    assert np.all(window.columns["label"] != window.columns["prediction"])
    assert len(list((feeder.drop / "done").glob("*.csv"))) == feeder.files
    assert not list((feeder.drop / "quarantine").iterdir())
    assert {path.name for path in (registry.paths.observations / "toy").glob("*.parquet")} == segments
    assert Ingest(registry).verify("toy") == ()


def _every_slot_is_accounted_for_once(registry: Registry, first_slot: datetime) -> None:
    with registry.read() as session:
        assert session.scalar(select(func.count()).where(CheckRun.state == RunState.RUNNING)) == 0
        for check in session.scalars(select(Check)):
            runs = session.scalars(select(CheckRun).where(CheckRun.check_id == check.id)).all()
            assert len({run.scheduled_for for run in runs}) == len(runs)
            slots = sum(run.result["slots"] if run.state is RunState.MISSED else 1 for run in runs)
            due = session.get_one(Schedule, check.id).next_due
            assert slots == (due - first_slot) / timedelta(seconds=1), f"{check.kind}: a slot is missing or doubled"
            assert {run.state for run in runs} <= {RunState.DONE, RunState.MISSED}
        done = session.scalars(select(CheckRun.id).where(CheckRun.state == RunState.DONE)).all()
        recorded = session.scalars(select(AuditRecord.subject).where(AuditRecord.action == "check.done")).all()
    assert Counter(recorded) == Counter(f"check run {run}" for run in done), "each run ended exactly once"


def _nothing_rang_twice(registry: Registry) -> None:
    """The answers were wrong from the first to the last, so the performance alarm rings once and never returns."""
    assert len(_alarms(registry, "performance")) == 1
    with registry.read() as session:
        ids = session.scalars(select(Alarm.id)).all()
        rung = session.scalars(select(AuditRecord.subject).where(AuditRecord.action == "alarm.activated")).all()
    assert Counter(rung) == Counter(f"alarm {alarm}" for alarm in ids)


def _alarms(registry: Registry, key: str) -> list[Alarm]:
    with registry.read() as session:
        return list(session.scalars(select(Alarm).where(Alarm.key == key)))


def _the_books_are_whole(registry: Registry) -> None:
    """The audit chain holds and SQLite finds nothing wrong with its file."""
    assert verify_chain(registry).intact
    with registry.read() as session:
        assert session.scalars(text("PRAGMA quick_check")).all() == ["ok"]
