"""The thin rows between the charts: titles with legend, the champion ribbon, and the time axis."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPen

from aiqu_desktop.ui.charts.glyphs import GLYPH_WIDTH, paint_key
from aiqu_desktop.ui.charts.panel import Panel
from aiqu_desktop.ui.charts.picture import Picture, Span
from aiqu_desktop.ui.charts.ticks import Step, Tick, Unit, choose_step, ticks
from aiqu_desktop.ui.charts.time_window import TimeWindow
from aiqu_desktop.ui.theme import Theme

_NOTHING_YET: tuple[Span, ...] = ()
TITLE_HEIGHT = 20.0


class Strip(pg.GraphicsWidget):
    """A row of fixed height that paints itself in its own pixels."""

    def __init__(self, theme: Theme, height: float) -> None:
        super().__init__()
        self.theme = theme
        self.set_height(height)

    def set_height(self, height: float) -> None:
        self.setFixedHeight(height)

    def x_at(self, window: TimeWindow, at: float) -> float:
        """The pixel of an instant in this strip."""
        return (at - window.start) / window.width * self.rect().width()


class TitleStrip(Strip):
    """The chart's title on the left, its legend on the right as far as there is room."""

    def __init__(self, theme: Theme, panel: Panel, height: float = TITLE_HEIGHT) -> None:
        super().__init__(theme, height)
        self.panel = panel

    def paint(self, painter: QPainter, *_: object) -> None:
        rect, theme = self.rect(), self.theme
        strong = theme.font(theme.density.small, QFont.Weight.DemiBold)
        small = theme.font(theme.density.small - 1)
        painter.setFont(strong)
        painter.setPen(theme.colour("ink"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, flags, self.panel.title)
        room = rect.width() - QFontMetricsF(strong).horizontalAdvance(self.panel.title) - 24
        metrics = QFontMetricsF(small)
        painter.setFont(small)
        widths = [GLYPH_WIDTH + 6 + metrics.horizontalAdvance(key.text) + 14 for key in self.panel.keys]
        widths = [w + (40 if key.glyph == "ramp" else 0) for w, key in zip(widths, self.panel.keys, strict=True)]
        shown = len(widths)
        while shown and sum(widths[:shown]) > room:
            shown -= 1
        x = rect.right() - sum(widths[:shown]) + 14
        middle = rect.center().y()
        for key, width in zip(self.panel.keys[:shown], widths, strict=False):
            if key.glyph == "ramp":
                x += 40
                width -= 40
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_key(painter, key.glyph, QRectF(x, middle - 5, GLYPH_WIDTH, 10), theme)
            painter.restore()
            painter.setPen(theme.colour("ink_muted"))
            painter.drawText(QRectF(x + GLYPH_WIDTH + 6, rect.top(), width, rect.height()), flags, key.text)
            x += width


class RibbonStrip(Strip):
    """Which version served when; one that was rolled back from is hatched, a stop is an empty frame with its word."""

    def __init__(self, theme: Theme, window: TimeWindow, height: float = 18) -> None:
        super().__init__(theme, height)
        self.window = window
        self.served = _NOTHING_YET

    def set_picture(self, picture: Picture) -> None:
        self.served = picture.served
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        theme, rect = self.theme, self.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        font = theme.font(theme.density.small - 1, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        for index, span in enumerate(self.served):
            left = max(self.x_at(self.window, span.start), 0.0)
            right = min(self.x_at(self.window, span.end), rect.width())
            if right <= left:
                continue
            box = QRectF(left, rect.top() + 3, max(right - left - 1, 1.0), rect.height() - 4)
            if span.stopped:
                painter.setPen(QPen(theme.colour("alarm"), 1))
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
                if metrics.horizontalAdvance("stopped") + 8 < box.width():
                    painter.drawText(box.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, "stopped")
                continue
            live = index == len(self.served) - 1
            painter.fillRect(box, theme.colour("line_strong" if live else "line", 150 if live else 255))
            if not live and index % 2:
                painter.fillRect(box, theme.colour("line_strong", 50))
            if span.withdrawn:
                painter.fillRect(box, QBrush(theme.colour("alarm", 150), Qt.BrushStyle.FDiagPattern))
            text = f"v{span.version}"
            for longer in (f"version {span.version}", f"version {span.version}, {'live' if live else 'withdrawn'}"):
                worth = live or span.withdrawn or "," not in longer
                if worth and metrics.horizontalAdvance(longer) + 10 < box.width():
                    text = longer
            if metrics.horizontalAdvance(text) + 4 < box.width():
                painter.setPen(theme.colour("ink"))
                painter.drawText(box.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, text)


class TimeStrip(Strip):
    """The shared axis: hours, days, months or years, with the coarser unit on a second line. Always UTC."""

    def __init__(self, theme: Theme, window: TimeWindow, height: float = 34) -> None:
        super().__init__(theme, height)
        self.window = window
        self.step = Step(Unit.DAY, 1)
        self.shown: tuple[Tick, ...] = ()

    def arrange(self) -> None:
        """Choose the ticks for the window as it is now."""
        spacing = 58.0 if self.theme.density.small < 14 else 76.0
        self.step = choose_step(self.window.start, self.window.end, self.rect().width(), spacing)
        self.shown = ticks(self.window.start, self.window.end, self.step)
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        theme, rect = self.theme, self.rect()
        font = theme.font(theme.density.small - 1)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        axis, faint = theme.colour("chart_axis"), theme.colour("ink_muted")
        line = metrics.height() + 1
        context_end, said = -1e9, ""
        for index, tick in enumerate(self.shown):
            x = self.x_at(self.window, tick.at)
            painter.setPen(QPen(theme.colour("line_strong"), 1))
            painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, 4))
            painter.setPen(axis)
            text = self._text(tick)
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, 0.0), rect.width() - width)
            painter.drawText(QPointF(left, 5 + metrics.ascent()), text)
            context = self._context(tick)
            if context != said and (tick.turns or index == 0) and self.step.unit is not Unit.YEAR:
                width = metrics.horizontalAdvance(context)
                left = min(max(x - width / 2, 0.0), rect.width() - width)
                following = next((t for t in self.shown[index + 1 :] if t.turns), None)
                if index == 0 and not tick.turns and following is not None:
                    room = (
                        self.x_at(self.window, following.at) - metrics.horizontalAdvance(self._context(following)) / 2
                    )
                    if left + width + 10 > room:
                        continue
                if left > context_end + 10:
                    painter.setPen(faint)
                    painter.drawText(QPointF(left, 5 + line + metrics.ascent()), context)
                    context_end, said = left + width, context
        painter.setPen(faint)
        painter.drawText(QPointF(rect.width() + 8, 5 + metrics.ascent()), "UTC")

    def _text(self, tick: Tick) -> str:
        moment, unit = tick.moment, self.step.unit
        if unit is Unit.YEAR:
            return str(moment.year)
        if unit is Unit.MONTH:
            return QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)
        if unit is Unit.DAY:
            return f"{moment.day}\u00a0{QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)}"
        return moment.strftime("%H:%M")

    def _context(self, tick: Tick) -> str:
        moment, unit = tick.moment, self.step.unit
        if unit in (Unit.MONTH, Unit.DAY):
            return str(moment.year)
        month = QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)
        return f"{moment.day}\u00a0{month} {moment.year}"
