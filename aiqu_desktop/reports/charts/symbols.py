"""The state of a model as a shape: each verdict has its own outline, so that it is read without colour."""

from __future__ import annotations

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.reports.charts.chart import Chart
from aiqu_desktop.reports.charts.palette import INK, MUTED, ORANGE
from aiqu_desktop.reports.charts.svg import Drawing, Point

_SIZE = 48.0
_GREEN = "#007a5a"  # Okabe-Ito's bluish green, darkened so that white on it has 4.5:1
_RED = "#b84a00"
STATE_WORDS = {
    Verdict.GOOD: "Good",
    Verdict.WARNING: "Warning",
    Verdict.BAD: "Bad",
    Verdict.UNKNOWN: "Unknown",
}


def state_symbol(state: Verdict) -> Chart:
    """A disc with a tick, a triangle with a bar and dot, an octagon with a cross, a diamond with a question mark."""
    words = f"State: {STATE_WORDS[state]}"
    drawing = Drawing(_SIZE, _SIZE, words)
    _DRAW[state](drawing)
    return Chart(str(drawing), words)


def _good(drawing: Drawing) -> None:
    drawing.circle((24, 24), 21, _GREEN)
    drawing.polyline([(14.5, 24.5), (21.5, 31.5), (34, 17.5)], "#ffffff", 4.2)


def _warning(drawing: Drawing) -> None:
    drawing.polygon([(24, 4), (46, 43), (2, 43)], ORANGE, ORANGE, 2)
    drawing.line((24, 17), (24, 30), INK, 4.2)
    drawing.circle((24, 36.2), 2.5, INK)


def _bad(drawing: Drawing) -> None:
    drawing.polygon(_octagon(24, 24, 22), _RED)
    drawing.line((16.5, 16.5), (31.5, 31.5), "#ffffff", 4.4)
    drawing.line((31.5, 16.5), (16.5, 31.5), "#ffffff", 4.4)


def _unknown(drawing: Drawing) -> None:
    corners: list[Point] = [(24, 3), (45, 24), (24, 45), (3, 24)]
    drawing.polygon(corners, "#ffffff", MUTED, 3.0)
    drawing.text((24, 32.5), "?", MUTED, 24, "middle", 700)


def _octagon(x: float, y: float, reach: float) -> list[Point]:
    cut = reach * 0.41421
    return [
        (x - cut, y - reach), (x + cut, y - reach), (x + reach, y - cut), (x + reach, y + cut),
        (x + cut, y + reach), (x - cut, y + reach), (x - reach, y + cut), (x - reach, y - cut),
    ]  # fmt: skip


_DRAW = {Verdict.GOOD: _good, Verdict.WARNING: _warning, Verdict.BAD: _bad, Verdict.UNKNOWN: _unknown}
