"""The shares of the priorities as bars, each with its recommended share as a mark."""

from __future__ import annotations

from collections.abc import Sequence

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


def _words(share: PriorityShare) -> str:
    return " and ".join(
        PRIORITY[p].word if k == 0 else PRIORITY[p].word.lower() for k, p in enumerate(share.priorities)
    )


def _figure(share: PriorityShare) -> str:
    return f"{fmt.percent(share.share)} (recommended {fmt.percent(share.recommended)})"
