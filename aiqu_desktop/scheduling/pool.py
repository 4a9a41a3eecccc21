"""A bounded pool of worker threads whose runs can be cancelled, and given up when they hang.

A thread cannot be killed in Python. A hung run is marked as timed out, asked to stop, and loses its place in the pool
at once, so that it holds up nothing else; its late answer is refused by the run's row.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque

from aiqu_desktop.core.words import RunState, Verdict
from aiqu_desktop.monitoring.outcome import CheckOutcome
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling.claims import ClaimedRun
from aiqu_desktop.scheduling.worker import RunControl, carry_out, finish

log = logging.getLogger("aiqu.scheduling")

_NICE = 10


class WorkerPool:
    """At most `workers` runs at once; `jobs` threads for the columns inside one run."""

    def __init__(self, registry: Registry, *, workers: int, jobs: int) -> None:
        self._registry = registry
        self._workers = workers
        self._jobs = jobs
        self._waiting: deque[ClaimedRun] = deque()
        self._running: dict[int, RunControl] = {}
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._open = True

    def submit(self, runs: list[ClaimedRun]) -> None:
        """Queue claimed runs."""
        with self._changed:
            self._waiting.extend(runs)
            self._start_waiting()

    def busy_checks(self) -> frozenset[int]:
        """Checks that wait or run here now."""
        with self._changed:
            return frozenset(run.check_id for run in self._waiting) | frozenset(
                control.run.check_id for control in self._running.values()
            )

    def run_ids(self) -> frozenset[int]:
        """Runs that wait or run here now."""
        with self._changed:
            return frozenset(run.run_id for run in self._waiting) | frozenset(self._running)

    def progress(self) -> dict[int, float]:
        """check id → fraction done, for the runs that are running here."""
        with self._changed:
            return {control.run.check_id: control.fraction for control in self._running.values()}

    def cancel(self, check_id: int) -> bool:
        """Ask the running run of a check to stop; False when none runs here."""
        with self._changed:
            for control in self._running.values():
                if control.run.check_id == check_id:
                    control.stop = RunState.CANCELLED
                    return True
            return False

    def give_up_hung(self) -> None:
        """Mark runs that are past their time limit, and free their places."""
        with self._changed:
            hung = [
                control
                for control in self._running.values()
                if time.monotonic() - control.started > control.run.timeout_seconds
            ]
            for control in hung:
                control.stop = RunState.TIMED_OUT
                del self._running[control.run.run_id]
            self._start_waiting()
            self._changed.notify_all()
        for control in hung:
            limit = control.run.timeout_seconds
            outcome = CheckOutcome(Verdict.UNKNOWN, f"ran out of time: no answer within {limit} s")
            now = self._registry.clock.now()
            finish(self._registry, control.run, RunState.TIMED_OUT, outcome, now, time.monotonic() - control.started)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing waits or runs; False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running and not self._waiting, timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Ask every run to stop and wait for them; runs that never started stay claimed and are done at next start."""
        with self._changed:
            self._open = False
            self._waiting.clear()
            for control in self._running.values():
                control.stop = RunState.INTERRUPTED
            threads = list(self._threads)
        ends = time.monotonic() + timeout
        self.wait_idle(timeout)
        # A thread that has handed in its answer still lets go of what it used. One that is in the middle of native code
        # when the interpreter goes down aborts the process; so wait for its very end, but not for one that hangs.
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _start_waiting(self) -> None:
        while self._open and self._waiting and len(self._running) < self._workers:
            control = RunControl(self._waiting.popleft())
            self._running[control.run.run_id] = control
            name = f"check-{control.run.kind.value}-{control.run.run_id}"
            thread = threading.Thread(target=self._work, args=(control,), name=name, daemon=True)
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
            thread.start()

    def _work(self, control: RunControl) -> None:
        stand_back()
        try:
            carry_out(self._registry, control, jobs=self._jobs)
        except Exception:
            # Not even a failure could be written (disk full, say): the next tick finds the run without an answer.
            log.exception("the answer of check run %s could not be written", control.run.run_id)
        finally:
            with self._changed:
                self._running.pop(control.run.run_id, None)
                self._start_waiting()
                self._changed.notify_all()


def stand_back() -> None:
    """Lower the calling thread's priority: the window and the line on this machine come first.

    Linux keeps a nice value for each thread; elsewhere a thread cannot be told apart and nothing is done.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
