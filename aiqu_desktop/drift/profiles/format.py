"""The file form of a reference profile: a header, the arrays, and a digest over both. No pickle, no compression.

    b"AIQU-PROFILE\\n"  version (u16)  length of the header (u32)  header (canonical JSON)  arrays  SHA-256 of all
    before

All numbers are little-endian. The arrays follow one another in the order of the header's columns: for a numeric
column cuts (f8), bin edges (f8), counts (u4); for a categorical one counts (u4).
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import canonical_json
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.grid import LATTICE_CELLS, Grid
from aiqu_desktop.drift.profiles.profile import CategoricalProfile, ColumnProfile, NumericProfile, ReferenceProfile
from aiqu_desktop.drift.values import NUMERIC_KINDS, Floats

MAGIC = b"AIQU-PROFILE\n"
VERSION = 1
_PREFIX = struct.Struct("<HI")
_DIGEST_BYTES = 32
_SCALARS = ("rows", "missing", "infinities", "mean", "std", "minimum", "maximum", "spread", "autocorrelation")


def write_profile(profile: ReferenceProfile) -> bytes:
    """The bytes of a profile; equal profiles give equal bytes."""
    header = canonical_json({"columns": [_describe(column) for column in profile.columns]})
    arrays = b"".join(part for column in profile.columns for part in _arrays(column))
    body = MAGIC + _PREFIX.pack(VERSION, len(header)) + header + arrays
    return body + hashlib.sha256(body).digest()


def read_profile(data: bytes) -> ReferenceProfile:
    """Raises UserError on anything that `write_profile` of this version did not write."""
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
        reader = _Reader(body, start + header_length)
        columns = tuple(_read_column(entry, reader) for entry in header["columns"])
        reader.finish()
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"The reference profile cannot be read ({error}); build it again.") from error
    return ReferenceProfile(columns)


def _describe(column: ColumnProfile) -> dict[str, Any]:
    if isinstance(column, CategoricalProfile):
        return {
            "name": column.name,
            "kind": column.kind.value,
            "rows": column.rows,
            "missing": column.missing,
            "autocorrelation": column.autocorrelation,
            "categories": list(column.categories),
            "other": column.other,
        }
    lattice = [column.grid.low, column.grid.step, column.grid.cells, column.grid.cuts.size, column.bin_edges.size]
    return {
        "name": column.name,
        "kind": column.kind.value,
        "grid": lattice,
        **{name: getattr(column, name) for name in _SCALARS},
    }


def _arrays(column: ColumnProfile) -> tuple[bytes, ...]:
    counts = column.counts.astype("<u4").tobytes()
    if isinstance(column, CategoricalProfile):
        return (counts,)
    return column.grid.cuts.astype("<f8").tobytes(), column.bin_edges.astype("<f8").tobytes(), counts


class _Reader:
    """Takes arrays off a buffer, one after the other."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data, self._offset = data, offset

    def take(self, kind: str, count: int) -> np.typing.NDArray[Any]:
        size = np.dtype(kind).itemsize
        if count < 0 or self._offset + count * size > len(self._data):
            raise ValueError("an array is cut short")
        array = np.frombuffer(self._data, dtype=kind, count=count, offset=self._offset)
        self._offset += count * size
        return array

    def finish(self) -> None:
        if self._offset != len(self._data):
            raise ValueError("there is more than its header says")


def _read_column(entry: dict[str, Any], reader: _Reader) -> ColumnProfile:
    kind = ColumnKind(entry["kind"])
    return _read_numeric(entry, kind, reader) if kind in NUMERIC_KINDS else _read_categorical(entry, kind, reader)


def _read_numeric(entry: dict[str, Any], kind: ColumnKind, reader: _Reader) -> NumericProfile:
    low, step, cells, cut_count, bin_count = entry["grid"]
    if not (step > 0 and 0 <= cells <= LATTICE_CELLS and (cells or cut_count)):
        raise ValueError(f"the grid of {entry['name']!r} is impossible")
    cuts = _increasing(reader.take("<f8", cut_count))
    bin_edges = _increasing(reader.take("<f8", bin_count))
    grid = Grid(float(low), float(step), int(cells), cuts)
    counts = reader.take("<u4", grid.edges.size + 1).astype(np.uint32)
    profile = NumericProfile(
        name=str(entry["name"]),
        kind=kind,
        grid=grid,
        counts=counts,
        bin_edges=bin_edges,
        rows=int(entry["rows"]),
        missing=int(entry["missing"]),
        infinities=int(entry["infinities"]),
        mean=float(entry["mean"]),
        std=float(entry["std"]),
        minimum=float(entry["minimum"]),
        maximum=float(entry["maximum"]),
        spread=float(entry["spread"]),
        autocorrelation=float(entry["autocorrelation"]),
    )
    if int(counts.sum(dtype=np.int64)) != profile.usable or profile.spread <= 0 or profile.autocorrelation < 1:
        raise ValueError(f"the numbers of {profile.name!r} contradict one another")
    return profile


def _read_categorical(entry: dict[str, Any], kind: ColumnKind, reader: _Reader) -> CategoricalProfile:
    categories = tuple(str(name) for name in entry["categories"])
    profile = CategoricalProfile(
        name=str(entry["name"]),
        kind=kind,
        rows=int(entry["rows"]),
        missing=int(entry["missing"]),
        autocorrelation=float(entry["autocorrelation"]),
        categories=categories,
        counts=reader.take("<u4", len(categories)).astype(np.int64),
        other=int(entry["other"]),
    )
    if int(profile.counts.sum()) + profile.other != profile.usable or profile.autocorrelation < 1:
        raise ValueError(f"the numbers of {profile.name!r} contradict one another")
    return profile


def _increasing(values: np.typing.NDArray[Any]) -> Floats:
    result: Floats = values.astype(np.float64)
    if result.size and not (np.isfinite(result).all() and (np.diff(result) > 0).all()):
        raise ValueError("the edges of a grid do not increase")
    return result
