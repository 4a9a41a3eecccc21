from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.line.lock import sole_line
from aiqu_desktop.line.messages import LineState
from tests.inference import tiny
from tests.line.floor import PATIENCE, Floor, kill, line, numbers, start


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path / "line")


def test_the_line_serves_the_pointer_and_its_answers_are_the_models_own(floor: Floor) -> None:
    digest = floor.serve(1)
    ids = floor.feed("rows", 50)
    with line(floor.root) as process:
        status = floor.until_serving(1, process.pid)
        floor.until_done()
        assert status.serving is not None
        assert status.serving.digest == digest
        assert status.golden is not None
        assert (status.golden.passed, status.golden.total) == (5, 5)
        assert status.rejected is None
        assert status.alive(datetime.now(UTC))
        floor.until(lambda status: status.rows_served == 50)
    seen = floor.observations()
    own = OnnxModel.from_bytes(floor.models[1], floor.schema).predict(tiny.rows(50)).values
    assert [row["id"] for row in seen] == ids
    assert np.array_equal(numbers(seen, "prediction"), own)
    assert {row["served_digest"] for row in seen} == {digest}
    final = floor.target.status()
    assert final is not None
    assert (final.state, final.serving) == (LineState.STOPPED, None)
    assert not final.alive(datetime.now(UTC))


def test_a_new_pointer_is_followed_and_each_row_says_which_version_answered(floor: Floor) -> None:
    first = floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        floor.feed("a")
        floor.until_done()
        second = floor.serve(2)
        floor.until_serving(2)
        floor.feed("b")
        floor.until_done()
    assert [row["served_digest"] for row in floor.observations()] == [first] * 4 + [second] * 4


def broken_missing(floor: Floor) -> str:
    digest = floor.stage(2)
    (floor.target.version_folder(digest) / "model.onnx").unlink()
    return digest


def broken_truncated(floor: Floor) -> str:
    digest = floor.stage(2)
    path = floor.target.version_folder(digest) / "model.onnx"
    path.write_bytes(path.read_bytes()[:-9])
    return digest


def broken_other_model(floor: Floor) -> str:
    digest = floor.stage(2)
    (floor.target.version_folder(digest) / "model.onnx").write_bytes(tiny.regressor((7.0, 7.0, 7.0)))
    return digest


def broken_not_onnx(floor: Floor) -> str:
    text = b"this is not a model"
    digest = sha256_bytes(text)
    schema = json.dumps(floor.schema.to_json()).encode()
    golden = tiny.golden(tiny.regressor(), floor.schema)
    floor.target.stage(digest, {"model.onnx": text, "golden.json": golden, "schema.json": schema})
    return digest


def broken_golden(floor: Floor) -> str:
    return floor.stage(2, golden=tiny.golden(tiny.regressor((2.0, 10.0, 100.0)), floor.schema, spoilt=True))


def broken_golden_file(floor: Floor) -> str:
    return floor.stage(2, golden=b"{")


def broken_schema(floor: Floor) -> str:
    digest = floor.stage(2)
    (floor.target.version_folder(digest) / "schema.json").write_bytes(b"[]")
    return digest


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (broken_missing, "model.onnx of the staged version cannot be read"),
        (broken_truncated, "has the digest"),
        (broken_other_model, "has the digest"),
        (broken_not_onnx, "not a whole ONNX file"),
        (broken_golden, "1 of 5 golden cases failed"),
        (broken_golden_file, "golden cases cannot be read"),
        (broken_schema, "schema"),
    ],
)
def test_a_broken_version_leaves_the_old_one_serving_and_says_why(floor: Floor, break_it: object, says: str) -> None:
    old = floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        assert callable(break_it)
        floor.point(2, break_it(floor))
        status = floor.until(lambda status: status.rejected is not None)
        assert status.rejected is not None
        assert status.rejected.version == 2
        assert says in status.rejected.reason
        assert status.serving is not None
        assert status.serving.digest == old
        floor.feed("after")
        floor.until_done()
    assert {row["served_digest"] for row in floor.observations()} == {old}


