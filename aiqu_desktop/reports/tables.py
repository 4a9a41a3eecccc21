"""The rows of the report's tables: cells are strings, or a main text with a quieter line beneath it.

The template owns columns, widths and headings; here is only what stands in the cells.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.words import Priority, ReleaseKind, ReleaseState
from aiqu_desktop.reports.charts.palette import PRIORITY_MARKS
from aiqu_desktop.reports.charts.runs import has_value
from aiqu_desktop.reports.history import AlarmEntry, ReleaseEntry, Response
from aiqu_desktop.reports.model_report import ModelReport
from aiqu_desktop.reports.numerals import (
    NONE,
    amount,
    day,
    duration,
    instant,
    interval,
    number,
    percent,
    probability,
    short_hash,
    whole,
)
from aiqu_desktop.reports.series import FeatureDrift

Cell = str | dict[str, Any]
Row = list[Cell]

NEWEST_WINDOWS = 8
_BAR_END = 3.0  # limits; a bar that is longer is cut and marked

_STATES = {
    ReleaseState.COMPLETED: "Completed",
    ReleaseState.REVERTED: "Reverted",
    ReleaseState.UNKNOWN: "Outcome unknown",
    ReleaseState.INTENDED: "Unfinished",
    ReleaseState.STAGED: "Unfinished",
    ReleaseState.SWITCHED: "Unfinished",
}
_ORDER = list(Priority)


def newest_window_rows(report: ModelReport) -> list[Row]:
    """The newest windows of the primary metric, newest first: end, value, band, n, distance to the limit."""
    if not report.performance:
        return []
    series = report.performance[0]
    newest = sorted(series.points, key=lambda p: p.time, reverse=True)[:NEWEST_WINDOWS]
    rows: list[Row] = []
    for point in newest:
        if point.value is None or not has_value(point):
            kind, margin = "no value", NONE
        else:
            kind = "estimated" if point.estimated else "realised"
            margin = _margin(point.value, series.limit, series.quantity.higher_is_better, series.quantity.is_share)
        value = amount(point.value, series.quantity)
        band = interval(point.low, point.high, series.quantity) or NONE
        rows.append([instant(point.time), kind, value, band, whole(point.n), margin])
    return rows


def drift_rows(features: tuple[FeatureDrift, ...]) -> list[Row]:
    """Name, effect with a bar in limits, limit, p, q, weight, verdict; the measure too where features differ in it."""
    rows: list[Row] = []
    common = common_measure(features)
    for f in features:
        ratio = f.effect / f.limit if f.limit > 0 and math.isfinite(f.effect) else 0.0
        rows.append(
            [
                _lines(f.name, "" if common else f.measure),
                number(f.effect),
                number(f.limit),
                {"bar": min(ratio, _BAR_END) / _BAR_END, "limit": 1 / _BAR_END, "beyond": ratio >= 1},
                probability(f.p_value),
                probability(f.q_value),
                percent(f.importance),
                {"text": "drifted" if f.drifted else "within", "mark": "beyond" if f.drifted else "within"},
            ]
        )
    return rows


def common_measure(features: tuple[FeatureDrift, ...]) -> str:
    """The measure that all features share; "" where they differ."""
    measures = {f.measure for f in features}
    return measures.pop() if len(measures) == 1 else ""


def alarm_rows(alarms: tuple[AlarmEntry, ...]) -> list[Row]:
    """The newest first: priority, message with the answer beneath, onset, raised, returned."""
    ordered = sorted(alarms, key=lambda a: (-as_utc(a.activated).timestamp(), _ORDER.index(a.priority), a.message))
    rows: list[Row] = []
    for alarm in ordered:
        letter, fill, ink = PRIORITY_MARKS[alarm.priority]
        badge = {"badge": letter, "fill": fill, "ink": ink, "text": alarm.priority.value}
        returned: Cell = (
            _moment(alarm.returned, alarm.returned - alarm.activated)
            if alarm.returned
            else {"text": "standing", "strong": True}
        )
        rows.append(
            [badge, _lines(alarm.message, _answer(alarm)), _moment(alarm.onset), _moment(alarm.activated), returned]
        )
    return rows


def response_rows(responses: tuple[Response, ...]) -> list[Row]:
    """What degraded, onset, onset → alarm, alarm → action, the switch itself."""
    return [
        [
            _lines(r.what, r.action),
            _moment(r.onset),
            duration(r.detected - r.onset),
            duration(r.acted - r.detected if r.acted else None),
            duration(r.rollback),
        ]
        for r in sorted(responses, key=lambda r: as_utc(r.onset), reverse=True)
    ]


def release_rows(releases: tuple[ReleaseEntry, ...]) -> list[Row]:
    """The newest first: what, who and why, when, outcome with its proof."""
    rows: list[Row] = []
    for r in sorted(releases, key=lambda r: as_utc(r.started), reverse=True):
        word, change = r.kind.value.capitalize(), _change(r)
        people = f"by {r.requested_by or 'a person not recorded'}"
        if r.approved_by:
            people += f", approved by {r.approved_by}"
        if r.overridden:
            people += f"; OVERRIDE of failed gates: {', '.join(r.overridden)}"
        golden = f"golden cases {r.golden_passed} of {r.golden_total}" if r.golden_total else "golden cases not run"
        if r.kind is ReleaseKind.STOP:
            done = r.state is ReleaseState.COMPLETED
            golden = "seen to answer nothing" if done else "not proven that nothing answered"
        took = f" in {duration(timedelta(seconds=r.seconds))}" if r.seconds is not None else ""
        rows.append(
            [
                {"arrow": r.kind.value, "text": change, "sub": word},
                _lines(r.reason or "No reason recorded", people),
                _moment(r.started),
                {
                    "text": _STATES[r.state] + took,
                    "sub": golden,
                    "mono": short_hash(r.digest) if r.digest else "",
                    "strong": r.state is not ReleaseState.COMPLETED,
                },
            ]
        )
    return rows


def _change(r: ReleaseEntry) -> str:
    if r.kind is ReleaseKind.STOP:
        return f"v{r.to_version} → nothing"
    if r.kind is ReleaseKind.RESUME:
        return f"stopped → v{r.to_version}"
    return f"v{r.from_version} → v{r.to_version}" if r.from_version is not None else f"first, v{r.to_version}"


def issue_rows(report: ModelReport) -> list[Row]:
    """Problem, column, rows, share of what arrived; the most rows first."""
    arrived = report.data.observations + report.data.quarantined
    ordered = sorted(report.data.issues, key=lambda i: (-i.rows, i.column, i.problem))
    return [
        [i.problem, i.column or "whole file", whole(i.rows), percent(i.rows / arrived if arrived else None, 2)]
        for i in ordered
    ]


def check_rows(report: ModelReport) -> list[Row]:
    """Check, done, failed, missed, newest result."""
    return [[c.kind.value, whole(c.done), _count(c.failed), _count(c.missed), instant(c.newest)] for c in report.checks]


def _count(count: int) -> Cell:
    return {"text": whole(count), "strong": True} if count else whole(0)


def _answer(alarm: AlarmEntry) -> str:
    if alarm.acknowledged is None:
        return "Not acknowledged"
    who = alarm.acknowledged_by or "a person not recorded"
    after = duration(alarm.acknowledged - alarm.activated)
    note = f": {alarm.note}" if alarm.note else ""
    return f"Acknowledged by {who} after {after}{note}"


def _margin(value: float, limit: float | None, higher_is_better: bool, is_share: bool) -> str:
    """How far inside (+) or beyond (−) the limit, in percentage points for a share."""
    if limit is None or not math.isfinite(value):
        return NONE
    room = value - limit if higher_is_better else limit - value
    size = f"{abs(room) * 100:.1f} pp" if is_share else number(abs(room))
    return ("+" if room >= 0 else "−") + size


def _moment(moment: datetime | None, took: timedelta | None = None) -> Cell:
    """Day over time of day, and how long it took where that is given."""
    if moment is None:
        return NONE
    clock = f"{as_utc(moment):%H:%M} UTC"
    return {"text": day(moment), "sub": clock if took is None else f"{clock}, {duration(took)}"}


def _lines(text: str, beneath: str) -> Cell:
    return {"text": text, "sub": beneath} if beneath else text
