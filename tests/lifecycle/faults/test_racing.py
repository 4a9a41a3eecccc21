"""Several processes press the button at the same moment, one of them killed on the way: one wins, or none does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from tests.lifecycle.faults import strace
from tests.lifecycle.faults.campaign import every_change, plain_site
from tests.lifecycle.faults.site import PATIENCE, FaultSite

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform != "linux", reason="strace")]

# On a site where version 2 is live and version 1 was good: who presses what.
CONTENDERS = {"Eva": ("promote 3", 3), "Elin": ("promote 3", 3), "Olle": ("rollback", 1), "Åsa": ("rollback", 1)}
ROUNDS = 20


def _said(site: FaultSite, name: str) -> Path:
    return site.kept / f"said-{name}"


def _ready(site: FaultSite) -> dict[str, int]:
    """The contenders, each before the button: their processes."""
    pids = {}
    for name, (act, _) in CONTENDERS.items():
        site.said = _said(site, name)
        pids[name] = site.release(act)
    return pids


def _under_way_or_gone(site: FaultSite, tracer: subprocess.Popen[str]) -> bool:
    return "intended" in site.steps_said() or tracer.poll() is not None


def _judged(site: FaultSite, statuses: dict[str, int]) -> list[str]:
    """What is wrong after a race: more than one winner, a loser without a sentence, or a broken promise."""
    wrong = []
    for name, status in statuses.items():
        site.said = _said(site, name)
        refused = status == 1 and [line[:2] for line in site.errors_said()] == ["! "] and site.all_said()[-1][-1] == "."
        if status not in (0, -signal.SIGKILL) and not refused:
            wrong.append(f"{name} ended with {status} and said {site.all_said()}")
    winners = [name for name, status in statuses.items() if status == 0]
    if len(winners) > 1:
        wrong.append(f"{' and '.join(winners)} both won")
    one = (winners or [name for name, status in statuses.items() if status < 0] or list(statuses))[0]
    site.said, site.after = _said(site, one), CONTENDERS[one][1]
    return wrong + site.broken_promises()


def test_of_four_processes_that_press_at_once_one_wins_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    won: dict[str, int] = {}
    with plain_site(tmp_path, "rollback") as site:
        for _ in range(ROUNDS):
            site.put_back()
            pids = _ready(site)
            for pid in pids.values():
                os.kill(pid, signal.SIGCONT)
            statuses = {name: site.host.wait(pid) for name, pid in pids.items()}
            assert _judged(site, statuses) == []
            assert sorted(statuses.values()) == [0, 1, 1, 1], statuses
            winner = min(statuses, key=lambda name: statuses[name])
            won[winner] = won.get(winner, 0) + 1
    with capsys.disabled():
        print(f"\nraces of four: {ROUNDS} rounds, won by {won}")


def test_a_racer_killed_on_its_way_leaves_one_champion_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first one, who promotes, is ahead, so that it is killed while the others look."""
    calls = every_change(tmp_path, "promote 2")
    endings: dict[str, int] = {}
    with plain_site(tmp_path, "rollback") as site:
        for call in random.Random(4).sample(calls, ROUNDS):
            site.put_back()
            first, *others = pids = _ready(site)
            site.said = _said(site, first)
            log = site.kept / "trace"
            tracer = strace.traced(pids[first], log, f"{call.name}:signal=SIGKILL:when={call.number}")
            assert wait_until(partial(_under_way_or_gone, site, tracer), PATIENCE, poll=0.001)
            for name in others:
                os.kill(pids[name], signal.SIGCONT)
            statuses = {name: site.host.wait(pid) for name, pid in pids.items()}
            tracer.communicate()
            wrong = _judged(site, statuses)
            assert wrong == [], f"killed before {call.name} {call.number} at {call.place}: {wrong}"
            if statuses[first] != -signal.SIGKILL:  # in a race it makes fewer calls than it did alone
                ending = "not reached"
            else:
                ending = "another won" if 0 in statuses.values() else "all others refused"
            endings[ending] = endings.get(ending, 0) + 1
    assert endings.get("not reached", 0) <= ROUNDS // 2, endings
    with capsys.disabled():
        print(f"\nraces of four, the first one killed: {ROUNDS} rounds, {endings}")
