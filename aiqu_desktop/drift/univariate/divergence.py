"""Distances between two sets of counts over the same bins, for many columns at once.

A bin that is empty on both sides does not count, so columns with fewer bins are padded with zeros. Jensen-Shannon,
Hellinger and total variation lie in [0, 1]; nothing is ever NaN.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats, Ints

DIVERGENCES = ("psi", "jensen_shannon", "hellinger", "total_variation")


def divergences(reference: Ints, current: Ints) -> dict[str, Floats]:
    """The four distances of `current` from `reference`, arrays [columns] by name.

    reference, current: counts [columns, bins], each row with at least one count.
    """
    n, m = reference.sum(axis=1, keepdims=True), current.sum(axis=1, keepdims=True)
    r, c = reference / n, current / m
    roots = np.sqrt(r) - np.sqrt(c)
    roots *= roots
    return {
        "psi": _psi(r, c, 0.5 / n, 0.5 / m),
        "jensen_shannon": _jensen_shannon(r, c),
        "hellinger": np.sqrt(np.minimum(1.0, 0.5 * roots.sum(axis=1))),
        "total_variation": np.minimum(1.0, 0.5 * np.abs(r - c).sum(axis=1)),
    }


def _psi(r: Floats, c: Floats, least_r: Floats, least_c: Floats) -> Floats:
    """Population stability index, sum of (c - r) ln(c / r); unbounded.

    An empty bin is given half an observation of its own sample, where the formula is infinite; nothing else is
    smoothed. Without any change its mean is still about (bins - 1)(1/n + 1/m) (Yurdakul and Naranjo, 2020): in a
    window of 300 rows and ten bins 0.03, so do not read small values of small windows.
    """
    either = (r + c) > 0
    r, c = np.maximum(r, least_r), np.maximum(c, least_c)
    terms: Floats = (c - r) * np.log(c / r)
    index: Floats = np.sum(terms, axis=1, where=either)
    return index


def _jensen_shannon(r: Floats, c: Floats) -> Floats:
    """Jensen-Shannon distance to base 2: the square root of the divergence (Endres and Schindelin, 2003)."""
    middle = 0.5 * (r + c)
    nats: Floats = 0.5 * (special.rel_entr(r, middle) + special.rel_entr(c, middle)).sum(axis=1)
    distance: Floats = np.sqrt(np.clip(nats / np.log(2.0), 0.0, 1.0))
    return distance
