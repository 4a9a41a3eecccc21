"""The one read-out of all charts: what each says at the cursor, or the newest answers when there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiqu_desktop.ui.charts.picture import Curve, Picture
from aiqu_desktop.ui.charts.reading import Point, Reading, Standing
from aiqu_desktop.ui.formatting import NOTHING, estimate_parts, number, percent, sample
from aiqu_desktop.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Cell:
    """caption over value over detail; `token` colours the value and its detail says the same in words.

    room: its share of the row, against those of the others: a feature's name needs more than a version.
    """

    caption: str
    value: str
    detail: str
    token: str = "ink"
    room: float = 1.0


def cells(picture: Picture, metric: int, reading: Reading, *, newest: bool) -> tuple[Cell, ...]:
    """The texts of `reading`: time, metric, its estimate and challenger if any, version, drift share, feature, rows."""
    moment = datetime.fromtimestamp(reading.at, UTC)
    is_stale = newest and picture.stale is not None
    caption = "Newest answers, stale" if is_stale else "Newest answers" if newest else "At the cursor"
    when = Cell(caption, moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M UTC"), "unknown" if is_stale else "ink")
    version = NOTHING if reading.version is None else f"version {reading.version}"
    champion = Cell("Champion", version, "" if reading.version is not None else "nothing live")
    judged = [(_metric(picture, metric, reading), 1.75)]
    if picture.estimated is not None and metric == 0:
        title = picture.metrics[0].title if picture.metrics else "Performance"
        judged.append((_estimated(title, picture.estimated, reading.estimated, reading.metric), 1.65))
    if picture.challenger is not None and metric == 0:
        judged.append((_challenger(picture.challenger, reading.challenger), 1.65))
    rest = ((champion, 0.8), (_drift(reading), 1.0), (_feature(reading), 1.6), (_volume(reading), 1.15))
    return tuple(replace(cell, room=room) for cell, room in ((when, 1.15), *judged, *rest))


def _estimated(title: str, curve: Curve, point: Point | None, realised: Point | None) -> Cell:
    """What the metric would be by the model's own confidence; never in the colour of a judged value."""
    caption = f"{title}, estimated"
    if point is None:
        return Cell(caption, NOTHING, "no estimate", "ink_muted")
    value, interval = estimate_parts(point.value, point.low, point.high, curve.unit)
    counted = [sample(round(point.n))] if np.isfinite(point.n) else []
    if realised is not None and (realised.high < point.low or realised.low > point.high):
        return Cell(caption, f"{value} {interval}".strip(), "refuted by the labels that came", "unknown")
    return Cell(caption, f"{value} {interval}".strip(), ", ".join([*counted, "without labels"]))


def _challenger(curve: Curve, point: Point | None) -> Cell:
    """What the version beside the champion achieved on the same labelled rows."""
    if point is None:
        return Cell(curve.title, NOTHING, "no answer", "ink_muted")
    value, interval = estimate_parts(point.value, point.low, point.high, curve.unit)
    counted = [sample(round(point.n))] if np.isfinite(point.n) else []
    return Cell(curve.title, f"{value} {interval}".strip(), ", ".join([*counted, "serves nothing"]))


def _metric(picture: Picture, metric: int, reading: Reading) -> Cell:
    curve = picture.metrics[metric] if picture.metrics else None
    caption = "Performance" if curve is None else curve.title
    point = reading.metric
    if point is None or curve is None:
        known = "nobody knows" if reading.estimated is None else "only estimated"
        words = {
            Standing.UNLABELLED: f"no labels: {known}",
            Standing.STALE: "stale: no newer answer",
            Standing.NOTHING: "no data",
            Standing.REALISED: "",
        }
        token = "ink_muted" if reading.standing is Standing.NOTHING else "unknown"
        return Cell(caption, NOTHING, words[reading.standing], token)
    value, interval = estimate_parts(point.value, point.low, point.high, curve.unit)
    parts = [sample(round(point.n))] if np.isfinite(point.n) else []
    if np.isfinite(point.limit):
        side = ("above" if curve.above else "below") if point.wrong else "limit"
        parts.append(
            f"{side} {number(point.limit, 2)}" if side == "limit" else f"{side} limit {number(point.limit, 2)}"
        )
    return Cell(caption, f"{value} {interval}".strip(), ", ".join(parts), "alarm" if point.wrong else "ink")


def _drift(reading: Reading) -> Cell:
    point = reading.drift
    if point is None:
        return Cell("Drifted share", NOTHING, "no answer", "ink_muted")
    limit = f"limit {percent(point.limit)}" if np.isfinite(point.limit) else ""
    if point.wrong:
        return Cell("Drifted share", percent(point.value), f"above {limit}", "warning")
    return Cell("Drifted share", percent(point.value), limit)


def _feature(reading: Reading) -> Cell:
    feature = reading.feature
    if feature is None:
        return Cell("Most drifted", NOTHING, "no answer", "ink_muted")
    caption = "Feature at the cursor" if feature.of_row else "Most drifted"
    if not np.isfinite(feature.effect):
        return Cell(caption, feature.name, "no answer", "ink_muted")
    state = "drifted" if feature.drifted else "not drifted"
    detail = f"{number(feature.effect, 2)} × its limit, {state}"
    return Cell(caption, feature.name, detail, "warning" if feature.drifted else "ink")


def _volume(reading: Reading) -> Cell:
    if reading.volume is None:
        return Cell("Observations a day", NOTHING, "no data", "ink_muted")
    labelled = "labels unknown" if reading.coverage is None else f"{percent(reading.coverage)} labelled"
    return Cell("Observations a day", number(reading.volume, 0), labelled)


class ReadOut(QWidget):
    """One row of cells, painted in place so that changing numbers never move the layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.cells: tuple[Cell, ...] = ()
        self.setObjectName("chart-readout")
        self.setAccessibleName("Values at the cursor")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cells(self, shown: tuple[Cell, ...]) -> None:
        """Write `shown`; a screen reader gets the same texts as a description."""
        if shown != self.cells:
            self.cells = shown
            self.setAccessibleDescription(self.text())
            self.update()

    def text(self) -> str:
        """Everything that is shown, as one line of text."""
        return "; ".join(f"{c.caption}: {c.value} {c.detail}".strip() for c in self.cells)

    def sizeHint(self) -> QSize:
        density = self.theme.density
        return QSize(700, round(density.small * 2.9 + density.strong * 1.5) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        theme, density = self.theme, self.theme.density
        small = theme.font(density.small - 1)
        strong = theme.font(density.strong, QFont.Weight.DemiBold)
        left = 0.0
        total = sum(cell.room for cell in self.cells) or 1.0
        line = density.small * 1.45
        for index, cell in enumerate(self.cells):
            width = self.width() * cell.room / total
            room = QRectF(left + 12, 4, width - 18, self.height())
            if index:
                painter.setPen(QPen(theme.colour("line"), 1))
                painter.drawLine(round(left), 8, round(left), self.height() - 8)
            muted = theme.colour("ink_muted")
            self._line(painter, small, muted, room, 0, line, cell.caption)
            self._line(painter, strong, theme.colour(cell.token), room, line, density.strong * 1.5, cell.value)
            detail = muted if cell.token == "ink" else theme.colour(cell.token)
            self._line(painter, small, detail, room, line + density.strong * 1.5, line, cell.detail)
            left += width

    def _line(
        self, painter: QPainter, font: QFont, colour: object, room: QRectF, top: float, height: float, text: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(
            QRectF(room.left(), room.top() + top, room.width(), height), Qt.AlignmentFlag.AlignVCenter, shown
        )
