"""ADWIN: a window cut where its older and newer part differ, checked over the boundaries of an exponential histogram.

Until a cut is found nothing leaves the window, and then River begins anew. So between detections the histogram's
boundaries are known from the number of values alone (see `boundaries`), the sums up to them suffice, and the checks of
many moments are one computation. Most checks are settled by what is cheap and can only err on the side of looking
closer: `epsilon` is at least sqrt(2 var d / m), so a difference below that is no cut.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.boundaries import filled, is_boundary
from aiqu_desktop.drift.sequential.classical.detector import Scanner, running_sum
from aiqu_desktop.drift.sequential.classical.window_sums import WindowSums
from aiqu_desktop.drift.values import Floats, Ints

_FAR = 8  # boundaries of buckets of 2 ** _FAR values and more are checked for several moments at once
_APART = 2**_FAR
_SHORT = 1024  # values looked at together at first
_LESS = 1.0 - 1e-9  # leaves room for rounding in bounds


class Adwin(Scanner):
    """ADWIN2 (A. Bifet & R. Gavaldà, SDM 2007) with the buckets, variance and cut rule of River.

    delta: the chance of a false cut that the rule is built on. clock: values between checks. buckets: of each size, at
    most. least_side: values on either side of a cut, at least. warm_up: values before the first check.
    """

    NAME = "adwin"
    BLOCK = 131_072
    _centre: float
    _squares: float
    _pending: Floats
    _tail: Floats
    _tick_squares: Floats
    _far: Ints
    _far_sums: Floats

    def __init__(
        self, delta: float = 0.002, clock: int = 32, buckets: int = 5, least_side: int = 5, warm_up: int = 10
    ) -> None:
        if not 0.0 < delta < 1.0 or min(clock, buckets, least_side) < 1:
            raise ValueError("ADWIN needs a delta between 0 and 1 and a clock, buckets and least side of at least 1.")
        self.delta, self.clock, self.buckets = delta, clock, buckets
        self.least_side, self.warm_up = least_side, warm_up
        reach = buckets * (_APART - 1)  # as far back as boundaries of small buckets lie
        self._back = -(-reach // clock)  # the same in ticks
        self._tail_rows = self._back * clock + 1
        levels = np.arange(_FAR)
        farthest = buckets * (2 ** (levels + 1) - 1) - 2**levels  # boundary of a level from the newest value
        self._levels = levels[farthest >= least_side][:, None, None]
        self._offsets = np.arange(1, buckets + 1)[None, :, None]
        super().__init__()

    @property
    def mean(self) -> float:
        """Mean of the window; zero while it is empty."""
        if self.count == 0:
            return 0.0
        total = float(self._tail[-1]) + float(np.sum(self._pending - self._centre))
        return self._centre + total / self.count

    def _scan(self, block: Floats) -> int | None:
        if self.count == 0:
            self._centre = float(block[0])
        waiting = int(self._pending.size)
        values = np.concatenate((self._pending, block)) if waiting else block
        ticks = values.size // self.clock
        if ticks == 0:
            self._pending = values.copy()
            return None
        before = self.count - waiting
        rows = values[: ticks * self.clock].reshape(ticks, self.clock)
        if self._centre:
            rows = rows - self._centre
        sums = WindowSums(self._tail, rows, before)
        squares = np.einsum("ij,ij->i", rows, rows)
        counts = before + self.clock * np.arange(1, ticks + 1)
        moments = _Moments(self, counts, sums.ends[1:], running_sum(self._squares, squares))
        hits = [hit for hit in (self._near(moments, sums, squares), self._distant(moments, sums)) if hit >= 0]
        if hits:
            return (min(hits) + 1) * self.clock - 1 - waiting
        self._keep_far(int(counts[-1]), sums)
        self._tail = sums.next_tail()
        self._squares = float(moments.squares[-1])
        self._pending = values[ticks * self.clock :].copy()
        return None

    def _room(self) -> int:
        # at most as many as there are: over a block the mean must not move much, or its bounds leave all in doubt
        whole = max(self.count, _SHORT) // self.clock * self.clock
        return max(whole, self.clock) - self.count % self.clock

    def _near(self, moments: _Moments, sums: WindowSums, squares: Floats) -> int:
        """First moment with a cut at a boundary between small buckets, or -1.

        How far the values since a boundary lie from the mean in sum is bounded from the sums at the ticks around it,
        for all boundaries between 1, 2, 4, … ticks ago together.
        """
        clock, ticks, back = self.clock, moments.counts.size, self._back
        middle = float(moments.means[ticks // 2])
        ends = sums.at_ticks(back)
        totals = np.diff(ends)
        ends -= middle * clock * np.arange(ends.size)
        squares = np.concatenate((self._tick_squares, squares))
        # within a row the sum leaves those at its ends by half of all deviations, at most
        spreads = np.sqrt(clock * np.abs(squares - middle * (2.0 * totals - clock * middle))) / 2.0
        highest = np.stack((ends[1:], -ends[1:], spreads))  # over as many ticks as a group has, by doubling
        away = clock * np.abs(moments.means - middle)
        now = ends[back + 1 :]
        found, since, length = [], 0, 1
        while since < back:
            until = min(since + length, back)
            start = back - (until - length)  # of the ticks that lie (until - length) before those of the block
            groups = highest[:, start - length + 1 : start - length + 1 + ticks]
            around = np.maximum(groups[:2], highest[:2, start - length : start - length + ticks])
            most = np.maximum(around[0] - now, around[1] + now) + (groups[2] + (until + 1) * away)
            doubtful = np.flatnonzero(~(most <= moments.least_limit(since * clock + 1, until * clock)))
            if doubtful.size:
                found.append(self._cut_near(moments, sums, doubtful, since * clock, until * clock))
            if since:
                highest = np.maximum(highest[:, length:], highest[:, :-length])
                length *= 2
            since = until
        self._tick_squares = squares[ticks:]
        return min((tick for tick in found if tick >= 0), default=-1)

    def _cut_near(self, moments: _Moments, sums: WindowSums, ticks: Ints, since: int, until: int) -> int:
        """First of the moments with a cut at a boundary of small buckets that many values ago, or -1."""
        counts = moments.counts[ticks]
        positions = (2 * filled(counts, self._levels + 1, self.buckets) + self._offsets) << self._levels
        newer = counts - positions  # [levels, buckets, ticks]
        kept = np.flatnonzero((newer > since) & (newer <= until))
        if kept.size == 0:
            return -1
        positions, ticks = positions.reshape(-1)[kept], ticks[kept % ticks.size]
        apart = moments.totals[ticks] - sums.at(positions)
        width = newer.reshape(-1)[kept].astype(np.float64)
        apart -= width * moments.means[ticks]
        doubtful = np.abs(apart) > moments.limit(ticks, width)
        return moments.first_cut(ticks[doubtful], positions[doubtful], sums)

    def _distant(self, moments: _Moments, sums: WindowSums) -> int:
        """First moment with a cut at a boundary between large buckets, or -1: bounded for several moments at once."""
        positions, totals = self._far_boundaries(int(moments.counts[-1]), sums)
        least = (self.buckets - 1) * (_APART - 1)
        if positions.size == 0 or moments.counts[-1] - positions[0] < least:
            return -1
        edges = np.arange(0, moments.counts.size, max(1, least // self.clock))
        lowest = np.minimum.reduceat(moments.means, edges)
        highest = np.maximum.reduceat(moments.means, edges)
        limits = np.minimum.reduceat(moments.limits, edges)
        surely = np.minimum.reduceat(moments.surely, edges)
        last = np.append(edges[1:], moments.counts.size) - 1
        where = positions[:, None].astype(np.float64)
        most = np.abs(totals[:, None] - where * (lowest + highest) / 2.0) + where * (highest - lowest) / 2.0
        room = np.sqrt(limits * np.maximum(where * (1.0 - where / moments.widths[edges]), 0.0)) + surely
        unsettled = (most > room * _LESS) & (moments.counts[last] - positions[:, None] >= least)
        for group in np.flatnonzero(unsettled.any(axis=0)):
            ticks = np.arange(edges[group], last[group] + 1)
            doubtful = positions[unsettled[:, group]]
            pairs = np.repeat(ticks, doubtful.size)
            hit = moments.first_cut(pairs, np.tile(doubtful, ticks.size), sums)
            if hit >= 0:
                return hit
        return -1

    def _far_boundaries(self, count: int, sums: WindowSums) -> tuple[Ints, Floats]:
        """Positions of the boundaries of large buckets up to `count`, ascending, and the sums up to them."""
        start = int(self._far[-1]) if self._far.size else 0
        new = np.arange(start + _APART, count + 1, _APART)
        return np.concatenate((self._far, new)), np.concatenate((self._far_sums, sums.at(new)))

    def _keep_far(self, count: int, sums: WindowSums) -> None:
        positions, totals = self._far_boundaries(count, sums)
        kept = is_boundary(positions, np.full(positions.size, count), self.buckets)
        if positions.size:
            kept[-1] = True  # the next one is counted from it
        self._far, self._far_sums = positions[kept], totals[kept]

    def _sum_at(self, positions: Ints, sums: WindowSums) -> Floats:
        answer = sums.at(positions)
        near = positions >= sums.first
        if not near.all():
            answer[~near] = self._far_sums[np.searchsorted(self._far, positions[~near]).clip(max=self._far.size - 1)]
        return answer

    def _clear(self) -> None:
        self._centre = self._squares = 0.0
        self._pending = np.empty(0)
        self._tail = np.zeros(self._tail_rows)
        self._tick_squares = np.full(self._back, np.inf)  # of the values between ticks; unknown is beyond any bound
        self._far = np.empty(0, dtype=np.int64)
        self._far_sums = np.empty(0)

    def _parameters(self) -> dict[str, Any]:
        return {
            "delta": self.delta,
            "clock": self.clock,
            "buckets": self.buckets,
            "least_side": self.least_side,
            "warm_up": self.warm_up,
        }

    def _numbers(self) -> dict[str, Any]:
        seen = self.count - self._pending.size
        positions = np.arange(seen + 1 - self._tail_rows, seen + 1)
        kept = (positions > 0) & is_boundary(positions, np.full(positions.size, seen), self.buckets)
        return {
            "centre": self._centre,
            "squares": self._squares,
            "pending": self._pending.tolist(),
            "near": positions[kept].tolist(),
            "near_sums": self._tail[kept].tolist(),
            "far": self._far.tolist(),
            "far_sums": self._far_sums.tolist(),
        }

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._centre, self._squares = numbers["centre"], numbers["squares"]
        self._pending = np.array(numbers["pending"], dtype=np.float64)
        self._tick_squares = np.full(self._back, np.inf)
        seen = self.count - self._pending.size
        # sums at merged boundaries are gone and never used: NaN is above and below nothing
        self._tail = np.where(np.arange(seen + 1 - self._tail_rows, seen + 1) > 0, np.nan, 0.0)
        near = np.array(numbers["near"], dtype=np.int64)
        self._tail[near - (seen + 1 - self._tail_rows)] = numbers["near_sums"]
        self._far = np.array(numbers["far"], dtype=np.int64)
        self._far_sums = np.array(numbers["far_sums"], dtype=np.float64)


class _Moments:
    """The moments of a block at which cuts are looked for, and what they have in common for all cuts."""

    def __init__(self, adwin: Adwin, counts: Ints, totals: Floats, squares: Floats) -> None:
        self.adwin = adwin
        self.counts = counts
        self.widths = counts.astype(np.float64)
        self.totals = totals
        self.means = totals / self.widths
        self.squares = squares
        self._variances = np.maximum(squares - totals * self.means, 0.0) / self.widths
        # a window of one value has no cut; its logarithm of zero must not be taken
        self._confidence = np.log(2.0 * np.log(np.maximum(self.widths, 2.0)) / adwin.delta)
        self.limits = 2.0 * self._variances * self._confidence
        self.surely = 2.0 / 3.0 * self._confidence

    def limit(self, ticks: Ints, newer: Floats) -> Floats:
        """What the sum of the newer values must lie off the mean at least for a cut, by River's rule; both [pairs]."""
        older = 1.0 - newer / self.widths[ticks]
        limits = np.sqrt(self.limits[ticks] * newer * np.maximum(older, 0.0)) + self.surely[ticks]
        return np.asarray(limits * _LESS, dtype=np.float64)

    def least_limit(self, least: int, most: int) -> float:
        """The same for all moments and from `least` to `most` newer values, at least."""
        width = float(self.widths[0])
        sides = max(min(least * (1.0 - least / width), most * (1.0 - most / width)), 0.0)
        return (math.sqrt(float(self.limits.min()) * sides) + float(self.surely[0])) * _LESS

    def first_cut(self, ticks: Ints, positions: Ints, sums: WindowSums) -> int:
        """The first of the moments `ticks` whose cut at its position is one by River's rule, or -1. Both [pairs]."""
        adwin = self.adwin
        older = positions.astype(np.float64)
        newer = self.widths[ticks] - older
        sound = (older >= adwin.least_side) & (newer >= adwin.least_side) & (self.counts[ticks] > adwin.warm_up)
        ticks, positions, older, newer = ticks[sound], positions[sound], older[sound], newer[sound]
        if ticks.size == 0:
            return -1
        before = adwin._sum_at(positions, sums)
        apart = np.abs(before / older - (self.totals[ticks] - before) / newer)
        share = 1.0 / (older - adwin.least_side + 1.0) + 1.0 / (newer - adwin.least_side + 1.0)
        confidence = self._confidence[ticks]
        allowed = np.sqrt(2.0 * share * self._variances[ticks] * confidence) + 2.0 / 3.0 * confidence * share
        cut = apart > allowed
        cut[cut] = is_boundary(positions[cut], self.counts[ticks[cut]], adwin.buckets)
        return int(ticks[cut].min()) if cut.any() else -1
