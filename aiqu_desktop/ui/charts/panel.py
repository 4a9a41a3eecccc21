"""One chart of the column: a view box that shares the time axis, its value axis, its title and its tags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from aiqu_desktop.ui.charts.picture import Picture
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.charts.value_ticks import decimals, nice_ticks
from aiqu_desktop.ui.formatting import number, percent
from aiqu_desktop.ui.theme import Theme

TICK_SPACING = 30  # pixels between two labels of a value axis, at least


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a chart's legend: how it is drawn (`glyph`) and what it means."""

    glyph: str
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A value named in the right margin. token: palette colour; strong: filled."""

    value: float
    text: str
    token: str
    strong: bool = False


class Panel:
    """Base of the charts. `draw` is called for each change of view, `set_picture` for each change of data."""

    name = ""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.view = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.view.disableAutoRange()
        self.view.setBorder(None)
        self.title = ""
        self.keys: tuple[Key, ...] = ()
        self.ticks: tuple[tuple[float, str], ...] = ()
        self.tags: tuple[Tag, ...] = ()
        self.low, self.high = 0.0, 1.0
        self.shown = True

    def set_picture(self, picture: Picture, metric: int) -> None:
        """Take new data; nothing is drawn before `draw`."""
        raise NotImplementedError

    def draw(self, window: TimeWindow) -> None:
        """Bring the items to the shown span of time."""
        raise NotImplementedError

    def dress(self) -> None:
        """Take pens and brushes from the theme."""
        raise NotImplementedError

    def rect(self) -> QRectF:
        """The plot area in scene pixels."""
        return self.view.sceneBoundingRect()

    @property
    def pixels(self) -> int:
        return max(1, int(self.rect().width()))

    def y_at(self, value: float) -> float:
        """The scene pixel of a value."""
        rect = self.rect()
        return rect.bottom() - (value - self.low) / (self.high - self.low) * rect.height()

    def value_at(self, y: float) -> float:
        """The value at a scene pixel."""
        rect = self.rect()
        return self.low + (rect.bottom() - y) / max(rect.height(), 1.0) * (self.high - self.low)

    def show_range(self, window: TimeWindow, low: float, high: float) -> None:
        """Set both axes; no animation, no padding."""
        self.low, self.high = low, high
        self.view.setRange(QRectF(window.start, low, window.width, high - low), padding=0.0, disableAutoRange=True)

    def snap(self, low: float, high: float, text: Callable[[float, int], str]) -> tuple[float, float]:
        """Widen [low, high] to half ticks and label them, so that the axis rests while the view moves."""
        most = max(2, int(self.rect().height() // TICK_SPACING))
        ticks = nice_ticks(low, high, most)
        if len(ticks) > 1:
            half = (ticks[1] - ticks[0]) / 2
            low, high = np.floor(low / half + 1e-6) * half, np.ceil(high / half - 1e-6) * half
            first = np.ceil(low / (2 * half) - 1e-6)
            ticks = tuple(round((first + k) * 2 * half, 12) for k in range(int((high - low) / (2 * half) + 1.001)))
            ticks = tuple(tick for tick in ticks if tick <= high + 1e-9)
        places = decimals(ticks)
        self.ticks = tuple((tick, text(tick, places)) for tick in ticks)
        return float(low), float(high)


def plain(value: float, places: int) -> str:
    """A tick of a plain number."""
    return number(value, places)


def share(value: float, places: int) -> str:
    """A tick of a share, as per cent."""
    return percent(value, max(0, places - 2))
