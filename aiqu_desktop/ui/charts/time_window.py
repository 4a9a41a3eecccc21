"""The one stretch of time that all charts of a column show, and whether it follows the site's clock."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

DAY = 86_400.0
_SPARE = 0.015  # air after the newest point, as a share of the width
SHORTEST = 600.0  # ten minutes: below that a chart of hourly answers shows nothing


@dataclass(frozen=True, slots=True)
class Preset:
    """`seconds` None means everything that there is."""

    key: str
    seconds: float | None


PRESETS = (
    Preset("24h", DAY),
    Preset("7d", 7 * DAY),
    Preset("30d", 30 * DAY),
    Preset("90d", 90 * DAY),
    Preset("all", None),
)


class TimeWindow(QObject):
    """Start and end in seconds since 1970; every change goes through here, so that all charts stay linked.

    Live follows the newest instant with the chosen width. Moving by hand pauses: the picture then stands still until
    the reader goes live again.
    """

    changed = Signal()
    live_changed = Signal(bool)
    preset_changed = Signal(str)  # "" when the width was chosen by hand

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.start = 0.0
        self.end = DAY
        self.first = 0.0  # oldest instant of the data
        self.now = DAY  # newest instant: the site's clock
        self.live = True
        self.preset = "all"

    @property
    def width(self) -> float:
        return self.end - self.start

    def set_extent(self, first: float, now: float) -> None:
        """Say from when to when there is something to see; while live the view follows."""
        self.first, self.now = first, max(now, first + SHORTEST)
        if self.live:
            self._follow()

    def choose(self, key: str) -> None:
        """Show a preset's span up to now and go live."""
        self._set_preset(key)
        self.set_live(True)
        self._follow()

    def set_live(self, live: bool) -> None:
        """Follow the clock, or let the picture stand still."""
        if live != self.live:
            self.live = live
            self.live_changed.emit(live)
            if live:
                self._follow()

    def show(self, start: float, end: float) -> None:
        """Look at a span of one's own; pauses."""
        self._set_preset("")
        self.set_live(False)
        self._move(start, end)

    def zoom(self, factor: float, anchor: float | None = None) -> None:
        """Show `factor` times the present width; the instant `anchor` (None: the middle) keeps its place."""
        widest = (self.now - self.first) * 1.5
        width = min(max(self.width * factor, SHORTEST), max(widest, SHORTEST))
        at = 0.5 * (self.start + self.end) if anchor is None else anchor
        share = (at - self.start) / self.width
        self.show(at - share * width, at + (1 - share) * width)

    def pan(self, share: float) -> None:
        """Move by `share` of the width; positive is later."""
        self.pan_seconds(share * self.width)

    def pan_seconds(self, seconds: float) -> None:
        """Move by `seconds`, but keep a tenth of the view on the data."""
        margin = 0.1 * self.width
        seconds = min(max(seconds, self.first + margin - self.end), self.now - margin - self.start)
        self.show(self.start + seconds, self.end + seconds)

    def _follow(self) -> None:
        seconds = next((p.seconds for p in PRESETS if p.key == self.preset), self.width / (1 + _SPARE))
        if seconds is None:
            spare = _SPARE * (self.now - self.first)
            self._move(self.first - spare, self.now + spare)
        else:
            self._move(self.now - seconds, self.now + _SPARE * seconds)

    def _set_preset(self, key: str) -> None:
        if key != self.preset:
            self.preset = key
            self.preset_changed.emit(key)

    def _move(self, start: float, end: float) -> None:
        if end - start < SHORTEST:  # never a span of nothing: everything divides by it
            middle = 0.5 * (start + end)
            start, end = middle - SHORTEST / 2, middle + SHORTEST / 2
        if (start, end) != (self.start, self.end):
            self.start, self.end = start, end
            self.changed.emit()
