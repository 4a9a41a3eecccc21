"""`aiqu demo` with its window: the replay or the window killed at random moments, and the story goes on unharmed."""

from __future__ import annotations

import json
import os
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

import pytest
from sqlalchemy import select, text

from aiqu_desktop.core.clock import iso, wait_until
from aiqu_desktop.core.paths import SitePaths, resources
from aiqu_desktop.core.words import RunState
from aiqu_desktop.demo.plant import load_source
from aiqu_desktop.demo.replay import position
from aiqu_desktop.demo.story import Story, load_story
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, Check, CheckRun, IngestFile, Schedule
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.opening import open_site

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform != "linux", reason="finds children in /proc")]

DAYS_OF_HISTORY, DAYS_IN_ALL = 7, 28  # whole weeks, so that every machine is read out at the end
PATIENCE = 120.0


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Four weeks of the shipped story, of which one is history; for this process and those that it starts."""
    shipped, short = resources(), tmp_path / "resources"
    (short / "demo").mkdir(parents=True)
    for folder, inside in ((shipped, short), (shipped / "demo", short / "demo")):
        for entry in folder.iterdir():
            if entry.name not in ("demo", "story.json"):
                (inside / entry.name).symlink_to(entry)
    told = json.loads((shipped / "demo" / "story.json").read_text("utf-8"))
    start = load_story().arrivals[0].at - timedelta(days=3)  # a version arrives in the history
    told["start"] = iso(start)
    told["handover"] = iso(start + timedelta(days=DAYS_OF_HISTORY))
    told["end"] = iso(start + timedelta(days=DAYS_IN_ALL))
    (short / "demo" / "story.json").write_text(json.dumps(told), "utf-8")
    monkeypatch.setenv("AIQU_RESOURCES", str(short))
    return load_story()


class Demo:
    """`aiqu demo` and its window, in a session of their own."""

    def __init__(self, site: Path, log: Path) -> None:
        self.paths = SitePaths(site)
        self.log = log

    @contextmanager
    def playing(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "aiqu_desktop.cli.main", "demo", "--seconds-a-day", "0"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*command, "--site", str(self.paths.root)], stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.poll() is None or _members(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def goes_on(self, process: subprocess.Popen[bytes], days: int) -> None:
        """Wait until that many more days are played."""
        before = position(self.paths)

        def far_enough() -> bool:
            assert process.poll() is None, self.log.read_text()
            now = position(self.paths)
            return now is not None and (before is None or now >= before + timedelta(days=days))

        assert wait_until(far_enough, PATIENCE, poll=0.005), self.log.read_text()

    def window_of(self, process: subprocess.Popen[bytes]) -> int:
        """The window's process id, as soon as there is one."""
        found: list[int] = []

        def look() -> bool:
            assert process.poll() is None, self.log.read_text()
            found[:] = [pid for pid in _members(process.pid) if b"aiqu_desktop.ui.main" in _command(pid)]
            return bool(found)

        assert wait_until(look, PATIENCE), self.log.read_text()
        return found[0]


def test_a_demo_whose_replay_or_window_is_killed_goes_on_and_loses_and_repeats_nothing(
    story: Story, tmp_path: Path
) -> None:
    demo, chance = Demo(tmp_path / "site", tmp_path / "log"), random.Random(5)
    with demo.playing() as process:  # while the history is made
        demo.goes_on(process, 4)
        time.sleep(chance.uniform(0.0, 0.3))  # somewhere inside a day
        process.kill()
    for victim in ("window", "replay", "both", "replay"):
        with demo.playing() as process:
            window = demo.window_of(process)
            demo.goes_on(process, chance.randint(1, 4))
            time.sleep(chance.uniform(0.0, 0.3))
            if victim == "window":
                os.kill(window, signal.SIGKILL)
                assert process.wait(PATIENCE) != 0, "a window that crashed is no success"
                assert not _members(process.pid), "the replay and its line end with their window"
            elif victim == "replay":
                process.kill()
                process.wait()
                assert wait_until(lambda group=process.pid: len(_members(group)) == 1, PATIENCE), "no line is left"
            else:
                os.killpg(process.pid, signal.SIGKILL)
    with demo.playing() as process:
        assert wait_until(lambda: position(demo.paths) == story.end, PATIENCE), demo.log.read_text()
        demo.window_of(process)
        process.terminate()
        assert process.wait(PATIENCE) == 0, demo.log.read_text()
        assert not _members(process.pid)

    registry = open_site(demo.paths.root)
    try:
        _every_row_is_there_once(registry, story)
        _every_check_ran_once(registry, story)
        assert verify_chain(registry).intact
    finally:
        registry.close()


def _every_row_is_there_once(registry: Registry, story: Story) -> None:
    for model in story.models:
        source = load_source(model)
        rows = source.rows_between(story.start, story.end)
        labels = source.labels_between(story.start, story.end, made_after=story.start)
        window = ObservationStore(registry).window(model.name, story.start, story.end + timedelta(seconds=1))
        assert Counter(window.columns["id"]) == Counter(source.ids[rows]), model.name
        pairs = zip(window.columns["id"], window.columns["label"], strict=True)
        assert {name for name, label in pairs if str(label) not in ("None", "nan")} == set(source.ids[labels])


def _every_check_ran_once(registry: Registry, story: Story) -> None:
    with registry.read() as session:
        assert session.scalars(text("PRAGMA quick_check")).all() == ["ok"]
        assert set(session.scalars(select(IngestFile.outcome))) <= {"taken", "repeated"}
        for check in session.scalars(select(Check)):
            runs = session.scalars(select(CheckRun).where(CheckRun.check_id == check.id)).all()
            schedule = session.get_one(Schedule, check.id)
            every = timedelta(seconds=schedule.every_seconds)
            assert Counter(run.scheduled_for for run in runs) == Counter(
                story.start + place * every for place in range((schedule.next_due - story.start) // every)
            )
            assert {run.state for run in runs} == {RunState.DONE}
        ended: list[Any] = list(session.scalars(select(AuditRecord.subject).where(AuditRecord.action == "check.done")))
        assert Counter(ended) == Counter(f"check run {run}" for run in session.scalars(select(CheckRun.id)))


def _members(group: int) -> list[int]:
    """The living processes of a session, zombies left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == group and fields[0] not in "ZX":
                found.append(int(entry.name))
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
