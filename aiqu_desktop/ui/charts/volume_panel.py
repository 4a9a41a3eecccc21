"""Observations a day: the solid part of a bar is labelled, the hatched part is not and may never be."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush

from aiqu_desktop.ui.charts.drawing import Bars
from aiqu_desktop.ui.charts.panel import Key, Panel, plain
from aiqu_desktop.ui.charts.picture import Picture, Volume
from aiqu_desktop.ui.charts.thinning import extremes, pixel_columns
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.theme import Theme


class VolumePanel(Panel):
    """Bars of one day each; where a day is less than a pixel, the largest of the pixel."""

    name = "volume"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.title = "Observations a day"
        self.keys = (Key("labelled", "labelled"), Key("unlabelled", "no label yet"))
        self.volume: Volume | None = None
        self.unlabelled, self.labelled = Bars(), Bars()
        for item in (self.unlabelled, self.labelled):
            self.view.addItem(item, ignoreBounds=True)

    def set_picture(self, picture: Picture, metric: int) -> None:  # noqa: ARG002 - the same for every metric
        self.volume = picture.volume

    def draw(self, window: TimeWindow) -> None:
        volume = self.volume
        if volume is None:
            return
        columns = pixel_columns(volume.times, window.start, window.end, self.pixels)
        if columns.thinned:
            left = columns.centres - 0.5 * window.width / self.pixels
            step, gap = window.width / self.pixels, 0.0
            total, labelled = extremes(volume.total, columns)[1], extremes(volume.labelled, columns)[1]
        else:
            left, step = volume.times[columns.every] - 0.5 * volume.step, volume.step
            total, labelled = volume.total[columns.every], volume.labelled[columns.every]
            pixel = window.width / self.pixels
            gap = pixel if step > 5 * pixel else 0.0  # a hairline between bars that are wide enough to have one
        highest = float(total.max()) if total.size else 1.0
        self.show_range(window, *self.snap(0.0, max(highest, 1.0) * 1.05, plain))
        right = left + step - gap
        self.labelled.set_data(left, right, np.zeros(len(left)), labelled)
        self.unlabelled.set_data(left, right, labelled, total)

    def dress(self) -> None:
        ink = self.theme.colour("chart_axis")
        solid, light = self.theme.colour("chart_axis", 190), self.theme.colour("chart_axis", 40)
        self.labelled.brush = QBrush(solid)
        self.unlabelled.ground = QBrush(light)
        ink.setAlpha(120)
        self.unlabelled.brush = QBrush(ink, Qt.BrushStyle.BDiagPattern)
        self.labelled.update()
        self.unlabelled.update()
