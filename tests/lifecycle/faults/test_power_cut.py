"""Power cuts on a real ext4 disk before every system call by which a release changes it, and after the last one."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lifecycle.faults import strace
from tests.lifecycle.faults.campaign import Verdict, built, every_change, run_all
from tests.lifecycle.faults.ext4 import Disk, disk, why_not_here
from tests.lifecycle.faults.forking import Host
from tests.lifecycle.faults.site import FaultSite

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform != "linux", reason="strace, ext4")]

ACTS = ("promote 2", "rollback", "stop", "resume")


@dataclass
class SiteOnDisk(FaultSite):
    """A site whose disk can lose its power."""

    disk: Disk | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The power goes just before `call`; None: when the release has ended.

    line_sleeps: the line has not looked yet. Otherwise what it forces to the disk may carry the desktop's changes with
    it, which is the milder case.
    """

    call: strace.Call | None
    line_sleeps: bool

    def __str__(self) -> str:
        return f"cut before {self.call.name} {self.call.number} at {self.call.place}" if self.call else "cut at the end"


@contextmanager
def site_on_disk(folder: Path, act: str) -> Iterator[SiteOnDisk]:
    """A site on an ext4 disk of its own; what is kept of it lies elsewhere."""
    with Host.running() as host, disk(_new(folder)) as place:
        site = built(host, folder, act, place.place / "site", SiteOnDisk)
        site.disk = place
        try:
            yield site
        finally:
            site.kill_line()


def cuts_of(calls: list[strace.Call]) -> list[Cut]:
    """One before every call and one at the end; the line sleeps until the new pointer's name is forced to disk."""
    renamed = max(n for n, call in enumerate(calls) if call.name == "rename" and call.place.endswith("champion.json"))
    return [Cut(call, n <= renamed + 1) for n, call in enumerate(calls)] + [Cut(None, False)]


def suffering(synchronous: str = "") -> Callable[[FaultSite, Cut], Verdict]:
    """How a release meets its cut."""

    def suffer(site: FaultSite, cut: Cut) -> Verdict:
        assert isinstance(site, SiteOnDisk) and site.disk is not None and site.line_pid is not None
        site.disk.flush()
        pid = site.release(synchronous=synchronous)
        if cut.line_sleeps:
            os.kill(site.line_pid, signal.SIGSTOP)
        faults = [f"{cut.call.name}:signal=SIGKILL:when={cut.call.number}"] if cut.call else []
        tracer = strace.traced(pid, site.kept / "trace", *faults)
        status = site.host.wait(pid)
        site.disk.cut_power()
        tracer.communicate()
        site.kill_line()
        site.disk.unmount()
        site.disk.mount()
        site.start_line()
        wrong = [] if status == (-9 if cut.call else 0) else [f"ended with {status} and said {site.all_said()}"]
        last = (site.steps_said() or ["nothing"])[-1]
        return Verdict(f"after '{last}'", tuple(wrong + site.broken_promises()))

    return suffer


@pytest.fixture
def ext4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Says aloud where the campaign cannot run; the cuts that `test_replayed_cuts` replays need no disk."""
    reason = why_not_here(_new(tmp_path))
    if reason:
        with capsys.disabled():
            print(f"\nNO POWER WAS CUT: {reason}. The cuts replayed from traces (test_replayed_cuts) stand alone.")
        pytest.skip(f"no ext4 disk can be mounted here: {reason}")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.usefixtures("ext4")
def test_wherever_the_power_goes_the_next_start_finds_one_champion(
    act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cuts = cuts_of(every_change(tmp_path, act))
    result = run_all(cuts, tmp_path, act, suffering(), site_on_disk)
    with capsys.disabled():
        print(f"\n{result.summary(f'{act}, power cuts')}")
    assert not result.broken, "\n".join(result.broken)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.usefixtures("ext4")
def test_the_campaign_has_teeth_without_synchronous_commits_the_same_cuts_break_promises(
    act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cuts = cuts_of(every_change(tmp_path, act, "OFF"))[::4]
    result = run_all(cuts, tmp_path, act, suffering("OFF"), site_on_disk)
    with capsys.disabled():
        print(f"\n{result.summary(f'{act}, power cuts with synchronous=OFF (must break promises)')}")
    assert result.broken


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))
