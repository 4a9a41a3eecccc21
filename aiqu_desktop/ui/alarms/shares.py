"""Two small pictures: shares of the priorities beside the recommended ones, and how many alarms a day were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiqu_desktop.services.views import PriorityShare
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import PRIORITY
from aiqu_desktop.ui.theme import Theme, icons

_LABEL, _FIGURE, _ICON = 148, 190, 16


class PriorityShares(QWidget):
    """One line a group of priorities: shape, word, bar, figure; the mark on the bar is the recommended share."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("priority_shares")
        self._theme = theme
        self._shares: tuple[PriorityShare, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)

    def show_shares(self, shares: Sequence[PriorityShare]) -> None:
        self._shares = tuple(shares)
        self.setAccessibleName("; ".join(f"{_words(share)}: {_figure(share)}" for share in self._shares))
        self._dress()

    def sizeHint(self) -> QSize:
        return QSize(420, 3 * self._line() + 4)

    def _line(self) -> int:
        return round(26 * self._theme.density.body / 13)

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(figures=True))
        line, scale = self._line(), self._theme.density.body / 13
        label, figure = _LABEL * scale, _FIGURE * scale
        room = max(40.0, self.width() - label - figure)
        middle = Qt.AlignmentFlag.AlignVCenter
        for k, share in enumerate(self._shares):
            top = k * line
            look = PRIORITY[share.priorities[-1]]
            colour = getattr(self._theme.palette, look.token)
            pixmap = icons.pixmap(look.icon, colour, _ICON, self.devicePixelRatioF())
            painter.drawPixmap(0, round(top + (line - _ICON) / 2), pixmap)
            painter.setPen(self._theme.colour("ink"))
            painter.drawText(QRectF(_ICON + 8, top, label - _ICON - 8, line), int(middle), _words(share))
            bar = QRectF(label, top + line * 0.3, room, line * 0.4)
            painter.fillRect(bar, self._theme.colour("sunken"))
            if share.share:
                painter.fillRect(
                    QRectF(bar.x(), bar.y(), bar.width() * share.share, bar.height()), self._theme.colour(look.token)
                )
            mark = bar.x() + bar.width() * share.recommended
            painter.setPen(QPen(self._theme.colour("ink"), 2))
            painter.drawLine(round(mark), round(top + line * 0.14), round(mark), round(top + line * 0.86))
            painter.drawText(QRectF(label + room + 12, top, figure - 12, line), int(middle), _figure(share))


class DayBars(QWidget):
    """One bar a day, of the period's full width; the busiest day is named."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("day_bars")
        self._theme = theme
        self._days: tuple[tuple[datetime, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)

    def show_days(self, days: Sequence[tuple[datetime, int]]) -> None:
        self._days = tuple(days)
        self.setAccessibleName(self._sentence())
        self.update()

    def _sentence(self) -> str:
        if not any(count for _, count in self._days):
            return "No alarm was told."
        day, most = max(self._days, key=lambda pair: pair[1])
        return f"Busiest: {fmt.plural(most, 'alarm')} on {fmt.day(day)}"

    def sizeHint(self) -> QSize:
        return QSize(320, round(104 * self._theme.density.body / 13))

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setFont(self._theme.font(figures=True))
        line = painter.fontMetrics().height()
        painter.setPen(self._theme.colour("ink_muted"))
        painter.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignLeft), self._sentence())
        if not self._days:
            return
        foot = self.height() - line - 4
        room, step = foot - line - 8, self.width() / len(self._days)
        most = max(1, *(count for _, count in self._days))
        for k, (_, count) in enumerate(self._days):
            height = room * count / most
            bar = QRectF(k * step, foot - height, max(1.0, step - (2 if step > 6 else 0)), height)
            painter.fillRect(bar, self._theme.colour("ink_muted"))
        painter.setPen(self._theme.colour("line_strong"))
        painter.drawLine(0, round(foot), self.width(), round(foot))
        painter.setPen(self._theme.colour("ink_muted"))
        label = QRectF(0, foot + 2, self.width(), line + 2)
        painter.drawText(label, int(Qt.AlignmentFlag.AlignLeft), fmt.day(self._days[0][0]))
        painter.drawText(label, int(Qt.AlignmentFlag.AlignRight), fmt.day(self._days[-1][0]))


def _words(share: PriorityShare) -> str:
    return " and ".join(
        PRIORITY[p].word if k == 0 else PRIORITY[p].word.lower() for k, p in enumerate(share.priorities)
    )


def _figure(share: PriorityShare) -> str:
    return f"{fmt.percent(share.share)} (recommended {fmt.percent(share.recommended)})"
