"""p-values for many columns at once, from statistics that are already there."""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats


def kolmogorov_smirnov_p(statistics: Floats, reference_sizes: Floats, current_sizes: Floats) -> Floats:
    """Two-sided p-values of two-sample Kolmogorov-Smirnov statistics; all arrays [columns].

    The sizes are effective ones: rows divided by the integrated autocorrelation time. Kolmogorov's limit
    distribution with the small-sample correction of M. Stephens, JRSS B 32 (1970).
    """
    root = np.sqrt(reference_sizes * current_sizes / (reference_sizes + current_sizes))
    return np.asarray(special.kolmogorov((root + 0.12 + 0.11 / root) * statistics), dtype=np.float64)


def chi_squared_p(statistics: Floats, degrees: Floats) -> Floats:
    """Upper tail of chi-squared, arrays [columns]; no degree of freedom gives 1."""
    return np.where(degrees > 0, special.chdtrc(np.maximum(degrees, 1.0), statistics), 1.0)


def chi_squared(reference: Floats, current: Floats) -> tuple[float, int]:
    """Pearson's statistic of the 2 x bins table of two samples' counts, and its degrees of freedom.

    Bins that are empty on both sides are left out. Under autocorrelation divide the statistic by the design effect
    (Rao and Scott, JASA 76, 1981); here that is the integrated autocorrelation time.
    """
    r, c = _occupied(reference, current)
    n, m = r.sum(), c.sum()
    if r.size < 2 or n == 0 or m == 0:
        return 0.0, 0
    scale = np.sqrt(m / n)
    return float(np.sum((c / scale - r * scale) ** 2 / (r + c))), r.size - 1


def g_test(reference: Floats, current: Floats) -> tuple[float, int]:
    """The likelihood-ratio statistic of the same table and its degrees of freedom (Sokal and Rohlf, Biometry, 17.4)."""
    r, c = _occupied(reference, current)
    n, m = r.sum(), c.sum()
    if r.size < 2 or n == 0 or m == 0:
        return 0.0, 0
    share = (r + c) / (n + m)
    terms = special.xlogy(r, r / (n * share)) + special.xlogy(c, c / (m * share))
    return max(0.0, float(2.0 * terms.sum())), r.size - 1


def pool_rare(reference: Floats, current: Floats, least: float = 5.0) -> tuple[Floats, Floats]:
    """Put bins with fewer than `least` expected rows in the smaller sample into one (Cochran, Biometrics 10, 1954)."""
    n, m = reference.sum(), current.sum()
    expected = (reference + current) * (min(n, m) / max(1.0, n + m))
    rare = expected < least
    if rare.sum() < 2:
        return reference, current
    return (
        np.append(reference[~rare], reference[rare].sum()),
        np.append(current[~rare], current[rare].sum()),
    )


def _occupied(reference: Floats, current: Floats) -> tuple[Floats, Floats]:
    either = (reference + current) > 0
    return reference[either].astype(np.float64), current[either].astype(np.float64)
