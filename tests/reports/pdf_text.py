"""Reads back what a PDF shows and claims, with pikepdf alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def page_texts(pdf: bytes) -> list[str]:
    """The letters of each page in drawing order, without spaces, so that a line break hides nothing."""
    with opened(pdf) as document:
        return [re.sub(r"[\s\u200b]+", "", "".join(_letters(page, page.Resources))) for page in document.pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def fonts(pdf: bytes) -> dict[str, bool]:
    """Base font name → whether its program is embedded."""
    with opened(pdf) as document:
        found = {}
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                found[str(item["/FontName"])] = any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        return found


def metadata(pdf: bytes) -> dict[str, str]:
    with opened(pdf) as document, document.open_metadata() as xmp:
        return {key: str(xmp[key]) for key in xmp}


def attachments(pdf: bytes) -> dict[str, bytes]:
    with opened(pdf) as document:
        return {name: document.attachments[name].get_file().read_bytes() for name in document.attachments}


def figure_alternatives(pdf: bytes) -> list[str]:
    """The alternative texts of the tagged figures."""
    with opened(pdf) as document:
        return [
            str(item["/Alt"])
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and "/Alt" in item
        ]


def tags(pdf: bytes) -> set[str]:
    with opened(pdf) as document:
        return {
            str(item["/S"])
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/S" in item and "/P" in item and "/K" in item
        }


def _letters(stream: Any, resources: Any) -> Iterator[str]:
    table: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(stream):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator == "Tf":
            table = _unicode_table(resources["/Font"][str(operands[0])])
        elif operator in ("Tj", "TJ"):
            pieces = operands[0] if operator == "TJ" else operands
            for piece in pieces:
                if isinstance(piece, pikepdf.String):
                    codes = bytes(piece)
                    yield from (table.get(codes[k : k + 2], "") for k in range(0, len(codes), 2))
        elif operator == "Do":
            form = resources["/XObject"][str(operands[0])]
            if form.get("/Subtype") == "/Form":
                yield from _letters(form, form.get("/Resources", resources))


def _unicode_table(font: Any) -> dict[bytes, str]:
    """Glyph code → letters, from the font's ToUnicode map (ISO 32000-1, 9.10.3)."""
    source = font["/ToUnicode"].read_bytes().decode("ascii", "replace")
    table = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.S):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[bytes.fromhex(code)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.S):
        for first, last, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = bytes.fromhex(letters).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                code = (int(first, 16) + step).to_bytes(len(first) // 2, "big")
                table[code] = start[:-1] + chr(ord(start[-1]) + step)
    return table
