"""Reading columns of format version 1, which the first releases wrote.

Its grid was an even lattice (low, step, cells) merged with extra cuts: all of them are simply edges now. Its arrays:
for a numeric column cuts (f8), bin edges (f8), counts (u4); for a categorical one counts (u4).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.array_reader import ArrayReader, increasing
from aiqu_desktop.drift.profiles.columns import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.profiles.grid import Grid
from aiqu_desktop.drift.profiles.lattice import fit_lattice
from aiqu_desktop.drift.values import Floats, Ints

_MOST_CELLS = 4096


def read_column(entry: dict[str, Any], reader: ArrayReader) -> ColumnProfile:
    """One column of version 1."""
    kind = ColumnKind(entry["kind"])
    if kind not in (ColumnKind.NUMERIC, ColumnKind.INTEGER):
        return read_categorical(entry, kind, reader, "<u4")
    low, step, cells, cut_count, bin_count = entry["grid"]
    if not (step > 0 and 0 <= cells <= _MOST_CELLS and (cells or cut_count)):
        raise ValueError(f"the grid of {entry['name']!r} is impossible")
    cuts = increasing(reader.take("<f8", cut_count))
    bin_edges = increasing(reader.take("<f8", bin_count))
    given = _edges(float(low), float(step), int(cells), cuts)
    counts = reader.take("<u4", given.size + 1).astype(np.int64)
    edges, counts = _distinct(given, counts)
    return checked(
        NumericProfile(
            name=str(entry["name"]),
            kind=kind,
            grid=Grid(edges, fit_lattice(edges)),
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
    )


def read_categorical(entry: dict[str, Any], kind: ColumnKind, reader: ArrayReader, form: str) -> CategoricalProfile:
    """A categorical column, whose counts are of the NumPy type `form`."""
    categories = tuple(str(name) for name in entry["categories"])
    profile = CategoricalProfile(
        name=str(entry["name"]),
        kind=kind,
        rows=int(entry["rows"]),
        missing=int(entry["missing"]),
        autocorrelation=float(entry["autocorrelation"]),
        categories=categories,
        counts=reader.take(form, len(categories)).astype(np.int64),
        other=int(entry["other"]),
    )
    if int(profile.counts.sum()) + profile.other != profile.usable or profile.autocorrelation < 1:
        raise ValueError(f"the numbers of {profile.name!r} contradict one another")
    return profile


def checked(profile: NumericProfile) -> NumericProfile:
    """The profile, or ValueError if its numbers cannot be."""
    known = profile.grid.edges.size and np.isin(profile.bin_edges, profile.grid.edges).all()
    sums = int(profile.counts.sum()) == profile.usable and int(profile.counts.min()) >= 0
    if not (known and sums and profile.spread > 0 and profile.autocorrelation >= 1):
        raise ValueError(f"the numbers of {profile.name!r} contradict one another")
    return profile


def _edges(low: float, step: float, cells: int, cuts: Floats) -> Floats:
    """All edges as version 1 ordered them: a cut stood after the edge of the lattice cell that it was placed in."""
    if not cells:
        return cuts
    places = np.clip((cuts - low) * (1.0 / step) + 1.0, 0.0, cells + 1.0).astype(np.intp)
    positions = places + np.arange(cuts.size)
    is_lattice = np.ones(cells + 1 + cuts.size, dtype=np.bool_)
    is_lattice[positions] = False
    edges = np.empty(is_lattice.size)
    edges[positions] = cuts
    edges[is_lattice] = low + np.arange(cells + 1) * step
    return np.maximum.accumulate(edges)  # a cut may miss its lattice edge by one rounding


def _distinct(edges: Floats, counts: Ints) -> tuple[Floats, Ints]:
    """Without edges that stand twice, whose cells hold nothing."""
    last = np.concatenate((edges[1:] != edges[:-1], [True]))
    below = np.cumsum(counts[:-1])[last]
    return edges[last], np.diff(below, prepend=0, append=int(counts.sum()))
