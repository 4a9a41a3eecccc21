"""The file form of a reference profile: a header, the arrays, and a digest over both. No pickle, no compression.

    b"AIQU-PROFILE\\n"  version (u16)  length of the header (u32)  header (canonical JSON)  arrays  SHA-256 of all
    before

All numbers are little-endian. Version 2: the header has the columns and the sections, and the arrays follow in their
order. A numeric column has edges (f8), bin edges (f8) and counts (u4, or u8 where its entry says "wide"); a categorical
one has counts (u8); a section has its arrays (f8) by sorted name, whose shapes stand in the header. Version 1 is still
read: see `format_1`.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from typing import Any

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import canonical_json
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles import format_1
from aiqu_desktop.drift.profiles.array_reader import ArrayReader, increasing
from aiqu_desktop.drift.profiles.columns import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.profiles.grid import Grid
from aiqu_desktop.drift.profiles.lattice import Lattice
from aiqu_desktop.drift.profiles.profile import ReferenceProfile, Section
from aiqu_desktop.drift.values import PROFILED_AS_NUMBERS

MAGIC = b"AIQU-PROFILE\n"
VERSION = 2
_PREFIX = struct.Struct("<HI")
_DIGEST_BYTES = 32
_WHOLE = ("rows", "missing", "infinities")
_REAL = ("mean", "std", "minimum", "maximum", "spread", "autocorrelation", "rank_error")
_LARGEST_U4 = 2**32 - 1
_MOST_EDGES = 1 << 14  # what version 1 may have had, with room


def write_profile(profile: ReferenceProfile) -> bytes:
    """The bytes of a profile; equal profiles give equal bytes."""
    sections = {
        name: {key: list(arrays[key].shape) for key in sorted(arrays)}
        for name, arrays in sorted(profile.sections.items())
    }
    header = canonical_json({"columns": [_describe(column) for column in profile.columns], "sections": sections})
    parts = [part for column in profile.columns for part in _arrays(column)]
    parts += [profile.sections[name][key].astype("<f8").tobytes() for name in sections for key in sections[name]]
    body = MAGIC + _PREFIX.pack(VERSION, len(header)) + header + b"".join(parts)
    return body + hashlib.sha256(body).digest()


def read_profile(data: bytes) -> ReferenceProfile:
    """Raises UserError on anything that `write_profile` of this version or an older one did not write."""
    start = len(MAGIC) + _PREFIX.size
    if not data.startswith(MAGIC) or len(data) < start + _DIGEST_BYTES:
        raise UserError("The reference profile is not one of AiQu Desktop's; build it again from the reference data.")
    version, header_length = _PREFIX.unpack_from(data, len(MAGIC))
    if version > VERSION:
        raise UserError(
            f"The reference profile has version {version} and this program reads up to {VERSION}; update AiQu Desktop."
        )
    body = data[:-_DIGEST_BYTES]
    if hashlib.sha256(body).digest() != data[-_DIGEST_BYTES:]:
        raise UserError("The reference profile is damaged: its digest does not match; copy it again.")
    try:
        header = json.loads(body[start : start + header_length])
        reader = ArrayReader(body, start + header_length)
        read = _read_column if version > 1 else format_1.read_column
        columns = tuple(read(entry, reader) for entry in header["columns"])
        sections = {name: _read_section(shapes, reader) for name, shapes in header.get("sections", {}).items()}
        reader.finish()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UserError(f"The reference profile cannot be read ({error}); build it again.") from error
    return ReferenceProfile(columns, sections)


def _describe(column: ColumnProfile) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": column.name, "kind": column.kind.value}
    if isinstance(column, CategoricalProfile):
        return entry | {
            "rows": column.rows,
            "missing": column.missing,
            "autocorrelation": column.autocorrelation,
            "categories": list(column.categories),
            "other": column.other,
        }
    lattice = column.grid.lattice
    return entry | {
        "edges": column.grid.edges.size,
        "bins": column.bin_edges.size,
        "wide": _is_wide(column),
        "lattice": [lattice.centre, lattice.scale, lattice.bits, lattice.first, lattice.cells],
        **{name: getattr(column, name) for name in (*_WHOLE, *_REAL)},
    }


def _arrays(column: ColumnProfile) -> tuple[bytes, ...]:
    if isinstance(column, CategoricalProfile):
        return (column.counts.astype("<u8").tobytes(),)
    counts = column.counts.astype("<u8" if _is_wide(column) else "<u4").tobytes()
    return column.grid.edges.astype("<f8").tobytes(), column.bin_edges.astype("<f8").tobytes(), counts


def _is_wide(column: NumericProfile) -> bool:
    return bool(column.counts.max() > _LARGEST_U4)


def _read_column(entry: dict[str, Any], reader: ArrayReader) -> ColumnProfile:
    kind = ColumnKind(entry["kind"])
    if kind not in PROFILED_AS_NUMBERS:
        return format_1.read_categorical(entry, kind, reader, "<u8")
    centre, scale, bits, first, cells = entry["lattice"]
    if not 0 < entry["edges"] <= _MOST_EDGES:
        raise ValueError(f"the grid of {entry['name']!r} is impossible")
    edges = increasing(reader.take("<f8", entry["edges"]))
    bin_edges = increasing(reader.take("<f8", entry["bins"]))
    counts = reader.take("<u8" if entry["wide"] else "<u4", edges.size + 1).astype(np.int64)
    numbers = {name: float(entry[name]) for name in _REAL}
    profile = NumericProfile(
        name=str(entry["name"]),
        kind=kind,
        grid=Grid(edges, Lattice(float(centre), float(scale), int(bits), int(first), int(cells))),
        counts=counts,
        bin_edges=bin_edges,
        rows=int(entry["rows"]),
        missing=int(entry["missing"]),
        infinities=int(entry["infinities"]),
        **numbers,
    )
    if not all(math.isfinite(value) for value in numbers.values()) or profile.rank_error < 0:
        raise ValueError(f"the numbers of {profile.name!r} are no numbers")
    return format_1.checked(profile)


def _read_section(shapes: dict[str, list[int]], reader: ArrayReader) -> Section:
    arrays = {}
    for name, shape in shapes.items():
        if any(length < 0 for length in shape):
            raise ValueError(f"the section's array {name!r} has no size")
        arrays[name] = reader.take("<f8", math.prod(shape)).astype(np.float64).reshape(shape)
    return arrays
