"""The monitor: one tick that renews the lease, takes in what has arrived and starts what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from aiqu_desktop import __version__
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import RunState, Verdict
from aiqu_desktop.lifecycle.recovery import settle_unfinished
from aiqu_desktop.lifecycle.targets.choice import targets_of
from aiqu_desktop.monitoring.arrivals import take_in
from aiqu_desktop.monitoring.defaults import add_missing_checks
from aiqu_desktop.monitoring.outcome import CheckOutcome
from aiqu_desktop.monitoring.plant_state import settle_design
from aiqu_desktop.monitoring.release_alarm import note_outcomes
from aiqu_desktop.monitoring.suppression import return_expired
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model
from aiqu_desktop.scheduling.automatic import AutomaticWatch
from aiqu_desktop.scheduling.claims import claim_due, lost_runs, reclaim_interrupted
from aiqu_desktop.scheduling.flows import FlowWorker
from aiqu_desktop.scheduling.lease import Lease
from aiqu_desktop.scheduling.policies import PolicyWatch
from aiqu_desktop.scheduling.pool import WorkerPool
from aiqu_desktop.scheduling.worker import finish

log = logging.getLogger("aiqu.scheduling")
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that takes longer than its second is no news

TICK_SECONDS = 1.0
BEAT_SECONDS = 4.0


class Monitor:
    """Background scheduling for one site: `start` and `stop`, or `tick` by hand under a replayed clock.

    Several processes may each have a monitor; the lease sees to it that one of them schedules and the others watch.

    Args:
        role: "monitor", "window" or "demo"; shown to everybody who asks who schedules.
        workers: check runs at once.
        jobs: threads for the columns of one run.
        settle_seconds: how long a file in a drop folder must have been left alone before it is read.
        on_fault: called with one sentence when a tick could not do its work.
        on_acted: called with the id of each automatic rollback whose release is over.
    """

    def __init__(
        self,
        registry: Registry,
        role: str = "monitor",
        *,
        workers: int = 2,
        jobs: int = 1,
        settle_seconds: float = 2.0,
        on_fault: Callable[[str], None] | None = None,
        on_acted: Callable[[int], object] | None = None,
    ) -> None:
        self._registry = registry
        self._lease = Lease(registry, role)
        self._pool = WorkerPool(registry, workers=workers, jobs=jobs)
        self._flows = FlowWorker(registry)
        self._policies = PolicyWatch(registry)
        self._automatic = AutomaticWatch(registry, on_acted)
        self._settle_seconds = settle_seconds
        self._on_fault = on_fault or (lambda sentence: log.error("%s", sentence))
        self._scheduler: BackgroundScheduler | None = None
        self._tick_lock = threading.Lock()
        self._settled_for: list[str] = []
        self.holds_lease = False

    def start(self) -> None:
        """Begin ticking in a background thread."""
        scheduler = BackgroundScheduler(timezone="UTC")
        # Memory store, one job, nothing dropped: what is due is decided by our own table, not by the library.
        scheduler.add_job(
            self._safe_tick,
            "interval",
            seconds=TICK_SECONDS,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
            id="tick",
        )
        # Its own job, so that taking in a large file does not let the lease lapse.
        scheduler.add_job(
            self._beat, "interval", seconds=BEAT_SECONDS, coalesce=True, misfire_grace_time=None, id="beat"
        )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Stop ticking, let running checks end, give the lease up."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        self._pool.close()
        self._flows.close()
        self._automatic.close()
        if self.holds_lease:
            self._lease.release()
            self.holds_lease = False

    def tick(self) -> None:
        """One round. Does nothing but look at the lease when another process schedules."""
        with self._tick_lock:
            held_before, self.holds_lease = self.holds_lease, self._lease.hold()
            if not self.holds_lease:
                return
            if not held_before:
                self._take_over()
            self._pool.give_up_hung()
            self._end_lost_runs()
            models = self._models()
            self._policies.look(models)
            for model in models:
                self._take_in(model)
            with self._registry.write() as session:
                now = self._registry.clock.now()
                return_expired(session, now)
                if models != self._settled_for:
                    settle_design(session, now)  # a model that came while the plant is being cleaned is covered, too
                    self._settled_for = models
                claimed = claim_due(session, now, self._lease.owner, exclude=self._pool.busy_checks())
            self._pool.submit(claimed)
            self._flows.start_waiting()
            self._automatic.start_waiting()

    def run_until_idle(self, timeout: float = 300.0) -> bool:
        """Tick once, wait for all that it started, and answer the alarms that came of it.

        False when that took longer than `timeout` seconds.
        """
        self.tick()
        idle = self._pool.wait_idle(timeout) and self._flows.wait_idle(timeout)
        if self.holds_lease:
            self._automatic.look()
        return idle

    def progress(self) -> dict[int, float]:
        """check id → fraction done, for the runs that are running in this process."""
        return self._pool.progress()

    def cancel(self, check_id: int) -> bool:
        """Ask a running check to stop; False when it does not run in this process."""
        return self._pool.cancel(check_id)

    def _take_over(self) -> None:
        note_outcomes(self._registry, settle_unfinished(self._registry, targets_of(self._registry)))
        with self._registry.write() as session:
            add_missing_checks(session, now=self._registry.clock.now(), by=f"AiQu Desktop {__version__}")
            left = reclaim_interrupted(session, self._registry.clock.now(), self._lease.owner)
        self._pool.submit(left)

    def _end_lost_runs(self) -> None:
        with self._registry.read() as session:
            lost = lost_runs(session, self._lease.owner, self._pool.run_ids())
        for run in lost:
            outcome = CheckOutcome(Verdict.UNKNOWN, "failed: its answer could not be written; see the log")
            finish(self._registry, run, RunState.FAILED, outcome, self._registry.clock.now(), 0.0)

    def _take_in(self, model: str) -> None:
        """One model's trouble holds up no other: it is said, and the next tick tries again."""
        try:
            take_in(self._registry, model, settle_seconds=self._settle_seconds)
        except AiquError as error:
            self._on_fault(str(error))

    def _models(self) -> list[str]:
        with self._registry.read() as session:
            return list(session.scalars(select(Model.name).order_by(Model.name)))

    def _beat(self) -> None:
        if not self.holds_lease:
            return
        try:
            self._lease.hold()
        except Exception as error:
            log.exception("the heartbeat failed")
            self._on_fault(f"The monitor's heartbeat could not be written ({error}); it tries again.")

    def _safe_tick(self) -> None:
        try:
            self.tick()
        except AiquError as error:
            self._on_fault(str(error))
        except Exception as error:
            # The scheduler thread must survive: the next tick tries again, and the heartbeat shows what happens.
            log.exception("a tick failed")
            self._on_fault(f"The monitor's tick failed ({type(error).__name__}: {error}); it tries again.")
