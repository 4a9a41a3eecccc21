"""The chart column of a model: toolbar, read-out and charts, redrawn from one timer when data has changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QRubberBand, QVBoxLayout, QWidget

from aiqu_desktop.services.views import Mark
from aiqu_desktop.ui.charts.canvas import ChartCanvas
from aiqu_desktop.ui.charts.curve_panel import MetricPanel
from aiqu_desktop.ui.charts.gestures import Gestures
from aiqu_desktop.ui.charts.note import MarkNote
from aiqu_desktop.ui.charts.picture import Picture, looks_like
from aiqu_desktop.ui.charts.readout import Cell, ReadOut, cells
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.charts.toolbar import ChartToolbar
from aiqu_desktop.ui.theme import Theme

REDRAW_MS = 200  # data arrives when it likes; the screen changes five times a second at most


class ChartColumn(QWidget):
    """Give it pictures with `show_picture`; it keeps its plots and only changes what they show.

    only: a single chart of the past, in place of a model's four that follow the clock; write: its read-out.
    """

    alarm_asked = Signal(object)  # Mark of an activated alarm

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        only: MetricPanel | None = None,
        write: Callable[..., tuple[Cell, ...]] = cells,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName("chart-column")
        self.window_of_time = TimeWindow(self)
        self.toolbar = ChartToolbar(theme, self.window_of_time, self)
        self.readout = ReadOut(theme, self)
        self.canvas = ChartCanvas(theme, self.window_of_time, self, only)
        self._write = write
        for part in (self.toolbar.live, self.toolbar.metric_choice, self.toolbar.all_features):
            part.setVisible(only is None)
        self.gestures = Gestures(self.canvas)
        self.note = MarkNote(self.canvas)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.canvas)
        self._nothing = QLabel("No observations yet: charts appear with the first check.", self.canvas)
        self._nothing.setObjectName("charts-empty")
        self._nothing.setProperty("kind", "caption")
        self._nothing.hide()
        self._newest: Picture | None = None
        self._metric = 0
        self._fresh = False  # a new model: its whole time is shown first
        card = QFrame(self)
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.setSpacing(0)
        inside.addWidget(self.readout)
        inside.addWidget(self.canvas, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.toolbar)
        box.addWidget(card, 1)
        self._clock = QTimer(self, interval=REDRAW_MS)
        self._clock.timeout.connect(self._take_newest)
        self._clock.start()
        self.toolbar.metric_chosen.connect(self.choose_metric)
        self.toolbar.all_features_chosen.connect(self.canvas.show_all_features)
        self.window_of_time.live_changed.connect(self._take_newest)
        self.canvas.reading_changed.connect(self._read_out)
        self.gestures.marks_asked.connect(self._show_note)
        self.gestures.span_moved.connect(self._show_span)
        self.note.alarm_asked.connect(self.alarm_asked)
        theme.changed.connect(self._dress)

    def show_picture(self, picture: Picture, *, new_model: bool = False) -> None:
        """Show `picture` at the next tick; a paused column keeps it until it goes live, unless the model is new."""
        self._newest = picture
        if new_model:
            self._fresh = True
            self._metric = 0
            self.canvas.clear_cursor()
            self.note.show_marks((), self.note.pos(), self.canvas.rect(), pinned=True)

    def choose_metric(self, index: int) -> None:
        """Draw another performance metric in the first chart."""
        self._metric = index
        if self.canvas.picture is not None:
            self.canvas.set_picture(self.canvas.picture, index)

    def _take_newest(self) -> None:
        picture = self._newest
        if picture is None:
            return
        if not self.window_of_time.live and not self._fresh:
            self.toolbar.set_waiting(True)
            return
        self._newest = None
        self.toolbar.set_waiting(False)
        drawn = self.canvas.picture
        if drawn is not None and not self._fresh and looks_like(picture, drawn, self.window_of_time.width):
            return
        self.canvas.set_picture(picture, self._metric)
        self.toolbar.show_metrics(tuple(c.title for c in picture.metrics), self.canvas.metric_index)
        self.toolbar.show_feature_count(len(picture.heat.features))
        self._nothing.setVisible(picture.empty)
        self.window_of_time.set_extent(picture.first, picture.now)
        if self._fresh:
            self._fresh = False
            self.window_of_time.choose("all")
        self._place_empty()

    def _read_out(self) -> None:
        picture, reading = self.canvas.picture, self.canvas.reading()
        if picture is not None and reading is not None:
            self.readout.show_cells(
                self._write(picture, self.canvas.metric_index, reading, newest=self.canvas.cursor_at is None)
            )

    def _show_note(self, marks: tuple[Mark, ...], at: QPointF, clicked: bool) -> None:
        below = self.canvas.rect().adjusted(0, round(self.canvas.flags.sceneBoundingRect().bottom()), 0, 0)
        self.note.show_marks(marks, at.toPoint(), below, pinned=clicked)

    def _show_span(self, span: tuple[float, float] | None) -> None:
        if span is None:
            self._band.hide()
            return
        rect = self.canvas.metric_panel.rect()
        left, right = (round(min(max(x, rect.left()), rect.right())) for x in sorted(span))
        bottom = round(self.canvas.panels[-1].rect().bottom())
        self._band.setGeometry(QRect(left, round(rect.top()), right - left, bottom - round(rect.top())))
        self._band.show()

    def _place_empty(self) -> None:
        self._nothing.adjustSize()
        rect = self.canvas.metric_panel.rect()
        middle = rect.center().toPoint()
        self._nothing.move(middle.x() - self._nothing.width() // 2, middle.y() - self._nothing.height() // 2)

    def _dress(self) -> None:
        self.canvas.dress()
        self.readout.updateGeometry()
        self.readout.update()
