"""The window's icons: minimal SVG files drawn in `currentColor`, tinted when they are rendered."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from aiqu_desktop.core.paths import resources

_SIZES = (16, 20, 24, 32, 48)


@cache
def _source(name: str) -> str:
    return (resources() / "ui" / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def renderer(name: str, colour: str) -> QSvgRenderer:
    """The drawing `resources/ui/icons/<name>.svg` in `colour` ("#rrggbb"); call `.render(painter, rect)`."""
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """`size` logical pixels square, sharp on a screen with the device pixel ratio `ratio`."""
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer(name, colour).render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: str, disabled: str | None = None) -> QIcon:
    """A QIcon in `colour`, and in `disabled` where its control cannot act."""
    made = QIcon()
    for size in _SIZES:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            made.addPixmap(pixmap(name, colour, size), mode)
        if disabled is not None:
            made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return made
