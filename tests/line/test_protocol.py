from __future__ import annotations

import json
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.line import protocol
from aiqu_desktop.line.messages import GoldenSummary, LineState, LineStatus, Pointer, Rejected, Serving
from aiqu_desktop.line.protocol import TargetFolder, model_folders
from tests.line.floor import Floor

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 4
POINTER = Pointer(DIGEST, 2, "release-2", NOW)
STATUS = LineStatus(
    LineState.SERVING,
    Serving(DIGEST, 2, "release-2", NOW),
    GoldenSummary(12, 12, 1e-7),
    Rejected("f" * 64, 3, "release-3", "It is broken."),
    4711,
    NOW,
    99,
    "line.json is damaged.",
)


def test_pointer_and_status_read_back_as_they_were_written(tmp_path: Path) -> None:
    target = TargetFolder(tmp_path / "m")
    target.configure(tmp_path / "drop")
    target.point(POINTER)
    target.write_status(STATUS)
    assert target.pointer() == POINTER
    assert target.status() == STATUS
    assert target.problems() == ()


def test_an_empty_folder_says_nothing_and_has_no_problems(tmp_path: Path) -> None:
    target = TargetFolder(tmp_path / "nowhere")
    assert (target.pointer(), target.status(), target.drop, target.last_served()) == (None, None, None, None)
    assert target.problems() == ()
    assert target.model == "nowhere"


def test_the_drop_folder_may_be_relative_to_the_model_folder(tmp_path: Path) -> None:
    target = TargetFolder(tmp_path / "line" / "m")
    target.configure(Path("../../drop/m"), model="Press 7")
    assert target.drop == tmp_path / "drop" / "m"
    assert target.model == "Press 7"


@pytest.mark.parametrize("name", ["line.json", "champion.json", "status.json", "served.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"digest": 7}', b"\xff\x00", b"[" * 100_000])
def test_a_damaged_file_reads_as_none_and_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    target = TargetFolder(tmp_path)
    (tmp_path / name).write_bytes(content)
    assert (target.pointer(), target.status(), target.drop, target.last_served()) == (None, None, None, None)
    (problem,) = target.problems()
    assert name in problem
    assert problem.endswith(".")


@given(st.integers(0, len(json.dumps(STATUS.to_json())) - 1))
def test_no_beginning_of_a_status_is_taken_for_a_status(cut: int) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        LineStatus.from_json(json.loads(json.dumps(STATUS.to_json())[:cut]))


def test_staging_twice_writes_once_and_repairs_what_was_damaged(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "line")
    digest = floor.stage(1)
    model = floor.target.version_folder(digest) / "model.onnx"
    before = model.stat().st_mtime_ns, model.stat().st_ino
    floor.stage(1)
    assert (model.stat().st_mtime_ns, model.stat().st_ino) == before
    assert floor.target.is_staged(digest)
    model.write_bytes(model.read_bytes()[:-3])
    assert not floor.target.is_staged(digest)
    floor.stage(1)
    assert floor.target.is_staged(digest)


def test_what_a_kill_left_half_laid_is_gone_after_the_next_release(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "line")
    digest = floor.stage(1)
    half_laid = floor.target.versions / ".staging-0123456789abcdef"
    half_laid.mkdir()
    leftovers = [
        half_laid / "model.onnx",
        floor.target.version_folder(digest) / ".model.onnx.0123456789abcdef.tmp",
        floor.target.path / ".champion.json.0123456789abcdef.tmp",
        floor.target.path / ".served.json.0123456789abcdef.tmp",
    ]
    for path in leftovers:
        path.write_bytes(b"half")
    floor.serve(1)
    floor.target.write_last_served(Pointer(digest, 1, "release-1", datetime.now(UTC)))
    assert not half_laid.exists()
    assert [path for path in leftovers if path.exists()] == []
    assert floor.target.is_staged(digest)


def test_two_that_stage_at_once_do_not_clear_each_others_work_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = Floor(tmp_path / "line")
    half_way, go_on = threading.Event(), threading.Event()
    real = protocol.write_atomically

    def slow(path: Path, data: bytes) -> None:
        real(path, data)
        if threading.current_thread() is not threading.main_thread() and path.name == "model.onnx":
            half_way.set()
            assert go_on.wait(30)

    monkeypatch.setattr(protocol, "write_atomically", slow)
    monkeypatch.setattr(protocol, "_STAGING_PATIENCE", 0.0)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(floor.stage, 1)
        assert half_way.wait(30)
        with pytest.raises(EnvironmentFault, match="Another process stages"):
            floor.stage(2)
        go_on.set()
        assert floor.target.is_staged(first.result())
    assert floor.target.is_staged(floor.stage(2))


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_a_line_of_another_user_may_read_what_is_staged_where_the_umask_says_so(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "line")
    before = os.umask(0o022)
    try:
        folder = floor.target.version_folder(floor.stage(1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_staging_leaves_no_half_version_behind_when_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = Floor(tmp_path / "line")

    def full(path: Path, data: bytes) -> None:
        if path.name == "schema.json":
            raise OSError(28, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr("aiqu_desktop.line.protocol.write_atomically", full)
    with pytest.raises(OSError, match="No space"):
        floor.stage(1)
    assert list(floor.target.versions.iterdir()) == []


FILES = {"model.onnx": b"model", "golden.json": b"{}", "schema.json": b"{}"}


@pytest.mark.parametrize(
    ("digest", "files", "says"),
    [
        ("f" * 64, FILES, "not the one with digest"),
        ("../../etc", FILES, "not a SHA-256"),
        (sha256_bytes(b"model").upper(), FILES, "not a SHA-256"),
        (sha256_bytes(b"model"), {"model.onnx": b"model"}, "without golden.json"),
        (sha256_bytes(b"model"), {**FILES, "../escape": b""}, "a path for its name"),
        (sha256_bytes(b"model"), {**FILES, ".hidden": b""}, "a path for its name"),
    ],
)
def test_what_is_not_the_named_version_is_not_staged(
    tmp_path: Path, digest: str, files: dict[str, bytes], says: str
) -> None:
    target = TargetFolder(tmp_path / "m")
    with pytest.raises(UserError, match=says):
        target.stage(digest, files)
    assert not target.path.exists()


def test_a_line_is_alive_while_its_heart_beats_and_it_has_not_stopped() -> None:
    assert STATUS.alive(NOW)
    assert STATUS.alive(NOW + timedelta(seconds=2), within=2)
    assert not STATUS.alive(NOW + timedelta(seconds=2.1), within=2)
    assert not STATUS.alive(NOW - timedelta(hours=1)), "a heartbeat from the future proves nothing"
    stopped = LineStatus(LineState.STOPPED, None, None, None, 1, NOW, 0)
    assert not stopped.alive(NOW)


def test_only_configured_folders_are_model_folders(tmp_path: Path) -> None:
    assert model_folders(tmp_path / "absent") == []
    for name in ("b", "a", ".hidden"):
        TargetFolder(tmp_path / name).configure(tmp_path / "drop")
    (tmp_path / "half").mkdir()
    (tmp_path / "file").write_text("")
    assert [folder.model for folder in model_folders(tmp_path)] == ["a", "b"]
