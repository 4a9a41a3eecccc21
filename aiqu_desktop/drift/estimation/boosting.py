"""Gradient-boosted regression trees in plain NumPy: small, deterministic, and kept as plain arrays.

Least-squares boosting (J. Friedman, Annals of Statistics 29, 2001) of trees that grow where the gain is largest, over
counts in quantile bins of each feature; the larger child's counts are its parent's less its sibling's (G. Ke and
others, "LightGBM", NeurIPS 2017). A missing value answers no to every question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.drift.values import Floats

LEAVES = 31
RATE = 0.12
_BINS = 64
_SHARES = special.ndtr(np.linspace(-2.6, 2.6, _BINS - 1))  # a window that moves lands in a tail of the reference
_SHRINKAGE = 1.0  # rows' worth of pull of each leaf towards zero
_LEAST_IN_LEAF = 20
_MOST_ROWS = 20_000
_MOST_FEATURES = 32

_BLOCK = 1 << 18  # rows times trees worked on at a time
_Cut: TypeAlias = tuple[float, int, int]  # gain, column, last bin of the left side


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees over a constant.

    features, limits: [trees, 30] which column each node asks about, and whether it is greater than this. children:
    [trees, 30, 2] the next node for no and for yes, or -1 - leaf. leaves: [trees, 31] what each leaf adds.
    """

    start: float
    features: NDArray[np.uint16]
    limits: NDArray[np.float32]
    children: NDArray[np.int8]
    leaves: NDArray[np.float32]

    def predict(self, rows: Floats) -> Floats:
        """The sum for each row, [rows] from [rows, features]."""
        return self.steps(rows)[-1] if len(self.features) else np.full(rows.shape[0], self.start)

    def steps(self, rows: Floats) -> Floats:
        """The sum after each tree, [trees, rows]."""
        trees = len(self.features)
        found = np.empty((trees, rows.shape[0]))
        at_once = max(1, _BLOCK // max(1, trees))
        for start in range(0, rows.shape[0], at_once):
            some = rows[start : start + at_once]
            added = np.take_along_axis(self.leaves, self._leaves_of(some), axis=1)
            found[:, start : start + at_once] = np.cumsum(added, axis=0, dtype=np.float64)
        return found + self.start

    def check(self, width: int) -> None:
        """Refuse arrays that do not make trees over `width` features: kept state may have been damaged.

        Raises:
            ValueError: if shapes, features or children do not fit, or a child does not come after its parent.
        """
        shape = (len(self.features), LEAVES - 1)
        if (self.features.shape, self.limits.shape, self.children.shape) != (shape, shape, (*shape, 2)):
            raise ValueError("the nodes of the trees do not pair")
        if self.leaves.shape != (shape[0], LEAVES):
            raise ValueError("the trees have too few leaves")
        later = (self.children < 0) | (self.children > np.arange(LEAVES - 1)[:, np.newaxis])
        if not later.all() or (self.children >= LEAVES - 1).any() or (self.children < -LEAVES).any():
            raise ValueError("a tree does not end")
        if self.features.size and int(self.features.max()) >= width:
            raise ValueError("a tree asks for a feature that is not there")

    def _leaves_of(self, rows: Floats) -> NDArray[np.int64]:
        """The leaf of each row in each tree, [trees, rows]: all trees take a step at a time."""
        trees, count = len(self.features), rows.shape[0]
        places = np.zeros(trees * count, dtype=np.int64)
        walking = np.arange(trees * count)
        while walking.size:
            tree, row = np.divmod(walking, count)
            nodes = places[walking]
            yes = rows[row, self.features[tree, nodes]] > self.limits[tree, nodes]
            places[walking] = self.children[tree, nodes, yes.astype(np.int64)]
            walking = walking[places[walking] >= 0]
        leaves: NDArray[np.int64] = (-1 - places).reshape(trees, count)
        return leaves


def fit_trees(rows: Floats, targets: Floats, count: int) -> Trees:
    """Fit `count` trees to `targets` [rows] by least squares; rows [rows, features]. More than 20,000 are thinned."""
    if targets.size > _MOST_ROWS:
        kept = (np.arange(_MOST_ROWS) * targets.size) // _MOST_ROWS
        rows, targets = rows[kept], targets[kept]
    borders = [_borders(column) for column in rows.T]
    codes = np.column_stack([np.searchsorted(edges, column) for edges, column in zip(borders, rows.T, strict=True)])
    codes[np.isnan(rows)] = 0
    start = float(targets.mean())
    left = targets - start
    asked = _promising(codes, left)
    codes = codes[:, asked]
    features, limits = np.zeros((count, LEAVES - 1), np.uint16), np.full((count, LEAVES - 1), np.inf, np.float32)
    children, leaves = np.full((count, LEAVES - 1, 2), -1, np.int8), np.zeros((count, LEAVES), np.float32)
    for tree in range(count):
        grown = _Growing(codes, left)
        grown.grow()
        for node, (column, cut) in enumerate(grown.cuts):
            features[tree, node], limits[tree, node] = asked[column], borders[asked[column]][cut]
        children[tree, : len(grown.children)] = np.array(grown.children, dtype=np.int8).reshape(-1, 2)
        for leaf, members in enumerate(grown.members):
            leaves[tree, leaf] = RATE * left[members].sum() / (members.size + _SHRINKAGE)
        for leaf, members in enumerate(grown.members):
            left[members] -= leaves[tree, leaf]
    return Trees(start, features, limits, children, leaves)


class _Growing:
    """One tree while it grows: leaf by leaf, the best cut of all first."""

    def __init__(self, codes: NDArray[np.intp], left: Floats) -> None:
        self._places = codes + np.arange(codes.shape[1]) * _BINS
        self._left = left
        self.cuts: list[tuple[int, int]] = []
        self.children: list[list[int]] = []
        self.members = [np.arange(left.size)]
        self._counts = [self._count(self.members[0])]
        self._best = _best_cuts(self._counts[0][0][np.newaxis], self._counts[0][1][np.newaxis])
        self._parents = [(-1, 0)]

    def counts_of_all(self) -> tuple[Floats, Floats]:
        """What `_count` finds over all rows, before the first cut."""
        return self._counts[0]

    def grow(self) -> None:
        while len(self.members) < LEAVES:
            leaf = max(range(len(self.members)), key=lambda place: self._best[place][0])
            gain, column, cut = self._best[leaf]
            if gain <= 0.0:
                break
            self._split(leaf, column, cut)

    def _split(self, leaf: int, column: int, cut: int) -> None:
        members = self.members[leaf]
        yes = self._places[members, column] - column * _BINS > cut
        no_rows, yes_rows = members[~yes], members[yes]
        sums, sizes = self._counts[leaf]
        smaller = self._count(min(no_rows, yes_rows, key=len))
        larger = (sums - smaller[0], sizes - smaller[1])
        no_counts, yes_counts = (smaller, larger) if len(no_rows) <= len(yes_rows) else (larger, smaller)
        node, fresh = len(self.cuts), len(self.members)
        parent, side = self._parents[leaf]
        if parent >= 0:
            self.children[parent][side] = node
        self.cuts.append((column, cut))
        self.children.append([-1 - leaf, -1 - fresh])
        self.members[leaf], self._counts[leaf], self._parents[leaf] = no_rows, no_counts, (node, 0)
        best = _best_cuts(np.stack([no_counts[0], yes_counts[0]]), np.stack([no_counts[1], yes_counts[1]]))
        self._best[leaf] = best[0]
        self.members.append(yes_rows)
        self._counts.append(yes_counts)
        self._parents.append((node, 1))
        self._best.append(best[1])

    def _count(self, members: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Sums of what is left and numbers of rows, [features, bins] each."""
        width = self._places.shape[1]
        keys = self._places[members].ravel()
        sums = np.bincount(keys, weights=np.repeat(self._left[members], width), minlength=width * _BINS)
        sizes = np.bincount(keys, minlength=width * _BINS)
        shape = (width, _BINS)
        return np.asarray(sums, np.float64).reshape(shape), np.asarray(sizes, np.float64).reshape(shape)


def _promising(codes: NDArray[np.intp], left: Floats) -> NDArray[np.intp]:
    """The columns to ask about: all, or of many the 32 whose first cut gains most."""
    width = codes.shape[1]
    if width <= _MOST_FEATURES:
        return np.arange(width)
    gains = _gains(*_Growing(codes, left).counts_of_all()).max(axis=1)
    return np.sort(np.argsort(-gains, kind="stable")[:_MOST_FEATURES])


def _best_cuts(sums: Floats, sizes: Floats) -> list[_Cut]:
    """The best cut of each leaf, from [leaves, features, bins]."""
    gains = _gains(sums, sizes).reshape(len(sums), -1)
    return [(float(row[place]), *divmod(int(place), _BINS)) for row, place in zip(gains, gains.argmax(1), strict=True)]


def _gains(sums: Floats, sizes: Floats) -> Floats:
    """What each cut explains, in the shape of its arguments [..., bins]; 0 where a side would be too small."""
    low_sums, low_sizes = sums.cumsum(axis=-1), sizes.cumsum(axis=-1)
    total, rows = low_sums[..., -1:], low_sizes[..., -1:]
    high_sums, high_sizes = total - low_sums, rows - low_sizes
    gains = low_sums**2 / (low_sizes + _SHRINKAGE) + high_sums**2 / (high_sizes + _SHRINKAGE)
    gains -= total**2 / (rows + _SHRINKAGE)
    gains *= np.minimum(low_sizes, high_sizes) >= _LEAST_IN_LEAF
    found: Floats = gains
    return found


def _borders(column: Floats) -> NDArray[np.float32]:
    """Cuts at quantiles of the values that are there, closer in the tails; none for a constant column."""
    finite = column[np.isfinite(column)]
    if not finite.size:
        return np.empty(0, np.float32)
    met = np.unique(finite)
    cuts = (met[1:] + met[:-1]) / 2.0 if met.size <= _BINS else np.quantile(finite, _SHARES)
    return np.unique(cuts.astype(np.float32))
