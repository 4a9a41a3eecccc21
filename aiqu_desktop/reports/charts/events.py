"""The strip above a chart that says what happened when: releases as flags, alarms as bars from start to return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.reports.charts.chart import Frame
from aiqu_desktop.reports.charts.palette import INK, MUTED, PRIORITY_MARKS, SILENCE_LINE
from aiqu_desktop.reports.charts.svg import Drawing, text_width
from aiqu_desktop.reports.history import AlarmEntry, ReleaseEntry

LANE = 10.0
MOST_ALARM_LANES = 3
_LABEL = 6.5


@dataclass(frozen=True, slots=True)
class Strip:
    """The events of the shown span, laid out: releases in one lane, alarms in as many as they overlap."""

    releases: tuple[ReleaseEntry, ...]
    alarm_lanes: tuple[tuple[AlarmEntry, ...], ...]

    @property
    def height(self) -> float:
        return LANE * ((1 if self.releases else 0) + len(self.alarm_lanes))


def lay_out(releases: Sequence[ReleaseEntry], alarms: Sequence[AlarmEntry], start: datetime, end: datetime) -> Strip:
    """Keep what touches [start, end] and give overlapping alarms lanes of their own; beyond the third they share it."""
    shown = tuple(r for r in sorted(releases, key=lambda r: r.started) if start <= r.started <= end)
    lanes: list[list[AlarmEntry]] = []
    for alarm in sorted(alarms, key=lambda a: a.activated):
        if alarm.activated > end or (alarm.returned is not None and alarm.returned < start):
            continue
        free = next((lane for lane in lanes if _over(lane[-1], alarm.activated)), None)
        if free is None and len(lanes) == MOST_ALARM_LANES:
            free = lanes[-1]
        if free is None:
            lanes.append([alarm])
        else:
            free.append(alarm)
    return Strip(shown, tuple(tuple(lane) for lane in lanes))


def draw_strip(drawing: Drawing, strip: Strip, frame: Frame, top: float) -> None:
    """Draw `strip` from `top` down over the plot area `frame`, whose time axis it shares."""
    y = top
    if strip.releases:
        drawing.text((frame.left - 5, y + 7), "releases", MUTED, _LABEL, "end")
        _draw_releases(drawing, strip.releases, frame, y)
        y += LANE
    for index, lane in enumerate(strip.alarm_lanes):
        if index == 0:
            drawing.text((frame.left - 5, y + 7), "alarms", MUTED, _LABEL, "end")
        for alarm in lane:
            _draw_alarm(drawing, alarm, frame, y)
        y += LANE


def release_label(release: ReleaseEntry) -> str:
    """ "v3", for a rollback "back to v2"."""
    return f"v{release.to_version}" if release.kind is ReleaseKind.PROMOTION else f"back to v{release.to_version}"


def _draw_releases(drawing: Drawing, releases: Sequence[ReleaseEntry], frame: Frame, y: float) -> None:
    """An upward triangle for a promotion, a downward one for a rollback, hollow when it did not complete."""
    occupied = float("-inf")
    for release in releases:
        x = frame.x(release.started)
        drawing.line((x, y + LANE - 2), (x, frame.bottom), SILENCE_LINE, 0.6, "1.5 1.5")
        tip, base = (y + 1.5, y + 7.5) if release.kind is ReleaseKind.PROMOTION else (y + 7.5, y + 1.5)
        fill = INK if release.state is ReleaseState.COMPLETED else "#ffffff"
        drawing.polygon([(x, tip), (x - 3.2, base), (x + 3.2, base)], fill, INK, 0.7)
        label = release_label(release)
        wide = text_width(label, _LABEL)
        if x - 4 < occupied:
            continue  # the releases table names every one; overlapping labels name none
        if x + 5 + wide <= frame.right + 70:
            drawing.text((x + 5, y + 7), label, INK, _LABEL)
            occupied = x + 8 + wide


def _draw_alarm(drawing: Drawing, alarm: AlarmEntry, frame: Frame, y: float) -> None:
    letter, fill, ink = PRIORITY_MARKS[alarm.priority]
    start = frame.x(alarm.activated)
    stop = frame.x(alarm.returned) if alarm.returned else frame.right
    drawing.rectangle((start, y + 3), stop - start, 3, fill)
    if alarm.returned is None:
        drawing.polygon([(stop, y + 2), (stop + 4, y + 4.5), (stop, y + 7)], fill)
    drawing.rectangle((start - 4, y + 0.5), 8, 8, fill, "#ffffff", 1.5)
    drawing.text((start, y + 6.8), letter, ink, 6.0, "middle", 700)


def _over(alarm: AlarmEntry, moment: datetime) -> bool:
    return alarm.returned is not None and alarm.returned < moment