def test_a_refused_version_is_taken_once_its_file_is_mended(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        floor.point(2, broken_truncated(floor))
        floor.until(lambda status: status.rejected is not None)
        floor.stage(2)
        status = floor.until_serving(2)
        assert status.rejected is None


def test_a_damaged_pointer_keeps_the_old_version_and_is_reported(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        floor.target.pointer_file.write_text('{"digest": ')
        status = floor.until(lambda status: status.problem is not None)
        assert status.problem == "champion.json is damaged; promote or roll back again."
        floor.feed("rows")
        floor.until_done()
        floor.until(lambda status: status.rows_served == 4 and status.problem is not None)


def test_a_start_with_a_broken_pointer_serves_what_was_served_before(floor: Floor) -> None:
    old = floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
    floor.point(2, broken_golden(floor))
    with line(floor.root) as process:
        status = floor.until(lambda status: status.pid == process.pid and status.serving is not None)
        assert status.serving is not None
        assert status.serving.digest == old
        assert status.rejected is not None
        assert status.rejected.version == 2


def test_files_wait_until_a_version_serves(floor: Floor) -> None:
    floor.feed("early")
    with line(floor.root):
        floor.until(lambda status: status.state is LineState.STARTING)
        assert floor.waiting() == ["early.csv"]
        floor.serve(1)
        floor.until_done()
    assert len(floor.observations()) == 4


def test_a_malformed_file_is_put_aside_with_its_reason_and_the_next_is_served(floor: Floor) -> None:
    floor.serve(1)
    floor.put("a-bad.csv", "id,event_time\nx,now\n")
    floor.feed("b-good")
    floor.put("c-ignored.part", "half a file")
    with line(floor.root):
        floor.until_done()
    aside = floor.target.rejected_files
    assert (aside / "a-bad.csv").read_text() == "id,event_time\nx,now\n"
    assert (aside / "a-bad.csv.reason.txt").read_text() == "The file lacks the column 'pressure' and 2 more.\n"
    assert len(floor.observations()) == 4
    assert (floor.target.incoming / "c-ignored.part").exists()


def test_a_model_folder_that_appears_later_is_served_too(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        other = Floor(floor.root, name="oven")
        other.serve(3)
        other.feed("rows")
        other.until_serving(3)
        other.until_done()
    assert len(other.observations()) == 4


def test_the_heart_beats_while_nothing_happens(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        first = floor.until_serving(1).heartbeat
        floor.until(lambda status: status.heartbeat > first)


def test_a_second_line_on_the_same_root_is_refused_in_one_sentence(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root) as process:
        floor.until_serving(1)
        second = start(floor.root)
        _, stderr = second.communicate(timeout=PATIENCE)
        assert second.returncode == 2
        assert stderr == f"aiqu-line: Another line already works in {floor.root}; stop that one first.\n"
        floor.until_serving(1, process.pid)


def test_a_line_that_is_tied_to_its_starter_ends_in_order_with_it(floor: Floor) -> None:
    floor.serve(1)
    process = start(floor.root, "--until-stdin-closes", stdin=subprocess.PIPE)
    try:
        floor.until_serving(1, process.pid)
        _, stderr = process.communicate(timeout=PATIENCE)  # closes its input
        assert (process.returncode, stderr) == (0, "")
    finally:
        kill(process)
    final = floor.target.status()
    assert final is not None
    assert final.state is LineState.STOPPED


def test_a_patient_line_waits_for_the_one_before_it(tmp_path: Path) -> None:
    working = threading.Event()

    def second() -> None:
        with sole_line(tmp_path, patience=PATIENCE):
            working.set()

    waiting = threading.Thread(target=second)
    with sole_line(tmp_path):
        waiting.start()
        with pytest.raises(EnvironmentFault, match="Another line already works"), sole_line(tmp_path, patience=0.1):
            pass
        assert not working.is_set()
    waiting.join(PATIENCE)
    assert working.is_set()


def test_an_untaken_file_of_the_same_name_is_not_written_over(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.feed("same", seed=1)
        floor.until_done()
        floor.feed("same", seed=2)
        floor.until_done()
    assert len(floor.observations()) == 8


def test_kills_at_any_moment_lose_and_repeat_nothing(floor: Floor) -> None:
    """SIGKILL again and again while files come and a reader takes the observations away."""
    floor.serve(1)
    random = np.random.default_rng(1)
    fed: list[str] = []
    taken: list[str] = []

    def take() -> None:
        for path in sorted(floor.drop.glob("obs-*.csv")):
            taken.extend(line.split(",")[0] for line in path.read_text().splitlines()[1:])
            path.unlink()

    for turn in range(6):
        for number in range(40):
            fed += floor.feed(f"{turn:02d}-{number:03d}", seed=number)
        process = start(floor.root)
        try:
            goal = len(floor.waiting()) - int(random.integers(3, 37))
            assert wait_until(lambda goal=goal: len(floor.waiting()) <= goal, PATIENCE, poll=0.001)
            os.kill(process.pid, signal.SIGKILL)
        finally:
            kill(process)
        take()
    with line(floor.root):
        floor.until_done()
    take()
    assert sorted(taken) == sorted(fed)


def test_a_root_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = start(tmp_path / "file" / "line")
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert stderr.count("\n") == 1
    assert "cannot work in" in stderr
