"""Read segments into arrays, the small ones once: they never change, so what was read stays true.

A site that takes a file an hour has thousands of tiny segments, and opening a Parquet file with a hundred columns
costs a millisecond. Large segments are read each time, only the wanted columns and rows.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.ingest.batch import plain
from aiqu_desktop.ingest.box import Box, as_pattern, quote_name
from aiqu_desktop.ingest.columns import Column
from aiqu_desktop.ingest.site_box import forget_site_box, site_box
from aiqu_desktop.registry import Registry

_SMALL_ROWS = 20_000
_MOST_BYTES = 192 << 20
_AT_ONCE = 200  # files in one query

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """What the ledger says of a segment: its row's id, where it lies (resolved) and how many rows it has."""

    id: int
    path: Path
    sha256: str
    rows: int


class SegmentCache:
    """The segments of one site, least recently used ones dropped first. Safe to share between threads."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._lock = threading.Lock()
        self._held: OrderedDict[int, tuple[int, Arrays]] = OrderedDict()
        self._bytes = 0

    def read(
        self, segments: Sequence[SegmentFile], columns: Sequence[Column], wanted: Sequence[Column]
    ) -> list[Arrays]:
        """The wanted columns (at least) of each segment, in order; the arrays must not be written to.

        Args:
            columns: all columns of the segments' kind, which small segments are held with.

        Raises:
            EnvironmentFault: if a segment is missing or damaged.
        """
        found: dict[int, Arrays] = {}
        small: list[SegmentFile] = []
        with self._lock:
            for segment in segments:
                held = self._held.get(segment.id)
                if held is not None:
                    self._held.move_to_end(segment.id)
                    found[segment.id] = held[1]
                elif segment.rows <= _SMALL_ROWS:
                    small.append(segment)
        for at in range(0, len(small), _AT_ONCE):
            chunk = small[at : at + _AT_ONCE]
            for segment, arrays in zip(chunk, self._load(chunk, columns, everything=True), strict=True):
                found[segment.id] = arrays
                self._hold(segment.id, arrays)
        for segment in segments:
            if segment.id not in found:
                found[segment.id] = self._load([segment], wanted, everything=False)[0]
        return [found[segment.id] for segment in segments]

    def _hold(self, segment_id: int, arrays: Arrays) -> None:
        # An object array's strings are counted at a rough 64 bytes each, an array's own frame at 120.
        size = sum(a.size * (72 if a.dtype == object else a.itemsize) + 120 for a in arrays.values())
        with self._lock:
            if segment_id in self._held:
                return
            self._held[segment_id] = (size, arrays)
            self._bytes += size
            while self._bytes > _MOST_BYTES:
                self._bytes -= self._held.popitem(last=False)[1][0]

    def _load(self, segments: Sequence[SegmentFile], columns: Sequence[Column], *, everything: bool) -> list[Arrays]:
        """Read segments in one query; DuckDB keeps the order of files and rows, so counts tell them apart again."""
        # A star where everything is wanted: naming each of a hundred columns costs DuckDB's binder dearly.
        wish = "*" if everything else ", ".join(quote_name(column.name) for column in columns)
        query = f"SELECT {wish} FROM read_parquet(?, hive_partitioning=false)"
        patterns = [as_pattern(segment.path) for segment in segments]
        try:
            found = self._box.connection().execute(query, [patterns]).fetchnumpy()
        except duckdb.Error as error:
            raise EnvironmentFault(
                f"An observation segment is missing or damaged ({str(error).splitlines()[0]}); "
                "'aiqu doctor' names it, restore it from a backup."
            ) from error
        whole = {column.name: plain(found[column.name], column.form) for column in columns}
        ends = np.cumsum([segment.rows for segment in segments])
        if next(iter(whole.values())).size != ends[-1]:
            raise EnvironmentFault(
                f"The observation segments from {segments[0].path.name} on do not have as many rows as recorded; "
                "restore them from a backup."
            )
        pieces = [
            {name: values[end - segment.rows : end] for name, values in whole.items()}
            for segment, end in zip(segments, ends, strict=True)
        ]
        if len(segments) > 1:  # each piece on its own, so that dropping one frees it
            pieces = [{name: values.copy() for name, values in piece.items()} for piece in pieces]
        return pieces


_caches: weakref.WeakKeyDictionary[Registry, tuple[Box, SegmentCache]] = weakref.WeakKeyDictionary()
_caches_lock = threading.Lock()


def let_go(registry: Registry) -> None:
    """Close what reads a site's segments; the next reader opens it anew. For a process that is about to end."""
    with _caches_lock:
        known = _caches.pop(registry, None)
    if known is not None:
        forget_site_box(registry)


def site_cache(registry: Registry) -> SegmentCache:
    """The cache of a site; one for each open registry."""
    box = site_box(registry)
    with _caches_lock:
        known = _caches.get(registry)
        if known is None or known[0] is not box:
            known = (box, SegmentCache(box))
            _caches[registry] = known
        return known[1]
