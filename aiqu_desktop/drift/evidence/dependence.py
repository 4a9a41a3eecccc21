"""How far rows depend on each other in a comparison, how well that is known, and p-values that take both into account.

A statistic whose variance was estimated with nu degrees of freedom is not judged as if that variance were known: what
is normal becomes Student's t, what is chi-squared becomes F (the fixed-bandwidth view of long-run variances: N. Kiefer
and T. Vogelsang, Econometric Theory 21, 2005; for tables of counts: D. Thomas and J. Rao, JASA 82, 1987). An
integrated time tau from n rows has about nu = n / (2 M + 1) degrees of freedom, where M = 5 tau is the window of lags
(its relative variance is 2 (2 M + 1) / n: N. Madras and A. Sokal, J. Statistical Physics 50, 1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.drift.evidence.autocorrelation import SOKAL_FACTOR
from aiqu_desktop.drift.values import Floats

_COMPATIBLE = 0.05  # a window's time that would be this rare under the reference's is a time of its own
_LEAST_P = 1e-300


@dataclass(frozen=True)
class Dependence:
    """times: rows that are worth one independent row, >= 1. freedom: degrees of freedom of that. Both [columns]."""

    times: Floats
    freedom: Floats


def freedom_of(times: Floats, rows: Floats) -> Floats:
    """Degrees of freedom of integrated times taken from `rows` rows; both [columns]."""
    return np.asarray(rows / (2.0 * SOKAL_FACTOR * times + 1.0), dtype=np.float64)


def reconcile(reference: Floats, reference_rows: Floats, window: Floats, window_rows: Floats) -> Dependence:
    """One time for both sides, from the times of each and the rows that each was taken from; all [columns].

    The larger one holds. Where the window's is no larger than chance explains, both sides' rows stand behind it. Where
    it is larger (the reference was shuffled, or the process has become sluggish) only the window's own rows do.
    """
    of_reference, of_window = freedom_of(reference, reference_rows), freedom_of(window, window_rows)
    alike = compatible(window / reference, of_window, of_reference)
    freedom = np.where(alike, of_reference + of_window, of_window)
    return Dependence(np.maximum(reference, window), np.maximum(freedom, 1e-3))


def compatible(ratio: Floats, window_freedom: Floats, reference_freedom: Floats) -> NDArray[np.bool_]:
    """Whether a window's time over the reference's is no more than chance explains, [columns]."""
    chance = special.fdtrc(np.maximum(window_freedom, 1e-3), np.maximum(reference_freedom, 1e-3), ratio)
    return np.asarray(chance > _COMPATIBLE, dtype=np.bool_)


def settle(reference: Floats, reference_rows: Floats, window: Floats, settled: Floats, rows: Floats) -> Floats:
    """The window's time: the one without its own change of level where that fits the reference, else as it is.

    A reference in time order thus speaks for a window that jumped halfway, and one that was shuffled cannot.
    """
    fits = compatible(settled / reference, freedom_of(settled, rows), freedom_of(reference, reference_rows))
    return np.where(fits, np.minimum(window, settled), window)


def student(p_values: Floats, freedom: Floats) -> Floats:
    """Two-sided p-values of a normal kind, for a known variance, made to hold for one estimated with `freedom`."""
    return student_tail(special.ndtri(np.clip(p_values, _LEAST_P, 1.0) / 2.0), freedom)


def student_tail(z: Floats, freedom: Floats) -> Floats:
    """Two-sided p-values of statistics divided by standard errors that were estimated with `freedom`."""
    return np.asarray(np.minimum(1.0, 2.0 * special.stdtr(freedom, -np.abs(z))), dtype=np.float64)


def fisher_tail(statistics: Floats, degrees: Floats, freedom: Floats) -> Floats:
    """p-values of chi-squared statistics divided by an estimated design effect; no degree of freedom gives 1."""
    safe = np.where(degrees > 0, degrees, 1.0)
    return np.where(degrees > 0, special.fdtrc(safe, freedom, statistics / safe), 1.0)
