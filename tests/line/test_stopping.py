"""The line told to stop: it answers nothing, says so, loses no row, and answers none of them late."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiqu_desktop.line.messages import LineState, LineStatus, SetAside, StopOrder
from aiqu_desktop.line.unanswered import rows_in
from tests.line.floor import Floor, kill, line, start


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path / "line")


def stop(floor: Floor, release: str = "stop1") -> None:
    floor.target.point(StopOrder(release, datetime.now(UTC)))


def held(floor: Floor, release: str = "stop1") -> LineStatus:
    return floor.until(lambda status: status.state is LineState.HELD and status.stopped_by == release)


def set_aside(floor: Floor, release: str = "stop1") -> list[str]:
    return sorted(file.name for file in (floor.target.unanswered_files / release).glob("*.csv"))


def test_a_stopped_line_answers_nothing_and_says_whose_stop_it_obeys(floor: Floor) -> None:
    floor.serve(1)
    floor.feed("before")
    with line(floor.root):
        floor.until_serving(1)
        floor.until_done()
        stop(floor)
        status = held(floor)
        assert (status.serving, status.golden) == (None, None)
        assert status.alive(datetime.now(UTC))
        floor.feed("during", 7)
        floor.until_done()
        floor.until(lambda status: status.set_aside == SetAside(1, 7))
    assert {row["id"].split("-")[0] for row in floor.observations()} == {"before"}
    assert set_aside(floor) == ["during.csv"]


def test_rows_of_the_stop_are_never_answered_as_if_fresh(floor: Floor) -> None:
    """Those that the line saw, and those that came while the line itself was down during the stop."""
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        stop(floor)
        held(floor)
        floor.feed("seen")
        floor.until_done()
    floor.feed("unseen")
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        floor.feed("after")
        floor.until_done()
    assert {row["id"].split("-")[0] for row in floor.observations()} == {"after"}
    assert set_aside(floor) == ["seen.csv", "unseen.csv"]


@pytest.mark.parametrize("pointer", ["as it was", "broken", "missing"])
def test_a_line_that_starts_anew_stays_stopped(floor: Floor, pointer: str) -> None:
    floor.serve(1)
    process = start(floor.root)
    try:
        floor.until_serving(1)
        stop(floor)
        held(floor)
    finally:
        kill(process)
    if pointer == "broken":
        floor.target.pointer_file.write_bytes(b"{")
    elif pointer == "missing":
        floor.target.pointer_file.unlink()
    floor.feed("later", 3)
    with line(floor.root) as again:
        floor.until(lambda status: status.pid == again.pid and status.set_aside == SetAside(1, 3))
        assert held(floor).serving is None
    assert floor.observations() == []


def test_the_count_of_a_stop_survives_a_restart_and_ends_with_it(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        stop(floor)
        held(floor)
        floor.feed("a", 2)
        floor.until(lambda status: status.set_aside == SetAside(1, 2))
    with line(floor.root):
        floor.feed("a", 3)  # the same name again covers nothing
        floor.until(lambda status: status.set_aside == SetAside(2, 5))
        floor.serve(2)
        status = floor.until_serving(2)
        assert (status.state, status.stopped_by, status.set_aside) == (LineState.SERVING, None, SetAside())
    assert set_aside(floor) == ["a-2.csv", "a.csv"]


def test_a_version_that_does_not_load_leaves_the_line_stopped(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        stop(floor)
        held(floor)
        digest = floor.stage(2)
        (floor.target.version_folder(digest) / "model.onnx").unlink()
        floor.point(2, digest)
        status = floor.until(lambda status: status.rejected is not None)
        assert (status.state, status.serving, status.stopped_by) == (LineState.HELD, None, "stop1")
        floor.feed("during")
        floor.until_done()
    assert floor.observations() == [] and set_aside(floor) == ["during.csv"]


def test_an_order_that_names_no_release_is_damaged_and_changes_nothing(floor: Floor) -> None:
    floor.serve(1)
    with line(floor.root):
        floor.until_serving(1)
        floor.target.pointer_file.write_text(
            '{"stopped": true, "release": "../x", "written_at": "2026-01-01T00:00:00Z"}'
        )
        status = floor.until(lambda status: status.problem is not None)
        assert status.serving is not None and status.serving.version == 1
    assert floor.target.order() is None and "champion.json is damaged" in floor.target.problems()[0]


@pytest.mark.parametrize(
    ("content", "rows"),
    [(b"", 0), (b"id\n", 0), (b"id\n1\n2", 2), (b'id\n"1\n1"\n2\n', 2), (b"id\r\n1\r\n\r\n", 1), (b"\xff\xfe", 0)],
)
def test_rows_are_counted_without_the_header(content: bytes, rows: int) -> None:
    assert rows_in(content) == rows
