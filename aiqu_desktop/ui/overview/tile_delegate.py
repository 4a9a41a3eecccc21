"""Paints one tile. Quiet when good; shape, word and colour when not. Knows no colour: it asks the theme by token."""

from __future__ import annotations

import math
import time
from enum import Enum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from aiqu_desktop.core.words import Health
from aiqu_desktop.ui.overview.present import TileView
from aiqu_desktop.ui.overview.sparkline import paint_sparkline
from aiqu_desktop.ui.overview.tile_model import TileModel
from aiqu_desktop.ui.states import HEALTH
from aiqu_desktop.ui.theme import Theme, icons

PAD = 14
_COLUMNS = (0.27, 0.15, 0.19, 0.2, 0.19)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_TINTED = (Health.STOPPED, Health.ALARM)


class Form(Enum):
    """COMPACT leaves out the reason and the facts; ROOMY gives the trend a band of its own."""

    COMPACT = "compact"
    FULL = "full"
    ROOMY = "roomy"


class TileDelegate(QStyledItemDelegate):
    """One delegate for all three forms; `form` and `tile_width` are the grid's to choose."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.form = Form.FULL
        self.tile_width = 300
        self.behind = False
        self._budget, self._spent = math.inf, 0.0
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def tile_height(self) -> int:
        """Of a tile in the present form."""
        height = 20 + self._line + self._value_height + self._small_line + 4
        if self.form is not Form.COMPACT:
            height += 4 * self._small_line + 3
        if self.form is Form.ROOMY:
            height += self._trend_band
        return height

    def set_extra(self, pixels: int) -> None:
        """Give the trend of the roomy form so many pixels more."""
        self._trend_band = round(self._theme.density.value * 4.6) + pixels

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(self.tile_width, self.tile_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tile: TileView = index.data(TileModel.TileRole)
        ratio = painter.device().devicePixelRatioF()
        form = (option.rect.width(), option.rect.height(), ratio, self.form)
        drawn = self._drawn.get(tile.name)
        if drawn is None or drawn[0] != form or drawn[1] != tile:
            if self._spent < self._budget:
                began = time.perf_counter()
                drawn = self._drawn[tile.name] = (form, tile, self._draw(tile, option.rect.size(), ratio))
                self._spent += time.perf_counter() - began
            else:
                self.behind = True
        if drawn is not None and drawn[0] == form:
            painter.drawPixmap(option.rect.topLeft(), drawn[2])
        self._mark(painter, QRectF(option.rect).adjusted(1, 1, -1, -1), option)

    def _draw(self, tile: TileView, size: QSize, ratio: float) -> QPixmap:
        """The tile as a picture: drawn when it changed, copied to the screen at every other repaint."""
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 0, size.width(), size.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        self._frame(painter, area, tile)
        inner = area.adjusted(PAD, 10, -PAD, -10)
        top = self._head(painter, inner, tile)
        if self.form is not Form.COMPACT:
            top = self._reason(painter, inner, top, tile)
        top = self._figure(painter, inner, top + 4, tile)
        if self.form is not Form.COMPACT:
            self._facts(painter, inner, top + 8, tile)
        painter.end()
        return picture

    def start_frame(self, budget: float) -> None:
        """Draw new pictures for at most `budget` seconds; what is left sets `behind` and keeps its old picture."""
        self._budget, self._spent = budget, 0.0
        self.behind = False

    # the parts, top to bottom

    def _frame(self, painter: QPainter, area: QRectF, tile: TileView) -> None:
        theme = self._theme
        painter.setBrush(theme.colour("alarm_tint" if tile.health in _TINTED else "raised"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRoundedRect(area, 6, 6)
        if tile.health is not Health.GOOD:
            pen = QPen(theme.colour(HEALTH[tile.health].token), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if tile.health is Health.UNKNOWN:
                pen.setDashPattern([1.6, 1.1])
            painter.setPen(pen)
            x = area.left() + 2
            painter.drawLine(QPointF(x, area.top() + 4), QPointF(x, area.bottom() - 4))

    def _mark(self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem) -> None:
        """The ring around the tile that the keyboard or the pointer is on."""
        state = option.state
        if state & QStyle.StateFlag.State_HasFocus:
            pen = QPen(self._theme.colour("focus"), 2)
        elif state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            pen = QPen(self._theme.colour("line_strong"), 1)
        else:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawRoundedRect(area, 6, 6)
        painter.restore()

    def _head(self, painter: QPainter, inner: QRectF, tile: TileView) -> float:
        """Shape, title, and on the right the state's word; returns where the next line starts."""
        look, size = HEALTH[tile.health], self._theme.density.strong + 3
        colour = getattr(self._theme.palette, look.token)
        middle = inner.top() + self._line / 2
        icons.renderer(look.icon, colour).render(painter, QRectF(inner.left(), middle - size / 2, size, size))
        painter.setFont(self._word_font)
        painter.setPen(self._theme.colour(look.token))
        width = self._word_metrics.horizontalAdvance(tile.state)
        line = QRectF(inner.left(), inner.top(), inner.width(), self._line)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tile.state)
        painter.setFont(self._title_font)
        painter.setPen(self._theme.colour("ink"))
        line = line.adjusted(size + 8, 0, -width - 10, 0)
        title = self._title_metrics.elidedText(tile.title, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, _LEFT, title)
        return line.bottom()

    def _reason(self, painter: QPainter, inner: QRectF, top: float, tile: TileView) -> float:
        """At most two lines; the second ends in an ellipsis."""
        painter.setFont(self._small_font)
        painter.setPen(self._theme.colour("ink_faint" if tile.health is Health.GOOD else "ink"))
        first, rest = self._split(tile.reason, inner.width())
        painter.drawText(QRectF(inner.left(), top, inner.width(), self._small_line), _LEFT, first)
        if rest:
            rest = self._elided(rest, inner.width())
            painter.drawText(QRectF(inner.left(), top + self._small_line, inner.width(), self._small_line), _LEFT, rest)
        return top + 2 * self._small_line

    def _figure(self, painter: QPainter, inner: QRectF, top: float, tile: TileView) -> float:
        """The value with unit and interval, the metric with limit and sample under it, the trend on the right."""
        theme, height = self._theme, self._value_height
        quiet, known = tile.health is Health.GOOD, tile.value != "not known"
        roomy = self.form is Form.ROOMY
        trend = QRectF(inner.right() - inner.width() * 0.3, top, inner.width() * 0.3, height + self._small_line - 2)
        text_right = trend.left() - 6
        if roomy:
            below = top + height + self._small_line + 8
            trend = QRectF(inner.left(), below, inner.width(), self._trend_band - 16 - self._small_line)
            text_right = inner.right()
            self._days(painter, trend, tile)
        baseline = top + height - self._value_metrics.descent()
        font, metrics = (self._value_font, self._value_metrics) if known else (self._title_font, self._title_metrics)
        painter.setFont(font)
        token = "unknown" if not known else "alarm" if tile.breached else "ink_muted" if quiet else "ink"
        painter.setPen(theme.colour(token))
        painter.drawText(QPointF(inner.left(), baseline), tile.value)
        painter.setFont(self._small_font)
        painter.setPen(theme.colour("ink_muted"))
        left = inner.left() + metrics.horizontalAdvance(tile.value) + 6
        beside = f"{tile.unit} {tile.interval}" if tile.unit else tile.interval
        painter.drawText(QPointF(left, baseline), self._elided(beside, text_right - left))
        line = QRectF(inner.left(), top + height, text_right - 2 - inner.left(), self._small_line)
        painter.drawText(line, _LEFT, self._elided(tile.metric, line.width()))
        ink = theme.colour("ink_faint" if quiet else "ink_muted")
        paint_sparkline(painter, trend, tile.trend, tile.limit, ink, theme.colour("line_strong" if quiet else "limit"))
        return line.bottom() + (self._trend_band if roomy else 0)

    def _days(self, painter: QPainter, trend: QRectF, tile: TileView) -> None:
        """The first and the last day of the trend, under its ends."""
        painter.save()
        painter.setFont(self._tiny_font)
        painter.setPen(self._theme.colour("ink_faint"))
        line = QRectF(trend.left(), trend.bottom() + 2, trend.width(), self._small_line)
        painter.drawText(line, _LEFT, tile.span[0])
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tile.span[1])
        painter.restore()

    def _facts(self, painter: QPainter, inner: QRectF, top: float, tile: TileView) -> None:
        """Five columns that stand at the same place in every tile."""
        theme, height = self._theme, self._small_line
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(inner.left(), top - 3), QPointF(inner.right(), top - 3))
        left = inner.left()
        for share, (heading, text, token) in zip(_COLUMNS, tile.facts, strict=True):
            width = inner.width() * share
            painter.setFont(self._tiny_font)
            painter.setPen(theme.colour(token or "ink_faint"))
            painter.drawText(QRectF(left, top, width, height), _LEFT, heading)
            painter.setFont(self._small_font)
            painter.setPen(theme.colour(token or ("ink_muted" if tile.health is Health.GOOD else "ink")))
            painter.drawText(QRectF(left, top + height - 2, width, height), _LEFT, self._elided(text, width - 2))
            left += width

    def _elided(self, text: str, width: float) -> str:
        return self._small_metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    # measures

    def _dress(self) -> None:
        theme, d, weight = self._theme, self._theme.density, QFont.Weight
        self._title_font = theme.font(d.strong, weight.DemiBold)
        self._word_font = theme.font(d.small, weight.DemiBold)
        self._small_font = theme.font(d.small)
        self._tiny_font = theme.font(d.small - 1)
        self._value_font = theme.font(d.value, weight.DemiBold)
        self._title_metrics = QFontMetricsF(self._title_font)
        self._word_metrics = QFontMetricsF(self._word_font)
        self._small_metrics = QFontMetricsF(self._small_font)
        self._value_metrics = QFontMetricsF(self._value_font)
        self._line = round(d.strong * 1.7)
        self._small_line = round(d.small * 1.35)
        self._value_height = round(d.value * 1.2)
        self.set_extra(0)
        self._drawn: dict[str, tuple[tuple[object, ...], TileView, QPixmap]] = {}
        self._split_cache: dict[tuple[str, int], tuple[str, str]] = {}

    def _split(self, text: str, width: float) -> tuple[str, str]:
        """`text` broken where its first line ends; remembered, since most tiles stay as they are."""
        key = (text, round(width))
        if key not in self._split_cache:
            if len(self._split_cache) > 400:
                self._split_cache.clear()
            layout = QTextLayout(text, self._small_font)
            layout.setTextOption(QTextOption())
            layout.beginLayout()
            line = layout.createLine()
            line.setLineWidth(width)
            layout.endLayout()
            cut = line.textLength()
            self._split_cache[key] = (text[:cut].rstrip(), text[cut:].lstrip())
        return self._split_cache[key]
