"""A challenger beside the champion on a real line: it answers the same rows, and can do the champion no harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.line.messages import ShadowStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.server import ModelServer
from aiqu_desktop.line.shadow import folder as shadow_folder
from aiqu_desktop.line.shadow.keeper import ShadowKeeper
from aiqu_desktop.line.shadow.server import ShadowServer
from tests.inference import tiny
from tests.line.floor import PATIENCE, REPOSITORY, Floor, kill, line, numbers, start

GREAT = "1000000000000.0"  # a flow that makes the failing model fail, and the hanging one hang


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path / "line")


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def until_counted(floor: Floor, rows: int) -> ShadowStatus:
    """Wait until every row is answered, failed or dropped."""
    status = floor.until(
        lambda said: (
            said.shadow is not None
            and said.shadow.rows_answered + said.shadow.rows_failed + said.shadow.rows_dropped >= rows
        )
    )
    assert status.shadow is not None
    return status.shadow


def with_great_flow(floor: Floor, name: str) -> None:
    floor.put(f"{name}.csv", f"id,event_time,pressure,flow,grade\n{name}-0,2008-03-01T00:00:00Z,1.0,{GREAT},A\n")


def test_the_challenger_answers_the_rows_that_the_champion_has_answered(floor: Floor) -> None:
    champion, challenger = floor.serve(1), floor.shadow_by(2)
    with line(floor.root):
        floor.until_serving(1)
        said = floor.until_shadowing(2)
        assert said.golden is not None
        assert (said.golden.passed, said.golden.total) == (5, 5)
        ids = floor.feed("a", 30, seed=1) + floor.feed("b", 20, seed=2)
        said = until_counted(floor, 50)
        assert (said.rows_answered, said.rows_failed, said.rows_dropped, said.problem) == (50, 0, 0, None)
        assert said.seconds > 0
        assert said.pid is not None
        assert Path(f"/proc/{said.pid}/stat").read_text().rpartition(")")[2].split()[16] == "19"
    rows, answers = floor.observations(), floor.shadow_answers()
    assert [row["id"] for row in rows] == [row["id"] for row in answers] == ids
    assert [row["event_time"] for row in rows] == [row["event_time"] for row in answers]
    assert {row["served_digest"] for row in rows} == {champion}
    assert {row["shadow_digest"] for row in answers} == {challenger}
    own = OnnxModel.from_bytes(floor.models[2], floor.schema)
    expected = np.concatenate([own.predict(tiny.rows(30, 1)).values, own.predict(tiny.rows(20, 2)).values])
    assert np.array_equal(numbers(answers, "shadow_prediction"), expected)
    assert gone(said.pid), "the shadow's process outlived its line"


def test_a_challenger_that_fails_its_golden_cases_answers_nothing_and_says_why(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2, golden=tiny.golden(tiny.regressor((2.0, 10.0, 100.0)), floor.schema, spoilt=True))
    with line(floor.root):
        floor.feed("a", 7)
        status = floor.until(lambda said: said.shadow is not None and said.shadow.problem is not None)
        assert status.shadow is not None
        assert status.shadow.problem is not None
        assert "1 of 5 golden cases failed" in status.shadow.problem
        floor.until(lambda said: said.rows_served == 7)
    assert floor.shadow_answers() == []


def test_rows_that_the_challenger_fails_on_are_counted_and_the_champion_answers_them(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2, model=tiny.failing_regressor())
    with line(floor.root):
        floor.until_shadowing(2)
        floor.feed("a", 5)
        with_great_flow(floor, "b")
        floor.feed("c", 5)
        said = until_counted(floor, 11)
    assert (said.rows_answered, said.rows_failed) == (10, 1)
    assert said.problem is not None
    assert said.problem.startswith("The model fails on these rows")
    assert len(floor.observations()) == 11
    assert [row["id"][0] for row in floor.shadow_answers()] == ["a"] * 5 + ["c"] * 5


def test_a_challenger_that_stands_still_drops_rows_and_never_holds_the_champion(floor: Floor, tmp_path: Path) -> None:
    alone = Floor(tmp_path / "alone" / "line")
    for each in (floor, alone):
        each.serve(1)
    floor.shadow_by(2)
    many = shadow_folder.MOST_FILES + 40
    with line(floor.root, "--no-fsync"), line(alone.root, "--no-fsync"):
        said = floor.until_shadowing(2)
        assert said.pid is not None
        os.kill(said.pid, signal.SIGSTOP)
        for each in (floor, alone):
            for place in range(many):
                each.feed(f"{place:04d}", 3, seed=place)
            each.until_done()
        assert floor.observations() == alone.observations()
        status = floor.until(lambda status: status.shadow is not None and status.rows_served == 3 * many)
        assert status.shadow is not None
        assert status.shadow.rows_dropped >= 3 * 40
        os.kill(said.pid, signal.SIGCONT)
        final = until_counted(floor, 3 * many)
    answered = [row["id"] for row in floor.shadow_answers()]
    assert len(set(answered)) == len(answered) == final.rows_answered == 3 * many - final.rows_dropped


def test_a_challenger_that_is_killed_is_begun_anew_and_answers_each_row_once(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2)
    fed = []
    with line(floor.root, "--no-fsync"):
        said = floor.until_shadowing(2)
        for place in range(60):
            fed += floor.feed(f"{place:03d}", 5, seed=place)
        assert said.pid is not None
        os.kill(said.pid, signal.SIGKILL)
        assert wait_until(lambda: len(floor.shadow_answers()) == len(fed), PATIENCE)
        assert wait_until(lambda: len(floor.observations()) == len(fed), PATIENCE)
    assert sorted(row["id"] for row in floor.shadow_answers()) == sorted(fed)
    assert sorted(row["id"] for row in floor.observations()) == sorted(fed)


def test_a_line_that_is_killed_loses_and_doubles_no_row_of_either(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2)
    fed: list[str] = []
    for turn in range(4):
        process = start(floor.root, "--no-fsync")
        try:
            said = floor.until(lambda status, pid=process.pid: status.pid == pid and status.shadow is not None)
            for place in range(40):
                fed += floor.feed(f"{turn}-{place:03d}", 3, seed=place)
            reached = len(fed) - 60
            assert wait_until(lambda reached=reached: len(floor.observations()) >= reached, PATIENCE)
        finally:
            kill(process)
        assert said.shadow is not None
    with line(floor.root, "--no-fsync"):
        assert wait_until(lambda: len(floor.shadow_answers()) == len(fed), PATIENCE)
    assert sorted(row["id"] for row in floor.observations()) == sorted(fed)
    assert sorted(row["id"] for row in floor.shadow_answers()) == sorted(fed)


def test_a_shadow_whose_line_is_killed_ends_by_itself(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2)
    process = start(floor.root)
    try:
        said = floor.until_shadowing(2)
    finally:
        kill(process)
    assert said.pid is not None
    assert wait_until(lambda: gone(said.pid or 0), PATIENCE)


def test_a_shadow_that_is_ended_goes_and_the_next_one_counts_anew(floor: Floor) -> None:
    floor.serve(1)
    floor.shadow_by(2)
    with line(floor.root):
        said = floor.until_shadowing(2)
        assert said.pid is not None
        floor.feed("a", 4)
        until_counted(floor, 4)
        floor.shadow.end()
        floor.until(lambda status: status.shadow is None)
        assert wait_until(lambda: gone(said.pid or 0), PATIENCE)
        floor.feed("b", 4)
        floor.until(lambda status: status.rows_served == 8)
        third = floor.shadow_by(3)
        floor.until_shadowing(3)
        floor.feed("c", 4)
        assert until_counted(floor, 4).rows_answered == 4
    assert [row["id"][0] for row in floor.shadow_answers()] == ["a"] * 4 + ["c"] * 4
    assert {row["shadow_digest"] for row in floor.shadow_answers()[4:]} == {third}


def test_a_version_that_has_become_the_champion_is_not_shadowed_by_itself(floor: Floor) -> None:
    floor.serve(1)
    second = floor.shadow_by(2)
    with line(floor.root):
        floor.until_shadowing(2)
        floor.stage(2)
        floor.point(2, second)
        floor.until_serving(2)
        floor.feed("a", 4)
        floor.until(lambda status: status.rows_served == 4)
    assert floor.shadow_answers() == []
    assert len(floor.observations()) == 4


def test_a_file_on_which_the_process_hangs_is_left_out_after_two_tries(floor: Floor) -> None:
    floor.shadow_by(2, model=tiny.hanging_regressor())
    floor.shadow.target.incoming.mkdir(exist_ok=True)
    text = f"id,event_time,pressure,flow,grade\nx,2008-03-01T00:00:00Z,1.0,{GREAT},A\n"
    (floor.shadow.target.incoming / "a.csv").write_text(text)
    command = [sys.executable, "-m", "aiqu_desktop.line.shadow.process", str(floor.shadow.target.path)]
    for _ in range(2):
        process = subprocess.Popen(
            [*command, "--file-seconds", "0.2"], stdin=subprocess.PIPE, cwd=REPOSITORY, stderr=subprocess.PIPE
        )
        _, said = process.communicate(timeout=PATIENCE) if process.wait(PATIENCE) else (b"", b"it ended well")
        assert (process.returncode, said) == (1, b"")
    server = ShadowServer(floor.target, SystemClock(), durable=False, file_seconds=60.0)
    server.start()
    assert server.predict_one()
    server.beat()
    status = floor.shadow.status()
    assert status is not None
    assert (status.rows_answered, status.rows_failed) == (0, 1)
    assert status.problem == "It died 2 times while it answered a.csv, and left that out."
    assert not server.predict_one()


@pytest.mark.parametrize("fault", ["full", "unlistable", "no process", "unreadable"])
def test_whatever_fails_about_a_shadow_the_champion_answers(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    floor.serve(1)
    floor.shadow_by(2)

    def broken(*_arguments: object, **_options: object) -> bool:
        raise OSError(28, "No space left on device")

    def unreadable(folder: TargetFolder, name: str) -> bytes | None:
        if folder.path.name == "shadow":
            raise EnvironmentFault(f"{name} cannot be opened; check its permissions.")
        return readable(folder, name)

    if fault == "no process":
        monkeypatch.setattr(subprocess, "Popen", broken)
    if fault == "unreadable":
        readable = TargetFolder._bytes
        monkeypatch.setattr(TargetFolder, "_bytes", unreadable)
    server = ModelServer(floor.target, SystemClock(), durable=False)
    server.start()
    if fault == "full":
        monkeypatch.setattr(shadow_folder, "MOST_FILES", 0)
    if fault == "unlistable":
        monkeypatch.setattr(shadow_folder.ShadowFolder, "has_room", broken)
    fed = floor.feed("a", 6)
    server.follow_pointer()
    assert server.predict_one()
    server.beat()
    status = floor.target.status()
    server.close()
    assert [row["id"] for row in floor.observations()] == fed
    assert status is not None
    assert floor.waiting() == []
    if fault == "unreadable":
        assert status.shadow is None
        return
    assert status.shadow is not None
    if fault == "no process":
        assert status.shadow.problem == "The shadow cannot be begun: No space left on device."
    else:
        assert status.shadow.rows_dropped == 6


files = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(files, st.integers(0, 4), st.integers(0, 7))
def test_the_champions_files_are_the_same_with_a_shadow_and_without_whatever_it_takes(
    fed: list[tuple[int, int, bool]], room: int, restart_after: int
) -> None:
    """Byte for byte and in the same order; with a line that is begun anew on the way, and files that are no rows."""
    seen = []
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(shadow_folder, "MOST_FILES", room)
        patch.setattr(ShadowKeeper, "_begin", lambda _keeper: None)  # it takes rows, and never answers one
        for name in ("alone", "shadowed"):
            floor = Floor(Path(place) / name / "line")
            floor.serve(1)
            if name == "shadowed":
                floor.shadow_by(2)
            server, order = ModelServer(floor.target, SystemClock(), durable=False), []
            server.start()
            for turn, (rows, seed, whole) in enumerate(fed):
                if turn == restart_after:
                    server = ModelServer(floor.target, SystemClock(), durable=False)
                    server.start()
                if whole:
                    floor.feed(f"{turn}", rows, seed=seed)
                else:
                    floor.put(f"{turn}.csv", "id,event_time\n")
                server.follow_pointer()
                assert server.predict_one()
                order.append(sorted((path.name, path.read_bytes()) for path in floor.drop.iterdir()))
            assert floor.waiting() == []
            seen.append((order, sorted(path.name for path in floor.target.rejected_files.glob("*"))))
            if name == "shadowed":
                waits = len(list(floor.shadow.target.incoming.glob("*.csv")))
                assert waits == min(room, sum(whole for _, _, whole in fed))
    assert seen[0] == seen[1]
