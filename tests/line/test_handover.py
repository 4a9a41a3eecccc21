"""A power switch in the middle of each step of a handover, played by an exception that nothing catches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.line import handover
from aiqu_desktop.line.server import ModelServer
from tests.line.floor import Floor


class PowerCut(BaseException):
    """Not an Exception: no handler may take it for a fault of the file."""


def cut(before: bool, step: Callable[..., Any]) -> Callable[..., Any]:
    """`step`, with the power gone just before or just after it."""

    def broken(*arguments: Any, **options: Any) -> Any:
        if not before:
            step(*arguments, **options)
        raise PowerCut

    return broken


STEPS = {
    "the observations written": (handover.Handover, "_write"),
    "the note written": (Path, "write_text"),
    "the observations named": (Path, "replace"),
    "the rows deleted": (Path, "unlink"),
}


@pytest.mark.parametrize("reader_takes_at_once", [False, True])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_the_power_goes_and_each_row_still_arrives_exactly_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, before: bool, reader_takes_at_once: bool
) -> None:
    floor = Floor(tmp_path / "line")
    floor.serve(1)
    server = ModelServer(floor.target, SystemClock(), durable=True)
    server.start()
    fed = floor.feed("one") + floor.feed("two")
    taken: list[str] = []

    def take() -> None:
        taken.extend(row["id"] for row in floor.observations())
        for path in floor.drop.glob("obs-*.csv"):
            path.unlink()

    owner, name = STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, cut(before, getattr(owner, name)))
        with pytest.raises(PowerCut):
            server.predict_one()
    if reader_takes_at_once:
        take()
    again = ModelServer(floor.target, SystemClock(), durable=True)
    again.start()
    while again.predict_one():
        pass
    take()
    assert sorted(taken) == sorted(fed)
    assert floor.waiting() == []
    assert [path.name for path in floor.drop.iterdir()] == []


def test_a_full_disk_keeps_the_file_waiting_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = Floor(tmp_path / "line")
    floor.serve(1)
    server = ModelServer(floor.target, SystemClock(), durable=True)
    server.start()
    floor.feed("one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(handover.Handover, "_write", full)
        assert not server.predict_one()
    server.beat()
    status = floor.target.status()
    assert status is not None
    assert status.problem is not None
    assert "one.csv waits" in status.problem
    assert "No space left on device" in status.problem
    assert floor.waiting() == ["one.csv"]
    assert server.predict_one()
    server.beat()
    status = floor.target.status()
    assert status is not None
    assert status.problem is None
    assert len(floor.observations()) == 4


def test_a_note_that_no_line_wrote_is_cleared_and_deletes_nothing(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "line")
    floor.serve(1)
    floor.feed("one")
    (floor.target.incoming / ".working").write_bytes(b"\xff\xfe ../../line.json")
    server = ModelServer(floor.target, SystemClock(), durable=False)
    server.start()
    assert server.predict_one()
    assert floor.target.drop == floor.drop
    assert len(floor.observations()) == 4
