"""Building a reference profile from data larger than memory: one pass, in blocks of any size.

>>> import numpy as np
>>> from aiqu_desktop.core.words import ColumnKind
>>> builder = ProfileBuilder({"pressure": ColumnKind.NUMERIC})
>>> rng = np.random.default_rng(0)
>>> for _ in range(10):
...     builder.add({"pressure": rng.normal(5.0, 0.1, 100_000)})
>>> profile = builder.finish()
>>> profile.rows, round(profile.columns[0].mean, 3), profile.columns[0].rank_error < 1e-3
(1000000, 5.0, True)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.evidence.autocorrelation import integrated_time, integrated_time_of_categories
from aiqu_desktop.drift.profiles.columns import CategoricalProfile, NumericProfile, categorical_profile
from aiqu_desktop.drift.profiles.gridding import build_grid
from aiqu_desktop.drift.profiles.latest import LatestRows
from aiqu_desktop.drift.profiles.lattice_sketch import LatticeSketch
from aiqu_desktop.drift.profiles.profile import (
    TIME_ROWS,
    ReferenceProfile,
    chosen_spread,
    clipped_deviation,
    profile_column,
)
from aiqu_desktop.drift.sharing import shared
from aiqu_desktop.drift.values import PROFILED_AS_NUMBERS, Column, Floats, as_categories, as_numbers, split_numbers

EXACT_ROWS = 1 << 18  # up to here a profile is that of `build_profile`, bit for bit
_MOST_NAMES = 200_000  # category names counted at a time


class ProfileBuilder:
    """Summarises columns block by block; memory does not grow with the rows.

    Up to `EXACT_ROWS` rows the profile is exact. Beyond, `rank_error` of each column bounds how far its distribution
    can be off at an edge of its grid: at most 1/4096 + 1.2e-4 for ten million rows (see `LatticeSketch` and
    `RankSketch`), and 0 wherever the data kept to the lattice of their first rows, as is usual. Moments, range,
    missing and infinite rows stay exact. Different columns may be added by different threads.
    """

    def __init__(self, kinds: Mapping[str, ColumnKind]) -> None:
        self._streams: dict[str, _NumericStream | _CategoryStream] = {
            name: _NumericStream(name, kind) if kind in PROFILED_AS_NUMBERS else _CategoryStream(name, kind)
            for name, kind in kinds.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._streams)

    def add(self, block: Mapping[str, Column]) -> None:
        """Take in the next rows, in time order, all columns of one length; see `build_profile` for their form.

        Raises:
            UserError: if a column is missing, has another length, or holds what its kind cannot.
        """
        absent = [name for name in self._streams if name not in block]
        if absent:
            raise UserError(f"The block has no column {absent[0]!r}; give every block the same columns.")
        lengths = {len(block[name]) for name in self._streams}
        if len(lengths) > 1:
            raise UserError(f"The block's columns have different lengths {sorted(lengths)}; give one value a row.")
        for name in self._streams:
            self.add_column(name, block[name])

    def add_column(self, name: str, values: Column) -> None:
        """Take in the next rows of one column; every column must have had as many when `finish` is called."""
        self._streams[name].add(values)

    def finish(self, *, jobs: int = 1) -> ReferenceProfile:
        """The profile of all rows so far; more may be added afterwards. jobs: threads that share the columns.

        Raises:
            UserError: if the columns have different numbers of rows.
        """
        lengths = {stream.rows for stream in self._streams.values()}
        if len(lengths) > 1:
            raise UserError(f"The reference columns have different lengths {sorted(lengths)}; give one value a row.")
        return ReferenceProfile(tuple(shared(lambda stream: stream.finish(), list(self._streams.values()), jobs)))


class _NumericStream:
    def __init__(self, name: str, kind: ColumnKind) -> None:
        self._name, self._kind = name, kind
        self.rows = 0
        self._first: list[Floats] = []
        self._sketch: LatticeSketch | None = None

    def add(self, values: Column) -> None:
        numbers = as_numbers(self._name, values)
        self.rows += numbers.size
        if self._sketch is None:
            self._first.append(numbers.copy())
            if self.rows > EXACT_ROWS:
                self._start()
        else:
            self._sketch.add(numbers)
            self._latest.add(numbers)

    def _start(self) -> None:
        """Fit a lattice to the first rows and count them; without a usable value among them, wait for more."""
        usable = np.concatenate([split_numbers(block)[0] for block in self._first])[:EXACT_ROWS]
        if not usable.size:
            return
        usable.sort()
        self._sketch = LatticeSketch(usable, integers=self._kind is ColumnKind.INTEGER)
        self._latest = LatestRows(TIME_ROWS)
        for block in self._first:
            self._sketch.add(block)
            self._latest.add(block)
        self._first = []

    def finish(self) -> NumericProfile:
        if self._sketch is None:
            profile = profile_column(self._name, np.concatenate((np.empty(0), *self._first)), self._kind)
            assert isinstance(profile, NumericProfile)
            return profile
        sketch, moments = self._sketch, self._sketch.moments
        grid, bin_edges = build_grid(
            sketch.weighted(), integers=self._kind is ColumnKind.INTEGER, lattice=sketch.lattice
        )
        counted = sketch.counts_on(grid)
        clipped = clipped_deviation(grid, counted.counts)
        return NumericProfile(
            name=self._name,
            kind=self._kind,
            rows=self.rows,
            missing=sketch.missing,
            infinities=sketch.infinities,
            mean=moments.mean,
            std=moments.std,
            minimum=moments.least,
            maximum=moments.most,
            spread=chosen_spread(moments.least, moments.most, moments.std, clipped),
            autocorrelation=integrated_time(self._latest.in_order()),
            grid=grid,
            counts=counted.counts,
            bin_edges=bin_edges,
            rank_error=counted.error / moments.count,
        )


class _CategoryStream:
    def __init__(self, name: str, kind: ColumnKind) -> None:
        self._name, self._kind = name, kind
        self.rows = 0
        self._missing = 0
        self._counted: Counter[str] = Counter()
        self._dropped = 0
        self._latest: list[str | None] = []

    def add(self, values: Column) -> None:
        names = as_categories(values, self._kind)
        self.rows += len(names)
        counted = Counter(names)
        self._missing += counted.pop(None, 0)
        self._counted.update({name: count for name, count in counted.items() if name is not None})
        if len(self._counted) > _MOST_NAMES:  # a column of names that hardly repeat: keep the frequent ones
            kept = dict(self._counted.most_common(_MOST_NAMES // 2))
            self._dropped += self._counted.total() - sum(kept.values())
            self._counted = Counter(kept)
        self._latest = (self._latest + names)[-TIME_ROWS:]

    def finish(self) -> CategoricalProfile:
        return categorical_profile(
            self._name,
            self._kind,
            rows=self.rows,
            missing=self._missing,
            counted=self._counted,
            other=self._dropped,
            autocorrelation=integrated_time_of_categories(self._latest),
        )
