"""Which characters a TrueType font can show, read from its `cmap` table (OpenType 1.9, formats 4 and 12).

PDF/A forbids a character without a glyph, and names in a report come from anywhere: so we must know beforehand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault

_UNICODE_TABLES = ((3, 10), (0, 4), (0, 6), (3, 1), (0, 3))  # (platform, encoding), the fullest first


@cache
def coverage(font: Path) -> frozenset[int]:
    """The code points that `font` has a glyph for.

    Raises:
        EnvironmentFault: if the file is missing or is no TrueType font with a Unicode table.
    """
    try:
        data = font.read_bytes()
        return frozenset(_code_points(data, _unicode_table(data)))
    except (OSError, struct.error, LookupError) as error:
        raise EnvironmentFault(f"The font {font.name} cannot be read ({error}); install AiQu Desktop again.") from error


def _unicode_table(data: bytes) -> int:
    """The offset of the fullest Unicode subtable."""
    (tables,) = struct.unpack_from(">H", data, 4)
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if tag == b"cmap":
            (count,) = struct.unpack_from(">H", data, offset + 2)
            records = [struct.unpack_from(">HHI", data, offset + 4 + 8 * k) for k in range(count)]
            found: dict[tuple[int, int], int] = {(kind, code): offset + start for kind, code, start in records}
            return next(found[key] for key in _UNICODE_TABLES if key in found)
    raise LookupError("no cmap table")


def _code_points(data: bytes, table: int) -> Iterator[int]:
    (kind,) = struct.unpack_from(">H", data, table)
    if kind == 12:
        (groups,) = struct.unpack_from(">I", data, table + 12)
        for first, last, glyph in struct.iter_unpack(">III", data[table + 16 : table + 16 + 12 * groups]):
            yield from range(first if glyph else first + 1, last + 1)
    elif kind == 4:
        yield from _segments(data, table)
    else:
        raise LookupError(f"cmap format {kind}")


def _segments(data: bytes, table: int) -> Iterator[int]:
    """Format 4: four parallel arrays of segments; a glyph of 0 means that there is none."""
    (doubled,) = struct.unpack_from(">H", data, table + 6)
    for at in range(table + 14, table + 14 + doubled, 2):
        (last,) = struct.unpack_from(">H", data, at)
        (first,) = struct.unpack_from(">H", data, at + doubled + 2)
        (delta,) = struct.unpack_from(">H", data, at + 2 * doubled + 2)
        slot = at + 3 * doubled + 2
        (offset,) = struct.unpack_from(">H", data, slot)
        for code in range(first, last + 1):
            if code == 0xFFFF:
                continue
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, slot + offset + 2 * (code - first))
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                yield code
