"""All charts in one scene: the layout, and one way to draw them for a picture and a window of time."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from aiqu_desktop.services.views import Mark
from aiqu_desktop.ui.charts.cursor import Crosshair
from aiqu_desktop.ui.charts.curve_panel import DriftPanel, MetricPanel
from aiqu_desktop.ui.charts.flag_strip import FlagStrip
from aiqu_desktop.ui.charts.heat_panel import HeatPanel
from aiqu_desktop.ui.charts.panel import Panel
from aiqu_desktop.ui.charts.picture import Picture
from aiqu_desktop.ui.charts.reading import Reading, read_at, read_newest, snap
from aiqu_desktop.ui.charts.scenery import Front, Ground, margins
from aiqu_desktop.ui.charts.strips import TITLE_HEIGHT, RibbonStrip, TimeStrip, TitleStrip
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.charts.volume_panel import VolumePanel
from aiqu_desktop.ui.theme import Theme

FRAME_MS = 16  # changes of view are drawn at most so often
STRETCH = {"metric": 40, "drift": 17, "heat": 36, "volume": 14}
LEAST = {"metric": 70, "drift": 32, "heat": 46, "volume": 28}
HEAT_FROM = 392  # pixels of canvas height


class ChartCanvas(pg.GraphicsLayoutWidget):
    """Draws; gestures and buttons act on `span` (the time window) and on the methods here.

    only: this one chart in place of a model's four, without the ribbon of versions.
    """

    reading_changed = Signal()

    def __init__(
        self, theme: Theme, window: TimeWindow, parent: QWidget | None = None, only: MetricPanel | None = None
    ) -> None:
        super().__init__(parent)
        self.theme, self.span = theme, window
        self.picture: Picture | None = None
        self._undrawn: Picture | None = None
        self._painted: QPixmap | None = None
        self.metric_index = 0  # not "metric": Qt asks every paint device for its metric()
        self.cursor_at: float | None = None
        self._cursor_y: float | None = None
        self.metric_panel, self.drift_panel = only or MetricPanel(theme), DriftPanel(theme)
        self.heat_panel, self.volume_panel = HeatPanel(theme), VolumePanel(theme)
        every = (self.metric_panel, self.drift_panel, self.heat_panel, self.volume_panel)
        self.panels: Sequence[Panel] = every if only is None else (only,)
        self.heat_panel.shown = only is None
        self.flags, self.ribbon = FlagStrip(theme, window), RibbonStrip(theme, window)
        self.axis = TimeStrip(theme, window)
        self.ground = Ground(theme, window, self.panels, self.axis)
        self.front = Front(theme, window, self.panels, self.flags)
        self.crosshair = Crosshair(theme, window, self.panels, self.axis)
        self._lay_out()
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self.redraw)
        self._add_scroll_bar()
        window.changed.connect(self.schedule)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("charts")
        self.setAccessibleName("Charts of performance, drift and observations over time")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(300 if only is None else 132)
        self.dress()

    def set_picture(self, picture: Picture, metric: int = 0) -> None:
        """Take new data; the caller decides when (the 5 Hz timer of the column).

        The parts get it inside `redraw`, all at once: nothing may be painted from data of two moments, for an error
        in a paint method ends the process.
        """
        self.picture, self.metric_index = picture, min(metric, max(len(picture.metrics) - 1, 0))
        self._undrawn = picture
        self.schedule()

    def schedule(self) -> None:
        """Draw soon; many calls make one frame."""
        if not self._frame.isActive():
            self._frame.start()

    def redraw(self) -> None:
        """Draw everything for the window as it is now."""
        self.ci.layout.activate()
        if self.picture is None or self.metric_panel.rect().width() < 2:
            return
        if self._undrawn is not None:
            for panel in self.panels:
                panel.set_picture(self._undrawn, self.metric_index)
            for part in (self.flags, self.ribbon, self.ground):
                part.set_picture(self._undrawn)
            self._undrawn = None
        self._fit()
        for layer in (self.ground, self.front):
            layer.set_bounds(QRectF(self.rect()))
        self.axis.arrange()
        self.flags.arrange()
        for panel in self.panels:
            if panel.shown:
                panel.draw(self.span)
        for item in (self.ground, self.front, self.ribbon, *self._titles):
            item.update()
        self._place_scroll_bar()
        self._painted = None
        self._place_cursor()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The scene is painted once a frame into a pixmap; the crosshair moves over it at the cost of a copy."""
        if self._painted is None:
            ratio = self.devicePixelRatioF()
            size = self.viewport().size()
            self._painted = QPixmap(size * ratio)
            self._painted.setDevicePixelRatio(ratio)
            self._painted.fill(self.theme.colour("raised"))
            on_pixmap = QPainter(self._painted)
            self.render(on_pixmap, QRectF(0, 0, size.width(), size.height()), self.viewport().rect())
            on_pixmap.end()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._painted)
        self.crosshair.paint(painter)
        painter.end()

    def _fit(self) -> None:
        """A low canvas does without the heat map, so that the other charts stay readable."""
        if self.heat_panel not in self.panels:
            return
        roomy = self.height() >= HEAT_FROM
        if self.heat_panel.view.isVisible() != roomy:
            grid, row = self.ci.layout, self._heat_row
            title = self._titles[2]
            title.setVisible(roomy)
            title.set_height(TITLE_HEIGHT if roomy else 0)
            self.heat_panel.view.setVisible(roomy)
            grid.setRowMinimumHeight(row, LEAST["heat"] if roomy else 0)
            grid.setRowStretchFactor(row, STRETCH["heat"] if roomy else 0)
            grid.setRowMaximumHeight(row, 16_777_215 if roomy else 0)
            self.heat_panel.shown = roomy
            grid.invalidate()
            self.ci.setGeometry(self.range)  # the former least height may have pushed the axis out of sight
            grid.activate()

    def dress(self) -> None:
        """Take the colours of the theme and draw anew."""
        self.setBackground(self.theme.colour("raised"))
        self._painted = None
        left, right = margins(self.theme)
        self.ci.layout.setContentsMargins(left, 2, right, 2)
        for panel in self.panels:
            panel.dress()
        self.schedule()

    # the cursor

    def point_at(self, position: QPointF) -> None:
        """Put the crosshair at a pixel of this widget; outside the plots it goes away."""
        rect = self.metric_panel.rect()
        if not rect.left() <= position.x() <= rect.right() or self.picture is None:
            self.clear_cursor()
            return
        share = (position.x() - rect.left()) / rect.width()
        at = self.span.start + share * self.span.width
        self.set_cursor(snap(self.picture, self.metric_index, at), position.y())

    def set_cursor(self, at: float, y: float | None = None) -> None:
        """Put the crosshair at an instant; `y` is the scene pixel of the level line."""
        self.cursor_at, self._cursor_y = at, y
        self._place_cursor()

    def clear_cursor(self) -> None:
        self.cursor_at = self._cursor_y = None
        self._place_cursor()

    def reading(self) -> Reading | None:
        """The values at the cursor, or the newest ones without a cursor."""
        if self.picture is None:
            return None
        if self.cursor_at is None:
            return read_newest(self.picture, self.metric_index)
        row = None if self._cursor_y is None else self.heat_panel.row_at(self._cursor_y)
        return read_at(self.picture, self.metric_index, self.cursor_at, row)

    def marks_at(self, position: QPointF) -> tuple[Mark, ...]:
        """The events whose flag lies under a pixel of this widget."""
        rect = self.flags.sceneBoundingRect()
        if not rect.adjusted(-10, 0, 10, 0).contains(position):
            return ()
        return self.flags.at(position.x() - rect.left(), position.y() - rect.top())

    def _place_cursor(self) -> None:
        inside = self.cursor_at is not None and self.span.start <= self.cursor_at <= self.span.end
        before = self.crosshair.areas()
        self.crosshair.place(self.cursor_at if inside else None, self._cursor_y, self.reading() if inside else None)
        for area in (*before, *self.crosshair.areas()):
            self.viewport().update(area.toAlignedRect())
        self.reading_changed.emit()

    # the heat map's rows

    def scroll_features(self, first: int) -> None:
        """Bring feature number `first` to the top of the heat map."""
        self.heat_panel.scroll_to(first)
        self.schedule()

    def show_all_features(self, everything: bool) -> None:
        """Squeeze every feature into the heat map, or show as many as have a readable name."""
        self.heat_panel.show_all = everything
        self.schedule()

    def _add_scroll_bar(self) -> None:
        self.feature_scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self.feature_scroll.setObjectName("feature-scroll")
        self.feature_scroll.setAccessibleName("Features of the drift chart")
        self.feature_scroll.hide()
        self.feature_scroll.valueChanged.connect(self.scroll_features)

    def _place_scroll_bar(self) -> None:
        rect, heat = self.heat_panel.rect(), self.heat_panel
        spare = heat.count - heat.rows
        self.feature_scroll.setVisible(spare > 0 and heat.shown)
        self.feature_scroll.setRange(0, max(spare, 0))
        self.feature_scroll.setPageStep(heat.rows)
        width = max(self.feature_scroll.sizeHint().width(), 12)
        self.feature_scroll.setGeometry(round(rect.right()) + 3, round(rect.top()), width, round(rect.height()))
        self.feature_scroll.setValue(heat.first)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._painted = None
        if event is not None and hasattr(self, "_frame"):
            self.schedule()

    def _lay_out(self) -> None:
        grid = self.ci.layout
        grid.setSpacing(0)
        self._titles = []
        rows: list[tuple[pg.GraphicsWidget | pg.ViewBox, str]] = []
        for panel in self.panels:
            title = TitleStrip(self.theme, panel)
            self._titles.append(title)
            rows += [(title, ""), (panel.view, panel.name)]
            if panel is self.metric_panel:
                rows[1:1] = [(self.flags, "")]
                rows += [(self.ribbon, "")] if len(self.panels) > 1 else []
        rows.append((self.axis, ""))
        for row, (item, name) in enumerate(rows):
            self.ci.addItem(item, row, 0)
            grid.setRowStretchFactor(row, STRETCH.get(name, 0))
            if name:
                grid.setRowMinimumHeight(row, LEAST[name])
            if name == "heat":
                self._heat_row = row
        for layer in (self.ground, self.front):
            self.scene().addItem(layer)
        if len(self.panels) == 1:
            self.setAccessibleName(f"Chart of {self.metric_panel.title}".rstrip())
