"""Two more looks at a numeric column: did its level move, did its spread? On ranks, by the deciles of the reference.

A row's score is the middle rank of the reference's decile bin that it falls in, from -1/2 to 1/2. The mean score is
Wilcoxon's statistic with ten grouped ranks (it keeps 99 % of the efficiency), the mean absolute score is the
Ansari-Bradley statistic for spread. Kolmogorov-Smirnov sees every change but needs half as many rows again for a shift
and several times as many for a change of spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.profiles.profile import NumericProfile
from aiqu_desktop.drift.values import LARGEST, Floats


@dataclass(frozen=True)
class RankScores:
    """centred: scores less their own mean, zero for missing, [columns, rows]. rows: how many there are, [columns].

    level, spread: mean scores divided by the standard deviation of one score in the reference, [columns]; NaN where
    the reference has one value only (or, for the spread, none but two of equal weight).
    """

    centred: Floats
    rows: Floats
    level: Floats
    spread: Floats


def rank_scores(profiles: Sequence[NumericProfile], windows: Sequence[Floats]) -> RankScores:
    """Score the rows of some columns, each window [rows in time order] with NaN for missing, all of one length."""
    rows = windows[0].size if windows else 0
    centred = np.zeros((len(profiles), rows))
    counts, level, spread = (np.zeros(len(profiles)) for _ in range(3))
    for index, (profile, values) in enumerate(zip(profiles, windows, strict=True)):
        shares = profile.bin_counts / max(1, profile.usable)
        middle = np.cumsum(shares) - 0.5 * shares - 0.5
        codes = _bins(profile.bin_edges, values)
        usable = np.abs(values) <= LARGEST
        found = np.bincount(codes if usable.all() else codes[usable], minlength=shares.size)
        counts[index] = present = found.sum()
        level[index] = _standardised(shares, middle, found, present)
        spread[index] = _standardised(shares, np.abs(middle), found, present)
        centred[index] = (middle - np.dot(found, middle) / max(1, present))[codes]
        centred[index, ~usable] = 0.0
    return RankScores(centred, counts, level, spread)


def _bins(edges: Floats, values: Floats) -> NDArray[np.intp]:
    """The bin of each value, [rows]: counting the few edges that it has passed is faster than to search for it."""
    passed = np.zeros(values.size, dtype=np.uint8)
    for edge in edges:
        passed += (values >= edge).view(np.uint8)
    return passed.astype(np.intp)


def _standardised(shares: Floats, scores: Floats, found: NDArray[np.intp], present: int) -> float:
    mean = float(np.dot(shares, scores))
    variance = float(np.dot(shares, (scores - mean) ** 2))
    if variance <= 1e-12 or not present:
        return float("nan")
    return float((np.dot(found, scores) / present - mean) / np.sqrt(variance))
