"""The demo killed again and again ends where an undisturbed one ends: the story from November to the rollback."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import RunState
from aiqu_desktop.demo.replay import position
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.registry.tables import AuditRecord, CheckRun
from aiqu_desktop.services.opening import open_site

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")]

START, END = "2008-11-01", "2009-03-01"
KILLED = -9
MODELS = ("gas-classifier", "gas-concentration", "machine-failure")


def _start(site: Path, *moment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.demo.shortened", str(site), START, END, *moment]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _killed_at(site: Path, *moment: str) -> None:
    process = _start(site, *moment)
    _, error = process.communicate(timeout=1200)
    assert process.returncode == KILLED, f"{moment} did not come: {error}"


def _killed_some_day(site: Path, chance: random.Random) -> None:
    """Killed some days further on, at whatever it is doing then."""
    paths = SitePaths(site)
    before = position(paths) or datetime.fromisoformat(START).replace(tzinfo=UTC)
    goal = before + timedelta(days=chance.randint(1, 6))
    process = _start(site)
    try:
        came = wait_until(lambda: process.poll() is not None or (position(paths) or before) >= goal, 600, poll=0.005)
        assert came and process.poll() is None, process.communicate()
        time.sleep(chance.uniform(0.0, 0.3))  # somewhere inside a day
    finally:
        process.kill()
        process.communicate()


def _played_to_the_end(site: Path) -> dict[str, Any]:
    process = _start(site)
    out, error = process.communicate(timeout=1200)
    assert process.returncode == 0, error
    return json.loads(out)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    site = tmp_path_factory.mktemp("undisturbed") / "site"
    return site, _played_to_the_end(site)


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    site, chance = tmp_path_factory.mktemp("disturbed") / "site", random.Random(7)
    for _ in range(3):
        _killed_some_day(site, chance)
    _killed_at(site, "step", "pointed", "2")
    for _ in range(2):
        _killed_some_day(site, chance)
    _killed_at(site, "step", "staged", "3")
    _killed_at(site, "day", "2009-02-04")
    _killed_some_day(site, chance)
    return site, _played_to_the_end(site)


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on kills."""
    return {
        model["name"]: {
            "versions": model["versions"],
            "champion": model["champion"],
            "observations": model["observations"],
            "labels": model["labels"],
            "releases": [
                (release["kind"], release["from"], release["to"])
                for release in model["releases"]
                if release["state"] == "completed"
            ],
            "performance alarms": [alarm["version"] for alarm in model["alarms"] if alarm["key"] == "performance"],
        }
        for model in result["models"]
    }


def test_it_tells_the_same_story(undisturbed: tuple[Path, dict[str, Any]], disturbed: tuple[Path, Any]) -> None:
    calm, shaken = _told(undisturbed[1]), _told(disturbed[1])
    assert calm["gas-classifier"]["releases"] == [
        ("promotion", None, 1), ("promotion", 1, 2), ("promotion", 2, 3), ("rollback", 3, 2),
    ]  # fmt: skip
    assert shaken == calm


def test_it_holds_the_same_rows_each_once(undisturbed: tuple[Path, Any], disturbed: tuple[Path, Any]) -> None:
    held = []
    for site, _ in (undisturbed, disturbed):
        registry = open_site(site)
        try:
            start = datetime(2008, 1, 1, tzinfo=UTC)
            windows = [
                ObservationStore(registry).window(name, start, start + timedelta(days=1000), columns=("label",))
                for name in MODELS
            ]
        finally:
            registry.close()
        assert all(set(Counter(window.columns["id"]).values()) == {1} for window in windows)
        held.append([dict(zip(w.columns["id"], map(str, w.columns["label"]), strict=True)) for w in windows])
    assert held[0] == held[1]


def test_its_books_are_in_order(disturbed: tuple[Path, dict[str, Any]]) -> None:
    site, result = disturbed
    assert result["audit"]["intact"]
    assert set(result["files"]) <= {"taken", "repeated"}
    registry = open_site(site)
    try:
        with registry.read() as session:
            runs = session.execute(select(CheckRun.id, CheckRun.check_id, CheckRun.scheduled_for, CheckRun.state)).all()
            ended = session.scalars(select(AuditRecord.subject).where(AuditRecord.action == "check.done")).all()
    finally:
        registry.close()
    assert len({(run.check_id, run.scheduled_for) for run in runs}) == len(runs)
    assert {run.state for run in runs} == {RunState.DONE}
    assert Counter(ended) == Counter(f"check run {run.id}" for run in runs)
