"""Print colours on white: Okabe and Ito's set (2008), which the colour-blind can tell apart, and their tints."""

from __future__ import annotations

from aiqu_desktop.core.words import Priority

INK = "#1b2127"
MUTED = "#56606b"
AXIS = "#8d97a1"
GRID = "#e4e8ec"
SILENCE = "#f0f1f3"
SILENCE_LINE = "#c3c9cf"

BLUE = "#0072b2"
BLUE_TINT = "#cfe3f1"
PURPLE = "#a8477c"  # Okabe-Ito's reddish purple, darkened to 4.5:1 on white
PURPLE_TINT = "#f1dfe9"
VERMILLION = "#d55e00"
ORANGE = "#e69f00"
SKY = "#56b4e9"
BAR = "#b9c2cb"

# Letter and colour of a priority; the letter carries the meaning where the colour is lost. (fill, ink on it)
PRIORITY_MARKS: dict[Priority, tuple[str, str, str]] = {
    Priority.CRITICAL: ("C", "#8f2d00", "#ffffff"),
    Priority.HIGH: ("H", VERMILLION, "#ffffff"),
    Priority.MEDIUM: ("M", ORANGE, INK),
    Priority.LOW: ("L", SKY, INK),
}

# Heat map: (upper end of the class in limits, fill, the mark drawn on it)
HEAT_CLASSES: tuple[tuple[float, str, str], ...] = (
    (0.25, "#f5f7f9", ""),
    (0.5, "#dbe7f0", ""),
    (1.0, "#a9c9e0", ""),
    (2.0, "#f0b04d", "dot"),
    (float("inf"), "#c84f00", "cross"),
)
