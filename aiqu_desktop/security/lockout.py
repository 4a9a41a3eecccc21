"""Locking an account after refused passwords, in the machine's own running time.

The wall clock can be set and a replayed site's clock leaps, so neither counts here: seconds since the machine started
do, with the identity of that start. After a restart of the machine a lock begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.registry.tables import Person

TRIES = 5  # refused passwords in a row after which the account is locked
LOCKED_SECONDS = 15 * 60
FOR_GOOD = 100  # refused in a row: only a new password opens it (NIST SP 800-63B, section 3.2.2)

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Uptime:
    """boot: which start of the machine; empty where the system does not tell. seconds: since then."""

    boot: str
    seconds: float


MachineTime = Callable[[], Uptime]


def machine_time() -> Uptime:
    """The running time of this machine, counted also while it sleeps."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return Uptime("", time.monotonic())
    return Uptime(_BOOT.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))


def is_locked(person: Person, now: Uptime) -> bool:
    """True while the account is locked; lifts or restarts the lock in the row where it is due."""
    if person.failures >= FOR_GOOD:
        return True
    if person.locked_at is None:
        return False
    if person.locked_boot != now.boot or now.seconds < person.locked_at:
        _lock(person, now)
        return True
    if now.seconds - person.locked_at < LOCKED_SECONDS:
        return True
    person.locked_at, person.locked_boot = None, ""
    return False


def count_failure(person: Person, now: Uptime) -> bool:
    """Count a refused password; True when that locks the account."""
    person.failures += 1
    if person.failures % TRIES:
        return False
    _lock(person, now)
    return True


def forget_failures(person: Person) -> None:
    """After the right password, or with a new one."""
    person.failures, person.locked_at, person.locked_boot = 0, None, ""


def _lock(person: Person, now: Uptime) -> None:
    person.locked_boot, person.locked_at = now.boot, now.seconds
