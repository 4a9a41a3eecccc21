"""ADWIN: a window cut where its older and newer part differ, checked over the boundaries of an exponential histogram.

Until a cut is found nothing leaves the window, and then River begins anew. So between detections the histogram's
boundaries are known from the number of values alone (see `boundaries`), the sums up to them suffice, and the checks of
many moments are one computation. Most are settled by bounds, which are cheap and can only err on the side of looking
closer, for many boundaries and moments together; what they leave in doubt is looked into, in order, until a cut.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.boundaries import filled, is_boundary
from aiqu_desktop.drift.sequential.classical.cut_rule import LESS, CutRule, Moments
from aiqu_desktop.drift.sequential.classical.detector import Scanner, running_sum
from aiqu_desktop.drift.sequential.classical.window_sums import WindowSums
from aiqu_desktop.drift.values import Floats, Ints

_FAR = 8  # boundaries of buckets of 2 ** _FAR values and more are checked for several moments at once
_APART = 2**_FAR
_SHORT = 2048  # values looked at together at first
_CLOSE = 128  # doubts that are looked into at once, at first


class Adwin(Scanner):
    """ADWIN2 (A. Bifet & R. Gavaldà, SDM 2007) with the buckets, variance and cut rule of River.

    delta: the chance of a false cut that the rule is built on. clock: values between checks. buckets: of each size, at
    most. least_side: values on either side of a cut, at least. warm_up: values before the first check.
    """

    NAME = "adwin"
    FIRST = 2048
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
        self._rule = CutRule(delta, buckets, least_side, warm_up)
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
        moments = Moments(self._rule, counts, sums.ends[1:], running_sum(self._squares, squares))
        far = self._far_boundaries(int(counts[-1]), sums)
        hit = self._distant(moments, sums, far, self._near(moments, sums, squares))
        if hit < ticks:
            return (hit + 1) * self.clock - 1 - waiting
        self._keep_far(int(counts[-1]), *far)
        self._tail = sums.next_tail()
        self._squares = float(moments.squares[-1])
        self._pending = values[ticks * self.clock :].copy()
        return None

    def _room(self) -> int:
        # not many more than there are: over a block the mean must not move much, or its bounds leave all in doubt
        whole = max(3 * self.count, _SHORT) // self.clock * self.clock
        return max(whole, self.clock) - self.count % self.clock

    def _near(self, moments: Moments, sums: WindowSums, squares: Floats) -> int:
        """First moment with a cut at a boundary between small buckets, or how many moments there are."""
        doubts = self._doubts_near(moments, sums, squares)
        ticks = moments.counts.size
        if doubts:
            when, spans = (np.concatenate(parts, axis=-1) for parts in zip(*doubts, strict=True))
            order = when.argsort(kind="stable")
            at, step = 0, _CLOSE
            while at < order.size:
                part = order[at : at + step]
                hit = self._cut_near(moments, sums, when[part], spans[:, part])
                if hit < ticks:
                    return hit
                at, step = at + step, 4 * step
        return ticks

    def _doubts_near(self, moments: Moments, sums: WindowSums, squares: Floats) -> list[tuple[Ints, Ints]]:
        """Moments that may have a cut, and at boundaries how many values ago: more than the first, up to the second.

        squares: sums of squares between the ticks. How far the values since a boundary lie from the mean in sum is
        bounded from the sums at the ticks around it, for all boundaries between 1, 2, 4, … ticks ago together.
        """
        clock, ticks, back = self.clock, moments.counts.size, self._back
        middle = float(moments.means[ticks // 2])
        ends = sums.at_ticks(back)
        totals = np.diff(ends)
        ends -= middle * clock * np.arange(ends.size)
        squares = np.concatenate((self._tick_squares, squares))
        # between two ticks the sum lies off the middle of theirs by half of all deviations, at most
        spreads = np.sqrt(clock * np.abs(squares - middle * (2.0 * totals - clock * middle))) / 2.0
        middles = (ends[1:] + ends[:-1]) / 2.0
        highest = np.stack((spreads + middles, spreads - middles))  # over as many ticks as a group has, by doubling
        away = clock * np.abs(moments.means - middle)
        now = ends[back + 1 :]
        doubts: list[tuple[Ints, Ints]] = []
        since, length = 0, 1
        while since < back:
            until = min(since + length, back)
            start = back - until + 1  # the first group ends so many ticks after those that are known
            above, below = highest[:, start : start + ticks]
            most = np.maximum(above - now, below + now)
            most += (until + 1) * away
            limit = moments.least_limit(max(since * clock + 1, self.least_side), until * clock)
            doubtful = np.flatnonzero(~(most <= limit))  # what is unknown (NaN) is in doubt
            if doubtful.size:
                doubts.append((doubtful, np.full((2, doubtful.size), [[since * clock], [until * clock]])))
            if since:
                highest = np.maximum(highest[:, length:], highest[:, :-length])
                length *= 2
            since = until
        self._tick_squares = squares[ticks:]
        return doubts

    def _cut_near(self, moments: Moments, sums: WindowSums, ticks: Ints, spans: Ints) -> int:
        """First of the moments `ticks` with a cut at a boundary of small buckets, or how many moments there are.

        spans: how many values ago the boundaries lie, more than spans[0] and up to spans[1].
        """
        counts = moments.counts[ticks]
        positions = (2 * filled(counts, self._levels + 1, self.buckets) + self._offsets) << self._levels
        newer = counts - positions  # [levels, buckets, ticks]
        kept = np.flatnonzero((newer > spans[0]) & (newer <= spans[1]))
        if kept.size == 0:
            return moments.counts.size
        positions, ticks = positions.reshape(-1)[kept], ticks[kept % ticks.size]
        apart = moments.totals[ticks] - sums.at(positions)
        width = newer.reshape(-1)[kept].astype(np.float64)
        apart -= width * moments.means[ticks]
        doubtful = np.abs(apart) > moments.limit(ticks, width)
        return moments.first_cut(ticks[doubtful], positions[doubtful], sums.at)

    def _distant(self, moments: Moments, sums: WindowSums, far: tuple[Ints, Floats], until: int) -> int:
        """First moment before `until` with a cut at a boundary between large buckets, or `until`.

        far: positions of the boundaries, and the sums up to them. Bounded for several moments together.
        """
        positions, totals = far
        least = (self.buckets - 1) * (_APART - 1)
        if positions.size == 0 or moments.counts[-1] - positions[0] < least:
            return until
        size = max(1, least // self.clock)
        edges = np.arange(0, moments.counts.size, size)
        last = np.append(edges[1:], moments.counts.size) - 1
        # the groups of moments at which each position may be a boundary: it is one of buckets up to its own divisor
        farthest = positions + 2 * self.buckets * (positions & -positions)
        starts = moments.counts[last].searchsorted(positions + least)
        many = np.maximum(moments.counts[edges].searchsorted(farthest, side="right") - starts, 0)
        which = np.arange(positions.size).repeat(many)
        groups = np.arange(which.size) + (starts - many.cumsum() + many).repeat(many)
        lowest = np.minimum.reduceat(moments.means, edges)
        highest = np.maximum.reduceat(moments.means, edges)
        limits = np.minimum.reduceat(moments.limits, edges)
        older = positions[which].astype(np.float64)
        most = np.abs(totals[which] - older * ((lowest + highest) / 2.0)[groups])
        most += older * ((highest - lowest) / 2.0)[groups]
        room = older * (1.0 - older / moments.widths[edges][groups])
        room = np.sqrt(limits[groups] * np.maximum(room, 0.0)) + moments.surely[edges][groups]
        doubtful = np.flatnonzero((most > room * LESS) & (edges[groups] < until))
        order = doubtful[groups[doubtful].argsort(kind="stable")]
        at, step = 0, _CLOSE
        while at < order.size:
            end = int(groups[order].searchsorted(groups[order[min(at + step, order.size) - 1]], side="right"))
            part = order[at:end]
            ticks = edges[groups[part]][:, None] + np.arange(size)
            kept = ticks <= last[groups[part]][:, None]
            pairs = np.broadcast_to(positions[which[part]][:, None], ticks.shape)
            hit = moments.first_cut(ticks[kept], pairs[kept], partial(self._sum_at, sums))
            if hit < moments.counts.size:
                return min(hit, until)
            at, step = end, 4 * step
        return until

    def _far_boundaries(self, count: int, sums: WindowSums) -> tuple[Ints, Floats]:
        """Positions of the boundaries of large buckets up to `count`, ascending, and the sums up to them."""
        start = int(self._far[-1]) if self._far.size else 0
        new = np.arange(start + _APART, count + 1, _APART)
        return np.concatenate((self._far, new)), np.concatenate((self._far_sums, sums.at(new)))

    def _keep_far(self, count: int, positions: Ints, totals: Floats) -> None:
        kept = is_boundary(positions, np.full(positions.size, count), self.buckets)
        if positions.size:
            kept[-1] = True  # the next one is counted from it
        self._far, self._far_sums = positions[kept], totals[kept]

    def _sum_at(self, sums: WindowSums, positions: Ints) -> Floats:
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
