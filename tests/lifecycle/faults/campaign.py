"""Faults one after the other, on several sites at once, and the summary of what they did."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tests.lifecycle.faults import strace
from tests.lifecycle.faults.forking import Host
from tests.lifecycle.faults.site import FaultSite

LANES = 2  # sites at work at the same time: each waits half of its time for its line

T = TypeVar("T")
S = TypeVar("S", bound=FaultSite)
_building = threading.Lock()  # Alembic's environment is one for the whole process


Stage = Callable[[Path, str], AbstractContextManager[FaultSite]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one fault did: how it ended in a word, and which promises it broke."""

    ending: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    verdicts: tuple[tuple[T, Verdict], ...]
    seconds: float

    @property
    def broken(self) -> list[str]:
        return [f"{fault}: {'; '.join(verdict.broken)}" for fault, verdict in self.verdicts if verdict.broken]

    def summary(self, name: str) -> str:
        """One line for the log of CI."""
        endings = Counter(verdict.ending for _, verdict in self.verdicts)
        said = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items()))
        broke = len(self.broken)
        return f"{name}: {len(self.verdicts)} points in {self.seconds:.0f} s; {said}; {broke} broke a promise"


@contextmanager
def plain_site(folder: Path, act: str) -> Iterator[FaultSite]:
    """A site of its own in `folder` on which `act` is next; its line ends with the block."""
    with Host.running() as host:
        yield built(host, folder, act)


def run_all(
    faults: Sequence[T], folder: Path, act: str, suffer: Callable[[FaultSite, T], Verdict], stage: Stage = plain_site
) -> Result[T]:
    """Let every fault happen once, each on a site that is put back to its beginning first."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for fault in faults:
        waiting.put(fault)
    started = time.monotonic()

    def lane(_number: int) -> list[tuple[T, Verdict]]:
        suffered = []
        with stage(folder, act) as site:
            while True:
                try:
                    fault = waiting.get_nowait()
                except queue.Empty:
                    return suffered
                site.put_back()
                suffered.append((fault, suffer(site, fault)))

    with ThreadPoolExecutor(LANES) as pool:
        verdicts = [pair for pairs in pool.map(lane, range(LANES)) for pair in pairs]
    return Result(tuple(verdicts), time.monotonic() - started)


def every_change(folder: Path, act: str, synchronous: str = "") -> list[strace.Call]:
    """What one undisturbed release changes on disk, call by call."""
    with plain_site(folder, act) as site:
        site.put_back()
        pid = site.release(synchronous=synchronous)
        tracer = strace.traced(pid, site.kept / "trace")
        status = site.host.wait(pid)
        tracer.communicate()
        assert status == 0, site.all_said()
        assert site.broken_promises() == []
        calls = strace.changes(site.kept / "trace", site.root)
    assert len({call.process for call in calls}) == 1, "with several threads the n-th call would not be the same twice"
    return calls


def built(host: Host, folder: Path, act: str, root: Path | None = None, kind: type[S] = FaultSite) -> S:
    """A site of its own, in `root` or in `folder`, on which `act` is next."""
    place = Path(tempfile.mkdtemp(dir=folder))
    (place / "kept").mkdir()
    site = kind(root or place / "site", place / "kept", host, act)
    with _building:
        site.build()
    return site
