"""A rehearsal's replay made ready to draw and to read. Pure; the instants are seconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.services.views import HeatMap, Mark, RehearsalRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.charts import gaps
from aiqu_desktop.ui.charts.picture import Curve, Picture, Volume, lower_is_better
from aiqu_desktop.ui.charts.reading import Reading
from aiqu_desktop.ui.charts.readout import Cell
from aiqu_desktop.ui.states import metric_title

Floats = npt.NDArray[np.float64]
_NONE = np.empty(0)


def is_share(row: RehearsalRow) -> bool:
    """Whether its figure is a share that is written in per cent."""
    return row.kind is CheckKind.DRIFT


def figure_title(row: RehearsalRow) -> str:
    """The figure that the limit is held against."""
    return "Drifted share" if is_share(row) else metric_title(str(row.rehearsal["settings"].get("metric", "")))


def figure(row: RehearsalRow, value: float | None) -> str:
    """A value of it as the screen writes it."""
    return fmt.percent(value, 1) if is_share(row) else fmt.number(value)


def picture_of(row: RehearsalRow) -> Picture:
    """The replayed figure with its limit, and the alarms that would have rung."""
    made = row.rehearsal
    times, values = np.array(made["times"], float), np.array(made["values"], float)
    limit = np.full(len(times), float(made["limit"]))
    times, values, limit = gaps.break_gaps(times, values, limit)
    above = is_share(row) or lower_is_better(str(made["settings"].get("metric", "")))
    no = np.full(len(times), np.nan)
    ends = np.array([made["start"], made["end"]], float)
    held = np.full(2, float(made["limit"]))
    wedge = gaps.beyond(times, values, limit, above=above)
    curve = Curve(figure_title(row), "", times, values, no, no, limit, no, no, wedge, (ends, held), above)
    empty = Curve("", "", *(_NONE,) * 7, wedge=(_NONE,) * 3, limit_line=(_NONE,) * 2, above=above)
    marks = tuple(_mark(row, alarm) for alarm in made["alarms"])
    return Picture(
        metrics=(curve,),
        drift=empty,
        volume=Volume(_NONE, _NONE, _NONE, _NONE, 86_400.0),
        heat=HeatMap((), _NONE, np.empty((0, 0)), np.empty((0, 0), np.bool_)),
        marks=marks,
        mark_times=np.array([mark.at.timestamp() for mark in marks]),
        served=(),
        accepted=(),
        unlabelled=(),
        stale=None,
        first=float(made["start"]),
        now=float(made["end"]),
        standing=tuple(_standing(made, alarm) for alarm in made["alarms"]),
    )


def cells_at(picture: Picture, metric: int, reading: Reading, *, newest: bool) -> tuple[Cell, ...]:
    """The read-out of the replay: when, the figure against its limit, and whether an alarm stands."""
    curve, point = picture.metrics[metric], reading.metric
    moment = datetime.fromtimestamp(reading.at, UTC)
    when = Cell("Last answer" if newest else "At the cursor", f"{moment:%Y-%m-%d}", f"{moment:%H:%M UTC}", room=1.1)
    write = fmt.percent if curve.title == "Drifted share" else fmt.number
    if point is None:
        what = Cell(curve.title, fmt.NOTHING, "no answer", "ink_muted", room=1.6)
    else:
        side = ("above" if curve.above else "below") if point.wrong else ""
        detail = f"{side} limit {write(point.limit)}".strip()
        what = Cell(curve.title, write(point.value), detail, "alarm" if point.wrong else "ink", room=1.6)
    at, last = reading.at, picture.now  # what stands at the end of the replay still stands
    since = next((start for start, end in picture.standing if start <= at and (at < end or end >= last)), None)
    if since is None:
        return when, what, Cell("Alarm", "none", "", room=1.6)
    began = datetime.fromtimestamp(since, UTC)
    return when, what, Cell("Alarm", "stands", f"since {began:%Y-%m-%d}", "alarm", room=1.6)


def facts_of(row: RehearsalRow) -> tuple[Cell, ...]:
    """The figures that decide: alarms in the past, false alarms, checks without an answer, data a day."""
    made = row.rehearsal
    yearly, false = made.get("alarms_a_year"), made["false_alarms_a_year"]
    rang = Cell("Alarms in the past", f"{len(made['alarms'])}",
                "" if yearly is None else f"{fmt.number(yearly, 2)} a year", room=1.1)  # fmt: skip
    budget = made["settings"].get("false_alarm_years")
    if false is None:
        quiet = Cell("False alarms", fmt.NOTHING, "nothing healthy to try it on", "unknown", room=1.7)
    else:
        tried = f"in {fmt.number(made['years_tried'], 1)} undisturbed years tried"
        over = budget is not None and false > 1.0 / budget
        detail = f"above the budget, {tried}" if over else tried
        quiet = Cell(
            "False alarms",
            f"{fmt.number(false, 2 if false else 0)} a year",
            detail,
            "warning" if over else "ink",
            room=1.7,
        )
    silent = Cell("Checks without an answer", f"{made['unanswered']} of {made['asked']}",
                  "too little data" if made["unanswered"] else "", room=1.3)  # fmt: skip
    what = "Labels a day" if row.kind is CheckKind.PERFORMANCE else "Observations a day"
    return rang, quiet, silent, Cell(what, fmt.number(made["rows_a_day"], 1), "on average", room=1.0)


def _standing(made: dict[str, Any], alarm: dict[str, float]) -> tuple[float, float]:
    """From when to when it stands: one that nothing cleared ends with its version, or with the replay."""
    others = (other["at"] for other in made["alarms"] if other["version"] != alarm["version"])
    later = min((at for at in others if at > alarm["at"]), default=made["end"])
    end = later if alarm["cleared_at"] is None else alarm["cleared_at"]
    return float(alarm["at"]), float(end)


def _mark(row: RehearsalRow, alarm: dict[str, float]) -> Mark:
    at = datetime.fromtimestamp(alarm["at"], UTC)
    ended = alarm["cleared_at"]
    until = "still stood at the end" if ended is None else f"stood until {datetime.fromtimestamp(ended, UTC):%Y-%m-%d}"
    value = f"{figure_title(row)} {figure(row, alarm['value'])}"
    return Mark(at, "rehearsed", f"v{alarm['version']}", f"{value} with version {alarm['version']}; it {until}.")
