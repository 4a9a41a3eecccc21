"""A monotone map from numbers to cells that a few integer instructions compute: fine in the middle, wide in the tails.

A double's bit pattern, read as a whole number, grows with the number and is close to its logarithm. So the leading bits
of |x - centre| + scale count cells that are even within `scale` of the centre and double their width with every
doubling of the distance beyond. A large scale makes the lattice even throughout, a small one logarithmic. The map is a
composition of operations that never reverse an order, so whatever the roundings, equal values share a cell and cells
are ordered as values are; NaN and infinities fall into the two open cells.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aiqu_desktop.drift.values import LARGEST, Floats, Ints

CELLS = 1 << 15
BLOCK = 1 << 15  # rows worked on at a time: the two scratch arrays and the counts stay in the second-level cache
_MANTISSA = 52
_SCALE_STEPS = (0, 2, 4, 6, 8, 11, 14, 18, 24, 32, 44, 64)  # halvings of the range tried as scale
_LEAST_EXPONENT = -900
_LOST = 8  # halvings of the width of a cell after which a scale no longer counts
_SCORED = 1024
_APART = 4  # cells from each of the scored points to the next: then none holds more than 1/4096
_GOAL = 6.0  # an even spread over the cells gives 1; an even lattice, which is the fastest, under a normal curve 5
_WHOLE = np.int64(0x7FFFFFFFFFFFFFFF)


class _Scratch(threading.local):
    """Room to work in, each thread's own."""

    def __init__(self) -> None:
        self.distance: Floats = np.empty(BLOCK)


_scratch = _Scratch()


