"""One scheduler a site; another takes over when it is gone."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import SchedulerLease
from aiqu_desktop.scheduling.lease import LAPSE_SECONDS, Lease, holder


def test_only_one_holds_the_lease(registry: Registry) -> None:
    first, second = Lease(registry, "monitor"), Lease(registry, "window")
    assert first.hold()
    assert not second.hold()
    assert first.hold()
    with registry.read() as session:
        assert holder(session).role == "monitor"


def test_a_released_lease_is_free_at_once(registry: Registry) -> None:
    first, second = Lease(registry, "monitor"), Lease(registry, "window")
    first.hold()
    first.release()
    with registry.read() as session:
        assert not holder(session).alive
    assert second.hold()
    assert not first.hold()


def test_a_lease_that_was_not_renewed_lapses(registry: Registry) -> None:
    first, second = Lease(registry, "monitor"), Lease(registry, "window")
    first.hold()
    with registry.write() as session:
        row = session.get_one(SchedulerLease, 1)
        row.beat_at -= timedelta(seconds=LAPSE_SECONDS + 1)
    assert second.hold()


def test_the_lease_of_a_killed_process_is_free_at_once(registry: Registry) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    first, second = Lease(registry, "monitor"), Lease(registry, "window")
    first.hold()
    with registry.write() as session:
        session.get_one(SchedulerLease, 1).pid = ended.pid
    assert second.hold()
