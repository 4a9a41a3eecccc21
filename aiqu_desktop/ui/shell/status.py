"""The right half of the banner: the monitor's heartbeat, the age of the data, the site's clock."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.services.views import Overview, SchedulerView
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

BEAT_EXPIRES = 15.0  # seconds without a beat (or without an answer) after which green has expired
_RUNNING = Look("Running", "heartbeat", "good")
_DEAD = Look("NOT RUNNING", "alarm", "alarm")
_SILENT = Look("Unknown", "unknown", "unknown")
_ROLES = {"monitor": "by the monitor service", "window": "in this window", "demo": "in the demonstration"}


def monitor_words(scheduler: SchedulerView, since_answer: float) -> tuple[Look, str]:
    """How the monitor looks, and what is written under it, `since_answer` seconds after the site was asked.

    An answer that is too old to be true is shown as unknown, never as running.
    """
    beat = None if scheduler.beat_age_seconds is None else scheduler.beat_age_seconds + since_answer
    if since_answer > BEAT_EXPIRES:
        return _SILENT, f"no answer for {fmt.duration(since_answer)}"
    if not scheduler.alive:
        return _DEAD, "never started" if beat is None else f"last beat {fmt.duration(int(beat))} ago"
    return _RUNNING, "beat now" if beat is None or beat < 1 else f"beat {fmt.duration(int(beat))} ago"


class _Pair(QWidget):
    """A faint heading over a line of text."""

    def __init__(self, heading: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.heading = make_label(heading, "faint")
        self.top = QHBoxLayout()
        self.top.setSpacing(6)
        self.top.addWidget(self.heading)
        self.top.addStretch(1)
        self.text = make_label("–", "strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.top)
        column.addWidget(self.text)

    def say(self, text: str, tooltip: str) -> None:
        self.text.setText(text)
        self.setToolTip(tooltip)
        self.setAccessibleName(f"{self.heading.text()}: {text}")


class StatusStrip(QWidget):
    """Counts on between answers by the monotonic clock, so that a dead site is seen to grow old."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self._answer: Overview | None = None
        self._answered_at = 0.0
        self.monitor = StateLabel(theme, "strong", 16, "monitor")
        self.beat = make_label("", "faint", "beat")
        monitor = QVBoxLayout()
        monitor.setSpacing(0)
        monitor.addWidget(self.monitor)
        monitor.addWidget(self.beat)
        self.data = _Pair("Data as of", "data_as_of")
        self.clock = _Pair("Site clock", "site_clock")
        self.replay = make_label("REPLAY", "mark", "replay")
        self.replay.setToolTip("A demonstration: the site's clock replays the past.")
        self.replay.hide()
        self.clock.top.insertWidget(1, self.replay)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(22)
        row.addLayout(monitor)
        row.addWidget(self.data)
        row.addWidget(self.clock)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._draw)

    def show_overview(self, overview: Overview) -> None:
        self._answer, self._answered_at = overview, time.monotonic()
        self._timer.start()
        self._draw()

    def _draw(self) -> None:
        overview = self._answer
        if overview is None:
            return
        since = time.monotonic() - self._answered_at
        look, beat = monitor_words(overview.scheduler, since)
        self.monitor.set_look(look, f"Monitor {look.word if look is _DEAD else look.word.lower()}")
        self.monitor.setToolTip(f"Checks are scheduled {_ROLES.get(overview.scheduler.role, 'by nobody')}.")
        self.beat.setText(beat)
        now = overview.site_now if overview.is_demo else overview.site_now + timedelta(seconds=since)
        self._draw_times(overview, now)

    def _draw_times(self, overview: Overview, now: datetime) -> None:
        self.replay.setVisible(overview.is_demo)
        self.clock.say(
            fmt.instant(now) if overview.is_demo else f"{fmt.instant(now, seconds=True)[11:]} {fmt.zone_name(now)}",
            fmt.instant_full(now),
        )
        age = fmt.ago(overview.data_as_of, now)
        self.data.say(age if overview.data_as_of else "no data yet", fmt.instant_full(overview.data_as_of))
