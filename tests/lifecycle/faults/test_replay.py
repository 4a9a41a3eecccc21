"""What the replay of a trace takes for possible: what was forced is there, what was not may be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lifecycle.faults.replay import Recording

ROOT = Path("/site")


def _hex(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _write(path: str, content: str) -> list[str]:
    """strace's lines for a new file with some content."""
    opened = f'openat(AT_FDCWD<{_hex("/")}>, "{_hex(path)}", O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0666)'
    return [f"{opened} = 3<{_hex(path)}>", f'write(3<{_hex(path)}>, "{_hex(content)}", 3) = {len(content)}']


def _fsync(path: str) -> str:
    return f"fsync(3<{_hex(path)}>) = 0"


def _rename(path: str, to: str) -> str:
    return f'rename("{_hex(path)}", "{_hex(to)}") = 0'


def _left(tmp_path: Path, *lines: str) -> list[dict[str, bytes | None]]:
    """Every content of the site that a cut in a release of these calls may leave; `a` was there before."""
    log = tmp_path / "trace"
    log.write_text("".join(f"4711  {line}\n" for line in lines))
    states = Recording(log, ROOT, {"a": b"old"}).states()
    return [state.content for state in states]


REPLACED = ("/site/.t", "/site/a")


def test_a_file_that_is_forced_before_its_name_is_old_or_new_and_never_half(tmp_path: Path) -> None:
    left = _left(tmp_path, *_write("/site/.t", "new"), _fsync("/site/.t"), _rename(*REPLACED), _fsync("/site"))
    assert {content["a"] for content in left} == {b"old", b"new"}
    assert left[-1] == {"a": b"new"}, "all is forced at the end, so one state is left"


def test_a_name_that_outruns_its_content_leaves_an_empty_file(tmp_path: Path) -> None:
    left = _left(tmp_path, *_write("/site/.t", "new"), _rename(*REPLACED), _fsync("/site"))
    assert {content["a"] for content in left} == {b"old", b"new", b""}


def test_a_name_that_nobody_forced_may_be_lost_at_the_end(tmp_path: Path) -> None:
    ending = _left(tmp_path, *_write("/site/.t", "new"), _fsync("/site/.t"), _rename(*REPLACED))
    assert {"a": b"old"} in ending and {"a": b"new"} in ending


def test_a_page_that_is_written_in_place_is_old_or_new_until_it_is_forced(tmp_path: Path) -> None:
    page = f'pwrite64(3<{_hex("/site/a")}>, "{_hex("XY")}", 2, 1) = 2'
    assert {content["a"] for content in _left(tmp_path, page)} == {b"old", b"oXY"}
    assert _left(tmp_path, page, _fsync("/site/a"))[-1] == {"a": b"oXY"}


def test_a_call_whose_meaning_is_not_known_is_no_silent_gap(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="replay is not known"):
        _left(tmp_path, f'link("{_hex("/site/a")}", "{_hex("/site/b")}") = 0')
