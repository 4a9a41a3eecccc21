"""Time is injected: a month of monitoring replays in seconds, and event time is never mixed with wall time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the product asks for the time. All instants are aware and in UTC."""

    def now(self) -> datetime:
        """The site's present instant."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ReplayClock:
    """A clock that stands still until it is moved forward; safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        self._now = as_utc(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def move_to(self, instant: datetime) -> None:
        """Move to `instant`.

        Raises:
            ValueError: if `instant` lies before the present one; replayed time never runs backwards.
        """
        instant = as_utc(instant)
        with self._lock:
            if instant < self._now:
                raise ValueError(f"the replay clock cannot go back from {self._now} to {instant}")
            self._now = instant


def as_utc(instant: datetime) -> datetime:
    """`instant` in UTC; a naive one is taken to be UTC already, as SQLite and Parquet return it."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def iso(instant: datetime) -> str:
    """ISO 8601 in UTC with a Z, for files, audit records and machine output."""
    return (
        as_utc(instant).isoformat(timespec="microseconds" if instant.microsecond else "seconds").replace("+00:00", "Z")
    )


def wait_until(ready: Callable[[], bool], timeout: float, poll: float = 0.02) -> bool:
    """Poll the callable `ready` on the monotonic clock; True as soon as it is true, False after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        if ready():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(poll)
