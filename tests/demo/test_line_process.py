"""The demo's line comes and goes with the demo, also when that is killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.demo import line_process
from aiqu_desktop.demo.line_process import LineProcess
from aiqu_desktop.line.lock import sole_line
from aiqu_desktop.line.messages import LineState
from tests.line.floor import PATIENCE, Floor, line

_A_DEMO = """
import sys, time
from pathlib import Path
from aiqu_desktop.demo.line_process import LineProcess
LineProcess(Path(sys.argv[1]), Path(sys.argv[2])).start()
time.sleep(600)
"""


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    floor = Floor(tmp_path / "line")
    floor.serve(1)
    return floor


def test_a_line_that_is_stopped_ends_in_order(floor: Floor, tmp_path: Path) -> None:
    ours = LineProcess(floor.root, tmp_path / "line.log")
    ours.start()
    ours.stop()
    status = floor.target.status()
    assert status is not None
    assert status.state is LineState.STOPPED
    ours.stop()  # once more does no harm
    assert (tmp_path / "line.log").read_text() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_demo_takes_its_line_along_and_the_next_one_has_its_own(floor: Floor, tmp_path: Path) -> None:
    log = tmp_path / "line.log"
    demo = subprocess.Popen([sys.executable, "-c", _A_DEMO, str(floor.root), str(log)])
    try:
        orphan = floor.until_serving(1).pid
    finally:
        demo.kill()
        demo.wait()
    ours = LineProcess(floor.root, log)
    ours.start()
    try:
        status = floor.target.status()
        assert status is not None
        assert status.serving is not None, "it answers as soon as it is started"
        assert status.pid != orphan
    finally:
        ours.stop()
    assert log.read_text() == "", "neither was refused"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_demo_leaves_no_line_behind(floor: Floor, tmp_path: Path) -> None:
    demo = subprocess.Popen([sys.executable, "-c", _A_DEMO, str(floor.root), str(tmp_path / "line.log")])
    try:
        floor.until_serving(1)
    finally:
        demo.kill()
        demo.wait()
    with sole_line(floor.root, patience=PATIENCE):
        status = floor.target.status()
    assert status is not None
    assert status.state is LineState.STOPPED


def test_a_line_that_somebody_runs_there_is_used_and_left_alone(
    floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_process, "_STOP_SECONDS", 0.1)
    with line(floor.root) as theirs:
        floor.until_serving(1, theirs.pid)
        ours = LineProcess(floor.root, tmp_path / "line.log")
        ours.start()
        ours.stop()
        assert theirs.poll() is None
    assert "Another line already works" in (tmp_path / "line.log").read_text()


def test_a_line_that_cannot_start_is_one_sentence(
    floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_process, "_START_SECONDS", 1.0)
    monkeypatch.setattr(line_process.sys, "executable", shutil.which("false"))
    with pytest.raises(EnvironmentFault, match=r"The line did not start within 1 s; .*line\.log says why"):
        LineProcess(floor.root, tmp_path / "line.log").start()
