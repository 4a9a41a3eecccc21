"""Distances between two sets of counts over the same bins. All take arrays [bins] of counts and return a finite
number.

A bin that is empty on both sides does not count. Jensen-Shannon, Hellinger and total variation lie in [0, 1].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.values import Floats

Counts = NDArray[np.int64] | Floats


def divergences(reference: Counts, current: Counts) -> dict[str, float]:
    """All four distances of `current` from `reference`, by name; each side holds at least one count."""
    r = reference / reference.sum()
    c = current / current.sum()
    return {
        "psi": _psi(reference, current),
        "jensen_shannon": _jensen_shannon(r, c),
        "hellinger": float(np.sqrt(min(1.0, max(0.0, 0.5 * float(np.sum((np.sqrt(r) - np.sqrt(c)) ** 2)))))),
        "total_variation": min(1.0, 0.5 * float(np.abs(r - c).sum())),
    }


def _psi(reference: Counts, current: Counts) -> float:
    """Population stability index, sum of (c - r) ln(c / r); unbounded.

    An empty bin is given half an observation of its own sample, where the formula is infinite; nothing else is
    smoothed. Without any change its mean is still about (bins - 1)(1/n + 1/m) (Yurdakul and Naranjo, 2020): in a
    window of 300 rows and ten bins 0.03, so do not read small values of small windows.
    """
    either = (reference > 0) | (current > 0)
    r = np.maximum(reference[either], 0.5) / reference.sum()
    c = np.maximum(current[either], 0.5) / current.sum()
    return float(np.sum((c - r) * np.log(c / r)))


def _jensen_shannon(r: Floats, c: Floats) -> float:
    """Jensen-Shannon distance to base 2: the square root of the divergence (Endres and Schindelin, 2003)."""
    middle = 0.5 * (r + c)
    divergence = _relative_entropy(r, middle) + _relative_entropy(c, middle)
    return float(np.sqrt(min(1.0, max(0.0, 0.5 * divergence))))


def _relative_entropy(p: Floats, q: Floats) -> float:
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / q[there])))
