"""A small drawing board that writes well-formed SVG. Lengths are in points (1/72 inch), the origin is top left."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

FONT = "Inter"

Point = tuple[float, float]


class Drawing:
    """Shapes in drawing order; text is escaped and freed of what XML 1.0 cannot hold."""

    def __init__(self, width: float, height: float, description: str) -> None:
        self.width, self.height = width, height
        self._root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {_n(width)} {_n(height)}",
                "width": f"{_n(width)}pt",
                "height": f"{_n(height)}pt",
                "role": "img",
            },
        )
        ElementTree.SubElement(self._root, "title").text = xml_text(description)

    def line(self, start: Point, end: Point, stroke: str, width: float = 0.5, dash: str = "") -> None:
        (x1, y1), (x2, y2) = start, end
        self._add("line", x1=_n(x1), y1=_n(y1), x2=_n(x2), y2=_n(y2), **_stroke(stroke, width, dash))

    def polyline(self, points: Sequence[Point], stroke: str, width: float = 1.0, dash: str = "") -> None:
        self._add(
            "polyline", points=_points(points), fill="none", **_stroke(stroke, width, dash),
            **{"stroke-linejoin": "round", "stroke-linecap": "butt"},
        )  # fmt: skip

    def polygon(self, points: Sequence[Point], fill: str, stroke: str = "none", width: float = 0.5) -> None:
        self._add("polygon", points=_points(points), fill=fill, **_stroke(stroke, width))

    def rectangle(
        self, corner: Point, width: float, height: float, fill: str, stroke: str = "none", radius: float = 0.0
    ) -> None:
        x, y = corner
        self._add(
            "rect", x=_n(x), y=_n(y), width=_n(max(width, 0)), height=_n(max(height, 0)), rx=_n(radius), fill=fill,
            **_stroke(stroke, 0.5),
        )  # fmt: skip

    def circle(self, centre: Point, radius: float, fill: str, stroke: str = "none", width: float = 1.0) -> None:
        x, y = centre
        self._add("circle", cx=_n(x), cy=_n(y), r=_n(radius), fill=fill, **_stroke(stroke, width))

    def text(
        self, at: Point, content: str, fill: str, size: float = 7.5, anchor: str = "start", weight: int = 400
    ) -> None:
        """Text with its baseline at `at`; anchor is start, middle or end."""
        x, y = at
        node = self._add("text", x=_n(x), y=_n(y), fill=fill)
        node.set("font-family", FONT)
        node.set("font-size", _n(size))
        node.set("font-weight", str(weight))
        node.set("text-anchor", anchor)
        node.text = xml_text(content)

    def __str__(self) -> str:
        return ElementTree.tostring(self._root, encoding="unicode")

    def _add(self, tag: str, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(self._root, tag, attributes)


def xml_text(content: str) -> str:
    """`content` without the characters that XML 1.0 forbids (section 2.2); each becomes U+FFFD."""
    return "".join(c if _allowed(c) else "\ufffd" for c in content)


def _allowed(c: str) -> bool:
    return c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"


def text_width(content: str, size: float) -> float:
    """A good guess (within a tenth) of how wide Inter sets `content`; enough to keep labels apart."""
    return size * sum(_ems(c) for c in content)


def shortened(content: str, size: float, width: float) -> str:
    """`content` cut in the middle (names differ at both ends) so that it fits into `width` points."""
    if text_width(content, size) <= width:
        return content
    keep = len(content)
    while keep > 2:
        keep -= 1
        cut = content[: (keep + 1) // 2].rstrip() + "…" + content[-(keep // 2) :].lstrip()
        if text_width(cut, size) <= width:
            return cut
    return "…"


def _ems(character: str) -> float:
    if character in _NARROW:
        return 0.3
    if character in _WIDE:
        return 0.88
    return 0.66 if character.isupper() or character.isdigit() else 0.57


_NARROW = frozenset("ijlftrI.,:;'|!()[]{} \u202f")
_WIDE = frozenset("mwMW@%…—")


def _n(value: float) -> str:
    """Two decimals (a 2,500th of an inch) keep the file small and the bytes the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _stroke(colour: str, width: float, dash: str = "") -> dict[str, str]:
    if colour == "none":
        return {"stroke": "none"}
    style = {"stroke": colour, "stroke-width": _n(width)}
    return style | {"stroke-dasharray": dash} if dash else style
