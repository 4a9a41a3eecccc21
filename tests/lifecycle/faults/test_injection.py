"""SIGKILL, EIO and ENOSPC at every system call by which a release changes the disk, from the press of the button on."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lifecycle.faults import strace
from tests.lifecycle.faults.campaign import Verdict, every_change, run_all
from tests.lifecycle.faults.site import FaultSite

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace")

# strace's words; with + every later call of the same name fails too, as on a disk that stays full.
KILL, BROKEN, FULL, STAYS_FULL = (
    "signal=SIGKILL:when={}", "error=EIO:when={}", "error=ENOSPC:when={}", "error=ENOSPC:when={}+",
)  # fmt: skip
WAYS = {
    "promote 2": (KILL, BROKEN, FULL, STAYS_FULL),
    "rollback": (KILL, BROKEN, FULL, STAYS_FULL),
    "stop": (KILL, BROKEN, FULL, STAYS_FULL),
    "resume": (KILL, BROKEN, FULL, STAYS_FULL),
    # Recovery itself, of a promotion that was killed before and of one that was killed after its switch.
    "settle staged": (KILL, BROKEN),
    "settle pointed": (KILL, BROKEN),
    "settle stop intended": (KILL, BROKEN),
    "settle stop pointed": (KILL, BROKEN),
}
_ENDINGS = {0: "done", 1: "undone", 2: "refused with a sentence", -9: "killed"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to disturb one call."""

    call: strace.Call
    how: str

    def __str__(self) -> str:
        return f"{self.call.name}:{self.how.format(self.call.number)} at {self.call.place}"


def suffer(site: FaultSite, fault: Fault) -> Verdict:
    """Let the fault happen to a release, and see what the next start makes of it."""
    pid = site.release()
    log = site.kept / "trace"
    tracer = strace.traced(pid, log, f"{fault.call.name}:{fault.how.format(fault.call.number)}")
    status = site.host.wait(pid)
    tracer.communicate()
    broken = _unlike_a_product(site, fault, status) + _missed(strace.changes(log, site.root), fault)
    return Verdict(_ENDINGS.get(status, f"status {status}"), tuple(broken + site.broken_promises()))


def _unlike_a_product(site: FaultSite, fault: Fault, status: int) -> list[str]:
    """A process that met an error ends with one sentence and a status; anything else is our bug."""
    said = site.errors_said()
    if fault.how == KILL:
        return [] if status == -9 else [f"was not killed but ended with {status}"]
    if status == 0 and not said:
        return []
    if status in (1, 2) and len(said) == 1 and said[0].startswith("! ") and said[0].endswith("."):
        return []
    return [f"ended with {status} and said {site.all_said()}"]


def _missed(calls: list[strace.Call], fault: Fault) -> list[str]:
    """The fault must have hit the call that was meant: nothing is proven by one that hit another."""
    hit = calls[-1:] if fault.how == KILL else [call for call in calls if call.injected][:1]
    same = [call for call in hit if (call.name, call.number, call.place) == _site_of(fault)]
    return [] if same else [f"hit {hit} instead"]


def _site_of(fault: Fault) -> tuple[str, int, str]:
    return fault.call.name, fault.call.number, fault.call.place


def test_a_kill_around_the_switch_and_around_the_completion_leaves_one_champion(tmp_path: Path) -> None:
    """The campaign's own machinery, on the two moments that matter most: it must not rot between campaigns."""
    calls = every_change(tmp_path, "promote 2")
    renamed = max(n for n, call in enumerate(calls) if call.name == "rename")
    completed = max(n for n, call in enumerate(calls) if call.name == "pwrite64" and call.place.endswith("-wal"))
    faults = [Fault(calls[n], KILL) for n in (renamed, renamed + 1, completed, completed + 1)]
    result = run_all(faults, tmp_path, "promote 2", suffer)
    assert not result.broken, "\n".join(result.broken)
    assert [verdict.ending for _, verdict in result.verdicts] == ["killed"] * len(faults)


@pytest.mark.campaign
@pytest.mark.parametrize("act", WAYS)
def test_whatever_happens_to_whichever_system_call_the_next_start_finds_one_champion(
    act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = every_change(tmp_path, act)
    faults = [Fault(call, how) for how in WAYS[act] for call in calls]
    result = run_all(faults, tmp_path, act, suffer)
    with capsys.disabled():
        print(f"\n{result.summary(f'{act}, {len(calls)} calls')}")
    assert not result.broken, "\n".join(result.broken)
