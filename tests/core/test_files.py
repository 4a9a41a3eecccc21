"""Atomic files and digests: whole or not there, and one spelling for one value."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core import files
from aiqu_desktop.core.clock import wait_until

_text = st.text(st.characters(exclude_categories=["Cs"]))
_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "champion.json"
    files.write_atomically(path, b"a long first content")
    files.write_atomically(path, b"short")
    assert path.read_bytes() == b"short"
    assert [entry.name for entry in tmp_path.iterdir()] == ["champion.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "champion.json"
    path.write_bytes(b"old")

    def disk_full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", disk_full)
    else:
        monkeypatch.setattr(Path, "replace", disk_full)
    with pytest.raises(OSError, match="No space left"):
        files.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["champion.json"]


def test_the_content_reaches_the_disk_before_the_name_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a power cut forgives: data, rename, directory entry."""
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        steps.append("sync folder" if Path(f"/proc/self/fd/{handle}").resolve() == tmp_path else "sync file")
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    files.write_atomically(tmp_path / "a", b"x")
    assert steps == ["sync file", "rename", "sync folder"]


def test_the_temporary_file_has_a_name_that_folder_watchers_ignore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real_replace = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.append(self.name)
        return real_replace(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    files.write_atomically(tmp_path / "obs-1.csv", b"id\n")
    assert len(seen) == 1
    assert seen[0].startswith(".")
    assert seen[0].endswith(".tmp")


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
@pytest.mark.parametrize(
    ("umask", "secret", "mode"), [(0o022, False, 0o644), (0o002, False, 0o664), (0o077, False, 0o600), (0, True, 0o600)]
)
def test_the_umask_says_who_may_read_a_file_that_is_no_secret(
    tmp_path: Path, umask: int, secret: bool, mode: int
) -> None:
    before = os.umask(umask)
    try:
        files.write_atomically(tmp_path / "champion.json", b"x", secret=secret)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "champion.json").stat().st_mode) == mode


_WRITER = """
import sys
from pathlib import Path
from aiqu_desktop.core.files import write_atomically
path = Path(sys.argv[1])
turn = 0
while True:
    write_atomically(path, bytes([65 + turn % 26]) * 300_000)
    turn += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that no process can catch")
@pytest.mark.parametrize("reads_before_kill", [1, 7, 40])
def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path, reads_before_kill: int) -> None:
    path = tmp_path / "pointer"
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)]) as writer:
        try:
            assert wait_until(path.exists, timeout=30)
            for _ in range(reads_before_kill):
                _assert_one_letter(path.read_bytes())
        finally:
            writer.kill()
    _assert_one_letter(path.read_bytes())


def _assert_one_letter(content: bytes) -> None:
    assert len(content) == 300_000
    assert len(set(content)) == 1


def test_what_a_killed_writer_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "pointer"
    others = [tmp_path / name for name in (".pointer2.00ff.tmp", "pointer", ".pointer", ".status.json.tmp")]
    for other in others:
        other.write_bytes(b"kept")
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)]) as writer:
        assert wait_until(lambda: any(tmp_path.glob(".pointer.*.tmp")), timeout=30, poll=0.0)
        writer.kill()
    (tmp_path / ".pointer.0123456789abcdef.tmp").write_bytes(b"half")
    files.remove_leftovers(path)
    assert sorted(tmp_path.iterdir()) == sorted(others)


@pytest.mark.parametrize("name", ["a[1]", "*", "?x"])
def test_a_files_name_is_no_pattern_when_leftovers_are_cleared(tmp_path: Path, name: str) -> None:
    mine, other = tmp_path / f".{name}.00.tmp", tmp_path / ".1x.00.tmp"
    for path in (mine, other):
        path.touch()
    files.remove_leftovers(tmp_path / name)
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.skipif(os.name != "posix", reason="directories cannot be opened")
def test_each_new_folder_is_forced_to_disk_in_the_one_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[Path] = []
    monkeypatch.setattr(files, "fsync_directory", forced.append)
    for _ in range(2):
        files.make_folder(tmp_path / "line" / "press" / "versions")
    assert (tmp_path / "line" / "press" / "versions").is_dir()
    assert forced == [tmp_path, tmp_path / "line", tmp_path / "line" / "press"]


def test_a_json_file_is_readable_by_people(tmp_path: Path) -> None:
    path = tmp_path / "line.json"
    files.write_json_atomically(path, {"drop": "söder", "model": "gas"})
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == {"drop": "söder", "model": "gas"}
    assert "söder" in text
    assert text.endswith("}\n")
    assert text.count("\n") > 2


@given(_json_values)
def test_canonical_json_says_the_same_value(value: Any) -> None:
    assert json.loads(files.canonical_json(value)) == value


@given(st.dictionaries(_text, _json_values, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert files.canonical_json({key: value[key] for key in keys}) == files.canonical_json(value)


def test_canonical_json_has_the_spelling_that_old_chains_were_computed_over() -> None:
    assert files.canonical_json({"b": [1, 2.5, None], "a": "ö"}) == '{"a":"ö","b":[1,2.5,null]}'.encode()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_canonical_json_refuses_what_json_cannot_say(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        files.canonical_json({"value": number})


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_files_digest_is_that_of_its_bytes(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    assert files.sha256_file(path) == files.sha256_bytes(data) == hashlib.sha256(data).hexdigest()
