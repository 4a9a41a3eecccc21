"""Faults one after the other on several sites at once: what a campaign asks of its cases, and what it says at its end."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tests.lifecycle.faults.forking import Host
from tests.lifecycle.faults.site import FaultSite

LANES = 2  # sites at work at the same time: each waits half of its time for its line

T = TypeVar("T")
_building = threading.Lock()  # Alembic's environment is one for the whole process


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


def run_all(
    faults: Sequence[T], folder: Path, act: str, suffer: Callable[[FaultSite, T], Verdict], lanes: int = LANES
) -> Result[T]:
    """Let every fault happen once, each on a site that is put back to its beginning first."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for fault in faults:
        waiting.put(fault)
    started = time.monotonic()

    def lane(_number: int) -> list[tuple[T, Verdict]]:
        suffered = []
        with Host.running() as host:
            site = built(host, folder, act)
            while True:
                try:
                    fault = waiting.get_nowait()
                except queue.Empty:
                    return suffered
                site.put_back()
                suffered.append((fault, suffer(site, fault)))

    with ThreadPoolExecutor(lanes) as pool:
        verdicts = [pair for pairs in pool.map(lane, range(lanes)) for pair in pairs]
    return Result(tuple(verdicts), time.monotonic() - started)


def built(host: Host, folder: Path, act: str) -> FaultSite:
    """A site of its own in `folder` on which `act` is next."""
    place = Path(tempfile.mkdtemp(dir=folder))
    (place / "kept").mkdir()
    site = FaultSite(place / "site", place / "kept", host, act)
    with _building:
        site.build()
    return site
