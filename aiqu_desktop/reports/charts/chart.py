"""What a chart is to the page, and the frame that maps instants and values to points on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.reports.charts.palette import AXIS, GRID, MUTED
from aiqu_desktop.reports.charts.svg import Drawing
from aiqu_desktop.reports.charts.ticks import date_ticks, number_ticks, tick_labels

WIDTH = 482.0  # the text width of an A4 page with margins of 20 mm, in points
SMALL = 7.0


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: SVG text and what to read out to someone who cannot see it."""

    svg: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area: its box on paper in points, and the instants and values at its edges."""

    left: float
    top: float
    width: float
    height: float
    start: datetime
    end: datetime
    low: float
    high: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def x(self, moment: datetime) -> float:
        """Where an instant lies, clamped to the box."""
        span = (self.end - self.start).total_seconds()
        share = (as_utc(moment) - self.start).total_seconds() / span if span else 0.5
        return self.left + self.width * min(1.0, max(0.0, share))

    def y(self, value: float) -> float:
        """Where a value lies, clamped to the box."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.bottom - self.height * min(1.0, max(0.0, share))


def draw_value_axis(drawing: Drawing, frame: Frame, scale: float = 1.0, at_most: int = 5) -> None:
    """Grid lines and numbers at round values; `scale` 100 prints shares in per cent."""
    ticks = number_ticks(frame.low, frame.high, at_most)
    for tick, label in zip(ticks, tick_labels(ticks, scale), strict=True):
        y = frame.y(tick)
        drawing.line((frame.left, y), (frame.right, y), GRID, 0.6)
        drawing.text((frame.left - 5, y + 2.5), label, MUTED, SMALL, "end")


def draw_date_axis(drawing: Drawing, frame: Frame, foot: float, grid: bool = True) -> None:
    """Round moments along the foot of the chart, with grid lines through `frame` down to `foot`."""
    drawing.line((frame.left, foot), (frame.right, foot), AXIS, 0.7)
    for moment, label, around in date_ticks(frame.start, frame.end, at_most=max(4, int(frame.width / 42))):
        x = frame.x(moment)
        if grid:
            drawing.line((x, frame.top), (x, foot), GRID, 0.6)
        drawing.line((x, foot), (x, foot + 3), AXIS, 0.7)
        drawing.text((x, foot + 11), label, MUTED, SMALL, "middle")
        if around:
            drawing.text((x, foot + 20), around, MUTED, SMALL, "middle", 600)
