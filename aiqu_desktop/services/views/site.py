"""Level one: the whole site at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import Health, Priority, Task
from aiqu_desktop.services.views.automatic import AutomaticRow
from aiqu_desktop.services.views.rows import AlarmRow
from aiqu_desktop.services.views.stop import StopView


@dataclass(frozen=True, slots=True)
class SchedulerView:
    """Who schedules on this site. `beat_age_seconds` is wall time; `alive` is False when the lease has lapsed."""

    role: str  # "monitor", "window", "demo" or "" when nobody does
    pid: int | None
    alive: bool
    beat_age_seconds: float | None


@dataclass(frozen=True, slots=True)
class ModelTile:
    """One model on the overview.

    health: worst of its open alarms and of the freshness of its answers; `reason` says it in one sentence.
    value, low, high, n, limit: the newest realised primary metric with its 95 % interval and sample size;
        value is None when nothing is known (shown as such, never as good).
    trend: (event time, value or None) of the primary metric, oldest first, at most 60 points.
    """

    name: str
    title: str
    task: Task
    health: Health
    reason: str
    champion: int | None
    serving_proven: bool  # the target answered with the champion's digest, and its golden cases passed there
    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    limit: float | None
    higher_is_better: bool
    trend: tuple[tuple[datetime, float | None], ...]
    drift_share: float | None
    data_as_of: datetime | None
    last_check_at: datetime | None
    open_alarms: int
    unacknowledged_alarms: int
    reverted: bool = False  # it serves, proven, because the last release was undone
    target: str = ""  # which target it is, in a few words
    serving_sentence: str = ""
    stop: StopView | None = None  # the stop that stands: the champion is not served
    fallback: str = ""  # while stopped: what the plant does meanwhile


@dataclass(frozen=True, slots=True)
class Overview:
    """Tiles come worst first. `site_now` is the site's clock: replayed in the demo, the machine's otherwise.

    waiting: id and priority of every unacknowledged alarm.
    """

    site: str
    is_demo: bool
    site_now: datetime
    data_as_of: datetime | None
    scheduler: SchedulerView
    tiles: tuple[ModelTile, ...]
    worst_alarm: AlarmRow | None  # the worst unacknowledged one
    open_alarms: int
    unacknowledged_alarms: int
    countdowns: tuple[AutomaticRow, ...] = ()  # automatic rollbacks that are due or being done, the next one first
    waiting: tuple[tuple[int, Priority], ...] = ()
