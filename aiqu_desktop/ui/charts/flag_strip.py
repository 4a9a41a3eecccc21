"""The flags of releases and alarms above the charts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from aiqu_desktop.services.views import Mark
from aiqu_desktop.ui.charts.flag_layout import RANK, Placed, Wanted, place
from aiqu_desktop.ui.charts.glyphs import mark_token, paint_mark
from aiqu_desktop.ui.charts.picture import Picture
from aiqu_desktop.ui.charts.strips import Strip
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.theme import Theme

LANE = 18.0
LANES = 2
ICON = 13.0


class FlagStrip(Strip):
    """Two lanes of flags; one without room joins its neighbour, which says so."""

    def __init__(self, theme: Theme, window: TimeWindow) -> None:
        super().__init__(theme, LANE * LANES + 4)
        self.window = window
        self.marks: tuple[Mark, ...] = ()
        self.placed: list[Placed] = []
        self._times: tuple[float, ...] = ()

    def set_picture(self, picture: Picture) -> None:
        self.marks = picture.marks
        self.placed = []
        self._times = tuple(picture.mark_times.tolist())

    def arrange(self) -> None:
        """Place the flags for the window as it is now."""
        metrics = QFontMetricsF(self._font())
        width = self.rect().width()
        wanted = [
            Wanted(key, mark.kind, self.x_at(self.window, at), metrics.horizontalAdvance(mark.label) + 6)
            for key, (mark, at) in enumerate(zip(self.marks, self._times, strict=True))
            if self.window.start <= at <= self.window.end
        ]
        more = metrics.horizontalAdvance(" +9")
        self.placed = place(wanted, left=0, right=width, lanes=LANES, icon=ICON + 3, more_width=more)
        self.update()

    def at(self, x: float, y: float) -> tuple[Mark, ...]:
        """The marks whose flag lies under a pixel of this strip, with some pixels of mercy for fingers."""
        for flag in self.placed:
            if self._box(flag).adjusted(-4, -3, 4, 3).contains(QPointF(x, y)):
                return tuple(self.marks[key] for key in sorted(flag.keys))
        return ()

    def lines(self) -> list[tuple[float, str]]:
        """(instant, kind) of every mark in view: where the charts below draw a line."""
        return [
            (at, mark.kind)
            for mark, at in zip(self.marks, self._times, strict=True)
            if self.window.start <= at <= self.window.end
        ]

    def paint(self, painter: QPainter, *_: object) -> None:
        theme = self.theme
        painter.setFont(self._font())
        ground = theme.colour("raised")
        for flag in self.placed:
            chief = min((self.marks[key] for key in flag.keys), key=lambda m: RANK.get(m.kind, 9))
            box = self._box(flag)
            colour = theme.colour(mark_token(chief.kind))
            paint_mark(painter, chief.kind, QPointF(flag.x, box.center().y()), ICON, colour, ground)
            if not flag.side:
                continue
            text = chief.label if len(flag.keys) == 1 else f"{chief.label} +{len(flag.keys) - 1}"
            alarming = chief.kind in ("alarm", "onset")
            painter.setPen(colour if alarming else theme.colour("ink"))
            if flag.side > 0:
                room = QRectF(flag.x + ICON / 2 + 4, box.top(), box.right() - flag.x, LANE)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            else:
                room = QRectF(box.left(), box.top(), flag.x - ICON / 2 - 4 - box.left(), LANE)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def _box(self, flag: Placed) -> QRectF:
        top = self.rect().bottom() - 2 - LANE * (flag.lane + 1)
        return QRectF(flag.left, top, flag.right - flag.left, LANE)

    def _font(self) -> QFont:
        return self.theme.font(self.theme.density.small - 1, QFont.Weight.Medium)
