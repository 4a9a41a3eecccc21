"""`aiqu monitor` killed at random moments while files keep arriving: nothing is lost, nothing is done twice."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from aiqu_desktop.core.clock import SystemClock, iso, wait_until
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.ingest import Ingest, ObservationStore
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
from tests.lifecycle.plant import running_line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

EVERY_SECOND = {kind: {"every_seconds": 1} for kind in CheckKind}
STARTS_WITHIN = 60.0
ROWS = 15


class Feeder:
    """Writers at the plant: files by rename, some twice, some with rows that came before; every answer is wrong."""

    def __init__(self, drop: Path, digest: str, seed: int) -> None:
        self.drop = drop
        self.digest = digest
        self.random = random.Random(seed)
        self.files = 0
        self.labels: dict[str, str] = {}
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
        (self.drop / f".{name}").rename(self.drop / name)

    def waiting(self) -> list[Path]:
        return list(self.drop.glob("*.csv"))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A site that lives by the machine's clock, with version 1 live and every check due each second."""
    registry = open_site(tmp_path / "site", create=True)
    try:
        import_version(registry, make_bundle(tmp_path / "v1", "toy", 1), by="Eva", overrides=EVERY_SECOND)
        with running_line(registry.paths.line):
            folder = TargetFolder(registry.paths.line / "toy")
            assert wait_until(lambda: folder.status() is not None, STARTS_WITHIN), "the line does not answer"
            preview = releases.preview_promotion(registry, "toy", 1)
            assert releases.promote(registry, preview, actor="Eva", reason="first").done
        yield registry
    finally:
        registry.close()


@pytest.mark.parametrize(("kills", "longest"), [(1, 1.0), pytest.param(15, 3.0, marks=pytest.mark.campaign)])
def test_a_monitor_that_is_killed_again_and_again_loses_and_repeats_nothing(
    registry: Registry, tmp_path: Path, kills: int, longest: float
) -> None:
    with registry.read() as session:
        digest = session.scalars(select(Version.digest)).one()
        (first_slot,) = set(session.scalars(select(Schedule.next_due)))
    chance = random.Random(kills)
    feeder = Feeder(registry.paths.drop("toy"), digest, kills)
    log = tmp_path / "monitor.log"
    for _ in range(4):
        feeder.feed()  # enough labels to judge by, however short the first life is
    for _ in range(kills):
        with _monitor(registry, log) as process:
            assert wait_until(lambda: _schedules(registry, process), STARTS_WITHIN), log.read_text()
            ends = time.monotonic() + chance.uniform(0.0, longest)
            while time.monotonic() < ends:
                feeder.feed()
                time.sleep(0.05)  # the plant's pace
            process.send_signal(signal.SIGKILL)
    with _monitor(registry, log) as process:
        assert wait_until(lambda: not feeder.waiting(), 120), "not every file was taken in"
        assert wait_until(lambda: _alarms(registry, "performance"), 60), "the wrong answers did not ring"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with _monitor(registry, log, "--once") as process:
        assert process.wait(60) == 0, log.read_text()

    said = {line for line in log.read_text().splitlines() if line}
    assert said <= {f"The monitor watches {registry.paths.root}; stop it with Ctrl-C.",
                    "Everything that was due has run."}  # fmt: skip
    _all_data_are_there_once(registry, feeder)
    _every_slot_is_accounted_for_once(registry, first_slot)
    _nothing_rang_twice(registry)
    assert verify_chain(registry).intact


def _all_data_are_there_once(registry: Registry, feeder: Feeder) -> None:
    with registry.read() as session:
        assert set(session.scalars(select(ObservationId.observation_id))) == feeder.labels.keys()
        assert set(session.scalars(select(LabelId.observation_id))) == feeder.labels.keys()
        outcomes = Counter(session.scalars(select(IngestFile.outcome)))
        segments = {Path(path).name for path in session.scalars(select(Segment.path))}
    assert outcomes.keys() <= {"taken", "repeated"}
    now = registry.clock.now()
    window = ObservationStore(registry).window("toy", now - timedelta(days=1), now + timedelta(days=1))
    assert Counter(window.columns["id"]) == Counter(feeder.labels.keys()), "rows on disk, each once"
    assert dict(zip(window.columns["id"], window.columns["label"], strict=True)) == feeder.labels
    assert np.all(window.columns["label"] != window.columns["prediction"])
    assert len(list((feeder.drop / "done").glob("*.csv"))) == feeder.files
    assert not list((feeder.drop / "quarantine").iterdir())
    assert {path.name for path in (registry.paths.observations / "toy").glob("*.parquet")} == segments
    assert Ingest(registry).verify("toy") == ()


def _every_slot_is_accounted_for_once(registry: Registry, first_slot: Any) -> None:
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


def _schedules(registry: Registry, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the monitor ended by itself"
    with registry.read() as session:
        return session.scalars(select(SchedulerLease.pid)).one_or_none() == process.pid


@contextmanager
def _monitor(registry: Registry, log: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`aiqu monitor` as a process of its own; killed at the end of the block if it still runs."""
    command = [sys.executable, "-m", "aiqu_desktop.cli.main", "monitor", "--site", str(registry.paths.root)]
    with log.open("ab") as stream:
        process = subprocess.Popen([*command, "--settle-seconds", "0", *more], stdout=stream, stderr=stream)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
