"""The strip above a chart that says what happened when: releases as flags, alarms as bars from start to return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiqu_desktop.core.words import Priority, ReleaseKind, ReleaseState
from aiqu_desktop.reports.charts.chart import Frame
from aiqu_desktop.reports.charts.palette import INK, MUTED, PRIORITY_MARKS, SILENCE_LINE
from aiqu_desktop.reports.charts.svg import Drawing, text_width
from aiqu_desktop.reports.history import AlarmEntry, ReleaseEntry

LANE = 10.0
MOST_LANES = 3
_LABEL = 6.5
_ROOM = 66.0  # to the right of the plot, for the label of a release at its end
_BADGE = 4.0  # half the width of an alarm's badge

Event = TypeVar("Event")
Lanes = tuple[tuple[Event, ...], ...]
_PRIORITIES = list(Priority)


@dataclass(frozen=True, slots=True)
class Strip:
    """The events of the shown span in lanes in which none lies over another, and how many found no lane."""

    releases: Lanes[ReleaseEntry]
    alarms: Lanes[AlarmEntry]
    releases_left_out: int
    alarms_left_out: int

    @property
    def height(self) -> float:
        return LANE * (len(self.releases) + len(self.alarms))


def lay_out(releases: Sequence[ReleaseEntry], alarms: Sequence[AlarmEntry], frame: Frame) -> Strip:
    """Give each event of the frame's span a lane; where MOST_LANES do not do, the more urgent alarms have them."""
    shown = [r for r in sorted(releases, key=lambda r: r.started) if frame.start <= r.started <= frame.end]
    raised = [a for a in alarms if a.activated <= frame.end and (a.returned is None or a.returned >= frame.start)]
    raised.sort(key=lambda a: (_PRIORITIES.index(a.priority), a.activated))
    release_lanes, releases_left = _lanes(shown, lambda r: _release_span(r, frame))
    alarm_lanes, alarms_left = _lanes(raised, lambda a: _alarm_span(a, frame))
    return Strip(release_lanes, alarm_lanes, releases_left, alarms_left)


def draw_strip(drawing: Drawing, strip: Strip, frame: Frame, top: float) -> None:
    """Draw `strip` from `top` down over the plot area `frame`, whose time axis it shares."""
    y = top
    if strip.releases:
        drawing.text((frame.left - 5, y + 7), "releases", MUTED, _LABEL, "end")
    for lane in strip.releases:
        for release in lane:
            _draw_release(drawing, release, frame, y)
        y += LANE
    _draw_left_out(drawing, strip.releases_left_out, frame, y)
    if strip.alarms:
        drawing.text((frame.left - 5, y + 7), "alarms", MUTED, _LABEL, "end")
    for alarms in strip.alarms:
        for alarm in alarms:
            _draw_alarm(drawing, alarm, frame, y)
        y += LANE
    _draw_left_out(drawing, strip.alarms_left_out, frame, y)


def release_label(release: ReleaseEntry) -> str:
    """ "v3"; for a rollback "back to v2", for a stop "v3 stopped"; for one that did not come through "v3 reverted"."""
    version = f"v{release.to_version}"
    label = {ReleaseKind.ROLLBACK: f"back to {version}", ReleaseKind.STOP: f"{version} stopped"}.get(
        release.kind, version
    )
    return label if release.state is ReleaseState.COMPLETED else f"{label} {release.state.value}"


def _lanes(events: Sequence[Event], span: Callable[[Event], tuple[float, float]]) -> tuple[Lanes[Event], int]:
    """Each event into the first lane where its span on paper is free; and the number of those without one."""
    lanes: list[list[Event]] = []
    left_out = 0
    for event in events:
        left, right = span(event)
        for lane in lanes:
            if all(right < span(other)[0] or left > span(other)[1] for other in lane):
                lane.append(event)
                break
        else:
            if len(lanes) < MOST_LANES:
                lanes.append([event])
            else:
                left_out += 1
    return tuple(tuple(lane) for lane in lanes), left_out


def _release_span(release: ReleaseEntry, frame: Frame) -> tuple[float, float]:
    """Triangle and label; the label stands to the left where there is no room on the right."""
    x, wide = frame.x(release.started), text_width(release_label(release), _LABEL) + 6
    return (x - 4, x + wide) if x + wide <= frame.right + _ROOM else (x - wide, x + 4)


def _alarm_span(alarm: AlarmEntry, frame: Frame) -> tuple[float, float]:
    start = frame.x(alarm.activated)
    stop = frame.x(alarm.returned) if alarm.returned else frame.right + 5
    return start - _BADGE, max(stop, start + _BADGE)


def _draw_release(drawing: Drawing, release: ReleaseEntry, frame: Frame, y: float) -> None:
    """A triangle up for what goes live, one down for a rollback, a square for a stop; hollow when not done."""
    x = frame.x(release.started)
    drawing.line((x, y + 8), (x, frame.bottom), SILENCE_LINE, 0.6, "1.5 1.5")
    tip, base = (y + 7.5, y + 1.5) if release.kind is ReleaseKind.ROLLBACK else (y + 1.5, y + 7.5)
    fill = INK if release.state is ReleaseState.COMPLETED else "#ffffff"
    if release.kind is ReleaseKind.STOP:
        drawing.polygon([(x - 3, y + 1.5), (x + 3, y + 1.5), (x + 3, y + 7.5), (x - 3, y + 7.5)], fill, INK, 0.7)
    else:
        drawing.polygon([(x, tip), (x - 3.2, base), (x + 3.2, base)], fill, INK, 0.7)
    left, _ = _release_span(release, frame)
    if left == x - 4:
        drawing.text((x + 5, y + 7), release_label(release), INK, _LABEL)
    else:
        drawing.text((x - 5, y + 7), release_label(release), INK, _LABEL, "end")


def _draw_alarm(drawing: Drawing, alarm: AlarmEntry, frame: Frame, y: float) -> None:
    letter, fill, ink = PRIORITY_MARKS[alarm.priority]
    start = frame.x(alarm.activated)
    stop = frame.x(alarm.returned) if alarm.returned else frame.right
    drawing.rectangle((start, y + 3), stop - start, 3, fill)
    if alarm.returned is None:
        drawing.polygon([(stop, y + 1.5), (stop + 5, y + 4.5), (stop, y + 7.5)], fill)
    drawing.rectangle((start - _BADGE, y + 0.5), 2 * _BADGE, 8, fill, "#ffffff", 1.5)
    drawing.text((start, y + 6.8), letter, ink, 6.0, "middle", 700)


def _draw_left_out(drawing: Drawing, count: int, frame: Frame, y: float) -> None:
    if count:
        drawing.text((frame.right + 10, y - 3), f"and {count} more", MUTED, _LABEL)