@dataclass(frozen=True)
class Lattice:
    """Cell 0 holds what lies below, cells 1 to `cells` lie in between, cell `cells` + 1 holds what lies above.

    centre: where cells are finest. scale: a power of two. bits: 2**bits cells for each doubling of the distance.
    first: the signed number of cell 1 counted from the centre.
    """

    centre: float
    scale: float
    bits: int
    first: int
    cells: int

    def __post_init__(self) -> None:
        mantissa, exponent = math.frexp(self.scale)
        in_range = mantissa == 0.5 and abs(exponent) < 1000 and abs(self.centre) <= LARGEST
        if not (in_range and 0 <= self.bits <= _MANTISSA and 0 < self.cells <= CELLS and abs(self.first) < 2**62):
            raise ValueError(f"the lattice {self} is impossible")
        if self.centre == 0.0:
            object.__setattr__(self, "centre", -0.0)  # 0.0 and -0.0 both give +0.0 then, and so share a cell

    def place_block(self, values: Floats, distance: Floats, cells: Ints) -> None:
        """Write the cells of up to BLOCK values into `cells`, [values]; `distance` is scratch of the same length."""
        size = cells.view(np.float64)
        shift = _MANTISSA - self.bits
        if self.first >= 0:  # nothing to place lies below the centre: what does gives a smaller key, and so cell 0
            if self.centre == 0.0:
                np.add(values, self.scale, out=size)
            else:
                np.subtract(values, self.centre, out=size)
                if not self._scale_is_lost:
                    np.add(size, self.scale, out=size)
            if shift:
                np.right_shift(cells, shift, out=cells)
            np.subtract(cells, self._base + self.first - 1, out=cells)
        else:
            np.subtract(values, self.centre, out=distance)
            np.abs(distance, out=size)
            np.add(size, self.scale, out=size)
            np.right_shift(cells, shift, out=cells)
            below = distance.view(np.int64)
            np.right_shift(below, 63, out=below)
            np.subtract(cells, self._base, out=cells)
            np.bitwise_xor(cells, below, out=cells)  # below the centre, i becomes -1 - i
            np.subtract(cells, self.first - 1, out=cells)
        # Read as unsigned, what lies below is larger than all cells, too; so one look at the largest tells.
        unsigned = cells.view(np.uint64)
        if unsigned.max(initial=0) > self.cells + 1:
            outside = np.flatnonzero(unsigned > self.cells + 1)
            cells[outside] = np.where(values[outside] < self._middle, 0, self.cells + 1)

    @cached_property
    def _scale_is_lost(self) -> bool:
        """Whether adding the scale changes nothing beyond cell 0, as it is less than half of what a double there can
        tell apart."""
        least = np.array([(self._base + self.first) << (_MANTISSA - self.bits)]).view(np.float64)[0]
        return bool(self.scale < math.ldexp(float(least), -_MANTISSA - 2))

    @cached_property
    def _middle(self) -> float:
        """A number that lies neither below nor above the cells."""
        return float(self._near_least_values(np.array([(self.cells + 1) // 2]))[0])

    def place_into(self, values: Floats, cells: Ints, in_passing: Callable[[Floats], None] | None = None) -> Ints:
        """`place` into an array that is there already, of at least as many rows; returns the part that was used.

        in_passing: gets the values, too, up to BLOCK at a time, when they are in the cache anyway.
        """
        distance = _scratch.distance
        for start in range(0, values.size, BLOCK):
            block = values[start : start + BLOCK]
            self.place_block(block, distance[: block.size], cells[start : start + block.size])
            if in_passing is not None:
                in_passing(block)
        return cells[: values.size]

    def place(self, values: Floats) -> Ints:
        """Cell of each value, a new array [values]; monotone in the value."""
        return self.place_into(values, np.empty(values.size, dtype=np.int64))

    @cached_property
    def _base(self) -> int:
        return int(np.float64(self.scale).view(np.int64)) >> (_MANTISSA - self.bits)

    def least_values(self, cells: Ints) -> Floats:
        """The least number of each of the cells (all of them between 1 and `cells`), to the last bit.

        The map is inverted by arithmetic, which may miss by roundings; a bisection over the doubles puts that right.
        """
        guess = _ordered(self._near_least_values(cells))
        missed = (self.place(_double(guess)) < cells) | (self.place(_double(guess - 1)) >= cells)
        if missed.any():
            guess[missed] = self._bisect(cells[missed], guess[missed])
        return _double(guess)

    def _near_least_values(self, cells: Ints) -> Floats:
        keys = cells + (self.first - 1)
        steps = np.where(keys >= 0, keys, -keys) + self._base
        outer = (steps << (_MANTISSA - self.bits)).view(np.float64) - self.scale
        near: Floats = self.centre + np.where(keys >= 0, outer, -outer)
        if self.bits == _MANTISSA:  # numbers within half a step from there are rounded to it
            near -= 0.5 * np.spacing(outer)
        return near

    def _bisect(self, cells: Ints, guess: Ints) -> Ints:
        low, high = guess - 1, guess.copy()
        reach = 1
        while (wrong := self.place(_double(high)) < cells).any():
            high[wrong] = _moved(high[wrong], reach)
            reach = min(2 * reach, _FARTHEST)
        reach = 1
        while (wrong := self.place(_double(low)) >= cells).any():
            low[wrong] = _moved(low[wrong], -reach)
            reach = min(2 * reach, _FARTHEST)
        while (apart := high > low + 1).any():
            middle = (low >> 1) + (high >> 1) + (low & high & 1)  # their sum may not fit
            above = self.place(_double(middle)) >= cells
            high = np.where(apart & above, middle, high)
            low = np.where(apart & ~above, middle, low)
        return high


def _ordered(values: Floats) -> Ints:
    """Whole numbers that are ordered as the doubles are, neighbours next to each other."""
    bits: Ints = np.ascontiguousarray(values).view(np.int64)
    return bits ^ ((bits >> 63) & _WHOLE)


def _double(ordered: Ints) -> Floats:
    bits = ordered ^ ((ordered >> 63) & _WHOLE)
    return bits.view(np.float64)


_HIGHEST = int(_ordered(np.array([2.0 * LARGEST]))[0])


_FARTHEST = 1 << 62


def _moved(ordered: Ints, step: int) -> Ints:
    """`ordered` + `step`, no farther than doubles that a lattice surely leaves outside."""
    if step > 0:
        return np.where(ordered > _HIGHEST - step, _HIGHEST, np.minimum(ordered, _HIGHEST - step) + step)
    return np.where(ordered < -_HIGHEST - step, -_HIGHEST, np.maximum(ordered, -_HIGHEST - step) + step)


def even_lattice(least: float, most: float) -> Lattice:
    """Cells of one width, a power of two, from `least` to beyond `most`."""
    return _sized(least, _power(most - least), least, most)


def rounding_lattice(least: float, most: float) -> Lattice | None:
    """Cells of one width that two instructions a value find; None where doubles cannot give them.

    A number so large is added that a double's last bit is worth one cell: the sum is rounded to it, and its bits count
    cells. Boundaries lie where rounding changes, half a cell from the multiples of the width.
    """
    width = _power((most - least) / (CELLS - 4))
    centre = least - 2.0 * width - math.ldexp(width, _MANTISSA)  # clear of where the last bit is worth half
    scale = math.ldexp(width, -_LOST)
    if abs(centre) > LARGEST or math.frexp(scale)[1] <= -1000:
        return None
    ends = np.array([least, most]) - centre
    base = int(np.float64(scale).view(np.int64))
    first, last = (int(key) - base for key in ends.view(np.int64))
    return Lattice(centre, scale, _MANTISSA, first, last - first + 1) if 0 < last - first < CELLS else None


def fit_lattice(points: Floats) -> Lattice:
    """The lattice over `points`, sorted and not empty, whose cells they share least.

    points: quantiles of what is to be counted, evenly spaced in rank; the first and the last bound the lattice.
    Lattices are tried from the fastest on: even ones, and ones that widen from zero where nothing is negative, from the
    median, zero, the ends and the deciles, at twelve scales each. The cost of a lattice is the sum of one over the
    number of cells between neighbours, near the sum of squared contents; the first one with a low cost and several
    cells between any neighbours is taken.
    """
    least, most = float(points[0]), float(points[-1])
    widest = _power(most - least)
    first = np.concatenate(([True], points[1:] > points[:-1]))
    distinct = points[first]
    scored = distinct[np.unique(np.linspace(0, distinct.size - 1, _SCORED).astype(np.intp))]
    goal = _GOAL * scored.size**2 / CELLS
    middle = float(scored[scored.size // 2])
    zero = [0.0] if least <= 0.0 <= most or widest > 0.5 * max(abs(least), abs(most)) else []
    deciles = [float(scored[scored.size // 10]), float(scored[(9 * scored.size) // 10])]
    one_sided = [*zero, least] if least >= 0.0 else []
    best = rounding_lattice(least, most) or _sized(least, widest, least, most)
    lowest, nearest = _crowding(best, scored)
    for centre in dict.fromkeys([*one_sided, middle, *zero, least, most, *deciles]):
        for step in _SCALE_STEPS:
            if lowest <= goal and nearest >= _APART:
                return best
            lattice = _sized(centre, math.ldexp(widest, -step), least, most)
            crowding, gap = _crowding(lattice, scored)
            if crowding < lowest:
                best, lowest, nearest = lattice, crowding, gap
    return best


def _power(length: float) -> float:
    """The least power of two that is at least `length`, within what a double's exponent leaves room for."""
    if length <= 0.0:
        return math.ldexp(1.0, _LEAST_EXPONENT)
    mantissa, exponent = math.frexp(length)
    return math.ldexp(1.0, max(exponent - (mantissa == 0.5), _LEAST_EXPONENT))


def _sized(centre: float, scale: float, least: float, most: float) -> Lattice:
    """As many cells to a doubling as CELLS allow for from `least` to `most`."""
    scale = max(scale, math.ldexp(1.0, _LEAST_EXPONENT))
    doublings = sum(math.log2(1.0 + abs(end - centre) / scale) for end in (least, most))
    bits = min(_MANTISSA, max(0, math.ceil(math.log2(CELLS / max(doublings, 1e-9))) + 1))
    ends = np.array([least, most])
    while True:
        wide = Lattice(centre, scale, bits, 1, 1)
        size = np.abs(ends - wide.centre) + scale
        keys = (size.view(np.int64) >> (_MANTISSA - bits)) - wide._base
        first, last = (int(key) for key in keys ^ ((ends - wide.centre).view(np.int64) >> 63))
        if last - first < CELLS or bits == 0:
            return Lattice(centre, scale, bits, first, min(last - first + 1, CELLS))
        bits -= 1


def _crowding(lattice: Lattice, points: Floats) -> tuple[float, float]:
    """The cost of a lattice, and the fewest cells from one of the points to the next."""
    gaps = np.diff(lattice.place(points))
    return float(np.sum(1.0 / np.maximum(gaps, 0.25))), float(gaps.min(initial=_APART))
