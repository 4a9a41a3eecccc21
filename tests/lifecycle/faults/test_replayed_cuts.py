"""Power cuts by the letter of POSIX, replayed from the trace of a release; needs no disk of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.lifecycle.faults import strace
from tests.lifecycle.faults.campaign import Result, Verdict, plain_site, run_all
from tests.lifecycle.faults.replay import Recording, State
from tests.lifecycle.faults.site import FaultSite

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform != "linux", reason="strace")]

ACTS = ("promote 2", "rollback", "stop", "resume")
_CHANGING = ("line", "locks")  # and the registry; a release changes nothing else


def recorded(folder: Path, act: str, synchronous: str = "") -> Recording:
    """One undisturbed release, with every byte that it writes and every step that it says, in order."""
    with plain_site(folder, act) as site:
        site.put_back()
        first = _content(site.kept / "site")
        pid = site.release(synchronous=synchronous, aloud="yes")
        tracer = strace.traced(pid, site.kept / "trace", whole=True)
        status = site.host.wait(pid)
        tracer.communicate()
        assert status == 0, site.all_said()
        return Recording(site.kept / "trace", site.root, first)


def suffer(site: FaultSite, state: State) -> Verdict:
    """Lay the state out as a cut would leave it, start line and product, and see."""
    site.kill_line()
    for name in _CHANGING:
        shutil.rmtree(site.root / name, ignore_errors=True)
    for path in site.root.glob("registry.db*"):
        path.unlink()
    for name, data in state.content.items():
        if data is None:
            (site.root / name).mkdir()
        else:
            (site.root / name).write_bytes(data)
    site.say(state.steps)
    site.start_line()
    return Verdict(f"after '{(state.steps or ('nothing',))[-1]}'", tuple(site.broken_promises()))


def _content(site: Path) -> dict[str, bytes | None]:
    """The changing part of a kept site."""
    paths = [*site.glob("registry.db*"), *(path for name in _CHANGING for path in sorted(site.glob(f"{name}/**/*")))]
    folders = [site / name for name in _CHANGING if (site / name).is_dir()]
    return {
        str(path.relative_to(site)): None if path.is_dir() else path.read_bytes() for path in sorted({*folders, *paths})
    }


def _replayed(states: list[State], folder: Path, act: str, name: str, capsys: pytest.CaptureFixture[str]) -> Result:
    result = run_all(states, folder, act, suffer)
    with capsys.disabled():
        print(f"\n{result.summary(f'{act}, {name}')}")
    return result


@pytest.mark.parametrize("act", ACTS)
def test_whatever_a_disk_may_lose_the_next_start_finds_one_champion(
    act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = list(recorded(tmp_path, act).states())
    result = _replayed(states, tmp_path, act, "replayed cuts", capsys)
    assert not result.broken, "\n".join(result.broken)


def test_the_replay_has_teeth_when_folders_are_not_forced_promises_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [*recorded(tmp_path, "rollback").states(folders_are_forced=False)][-24:]
    assert _replayed(states, tmp_path, "rollback", "replayed cuts without fsync of folders", capsys).broken


def test_the_replay_has_teeth_without_synchronous_commits_promises_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [*recorded(tmp_path, "rollback", "OFF").states()][-24:]
    assert _replayed(states, tmp_path, "rollback", "replayed cuts with synchronous=OFF", capsys).broken
