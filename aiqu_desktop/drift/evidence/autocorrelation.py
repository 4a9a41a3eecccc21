"""How many rows are worth one independent row: the integrated autocorrelation time of a column in row order.

tau = 1 + 2 * sum of the autocorrelations up to a lag M, where M is the smallest lag with M >= 5 tau(M)
(A. Sokal, "Monte Carlo Methods in Statistical Mechanics", 1989, section 3). It is taken on ranks, so that heavy tails
do not hide the dependence, and by FFT where more than a few lags count; the factor 1 + (2 M + 1) / n makes up for the
mean being estimated from the same rows (U. Wolff, "Monte Carlo errors with less errors", 2004, section 3.3). A sample
of n rows is worth n / tau independent ones. A missing row counts as zero: for rows missing at random this gives exactly
the factor for the rows that are there.

Sokal's sum over few rows is wild (in a window of 1,000 rows of an AR(1) series with factor 0.9 it spreads by 60 %), and
a time taken too small is a false alarm. So a *window's* time is never less than what its first autocorrelation alone
implies, (1 + r) / (1 - r), with r corrected for its bias in small samples (M. Kendall, Biometrika 41, 1954).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from aiqu_desktop.drift.evidence.levels import without_change
from aiqu_desktop.drift.sums import row_products
from aiqu_desktop.drift.values import Floats

SOKAL_FACTOR = 5.0
_BLOCK = 1 << 20  # elements worked on at a time
_FEW_LAGS = 12  # as many products of two rows cost about as much as their spectrum
_LEADING_CATEGORIES = 15


def integrated_times(series: Floats) -> Floats:
    """The time of every row of `series`, a matrix [columns, rows in time order] with NaN for missing.

    Returns an array [columns] of numbers >= 1; a constant or nearly empty column gives 1.
    """
    columns, rows = series.shape
    if rows < 3:
        return np.ones(columns)
    at_once = max(1, _BLOCK // rows)
    parts = [_summed(_centred_ranks(series[i : i + at_once]))[0] for i in range(0, columns, at_once)]
    return np.concatenate(parts) if parts else np.ones(0)


def cautious_times(centred: Floats) -> Floats:
    """Times of a window's scores [columns, rows in time order], mean zero and zero for missing; never below the
    first-order time. Returns [columns], numbers from 1 to rows.
    """
    rows = centred.shape[1]
    if rows < 3:
        return np.ones(centred.shape[0])
    at_once = max(1, _BLOCK // rows)
    parts = [_cautious(*_summed(centred[i : i + at_once]), rows) for i in range(0, centred.shape[0], at_once)]
    return np.concatenate(parts) if parts else np.ones(0)


def integrated_time(values: Floats) -> float:
    """The time of one numeric column [rows]."""
    return float(integrated_times(values[np.newaxis, :])[0])


def integrated_time_of_categories(names: list[str | None]) -> float:
    """The time of a categorical column: of the chance to meet the same category again, against independence.

    The autocovariances of the indicators of the leading categories are added up; the rest is one category.
    """
    rows = len(names)
    return 1.0 if rows < 3 else float(_sokal(_covariance(_category_power(names), rows), rows)[0][0])


def dependence_of_categories(names: list[str | None], *, settled: bool = False) -> tuple[float, float]:
    """For a window: its time, never below the first-order one, and how uneven the dependence is, 0 or more.

    A table of counts has a design effect in each direction of its categories, and chi-squared under dependence is a
    sum with those weights. Its mean is the time; the unevenness is the squared coefficient of variation, which the
    second-order correction needs (J. Rao and A. Scott, JASA 76, 1981). The directions are those of the first
    autocovariance, each taken as a first-order process. settled: without the window's own change of level.
    """
    rows = len(names)
    if rows < 3:
        return 1.0, 0.0
    centred = _centred_indicators(names)
    if settled:
        centred = without_change(centred)
    total: Floats = _power(centred).sum(axis=0, keepdims=True)
    covariance = _covariance(total, rows)
    time = float(_cautious(_sokal(covariance, rows)[0], covariance[:, :2], rows)[0])
    effects = _design_effects(centred)
    if effects.size < 2:
        return time, 0.0
    mean = float(effects.mean())
    return max(time, min(mean, float(rows))), float(np.var(effects)) / mean**2


def _design_effects(centred: Floats) -> Floats:
    """One plus twice the sum of autocorrelations of each direction, [directions], of indicators [categories, rows]."""
    rows = centred.shape[1]
    values, vectors = np.linalg.eigh(centred @ centred.T / rows)
    kept = values > 1e-9
    whitened = (vectors[:, kept] / np.sqrt(values[kept])).T @ centred
    lagged = whitened[:, 1:] @ whitened[:, :-1].T / rows
    first = np.linalg.eigvalsh(0.5 * (lagged + lagged.T))
    first = np.clip(first + (1.0 + 3.0 * first) / rows, -1.0 + 2.0 / rows, 1.0 - 2.0 / rows)
    return np.asarray((1.0 + first) / (1.0 - first), dtype=np.float64)


def _category_power(names: list[str | None]) -> Floats:
    total: Floats = _power(_centred_indicators(names)).sum(axis=0, keepdims=True)
    return total


def _centred_indicators(names: list[str | None]) -> Floats:
    """Indicators of the leading categories and of the rest, less their shares, zero for missing: [at most 16, rows]."""
    codes: dict[str, int] = {}
    coded = np.array([-1 if name is None else codes.setdefault(name, len(codes)) for name in names])
    present = coded >= 0
    counts = np.bincount(coded[present], minlength=1)
    leading = np.argsort(-counts, kind="stable")[:_LEADING_CATEGORIES]
    indicators = (coded[np.newaxis, :] == leading[:, np.newaxis]).astype(np.float64)
    rest = (present & ~indicators.any(axis=0)).astype(np.float64)
    indicators = np.vstack([indicators, rest])
    shares = indicators.sum(axis=1, keepdims=True) / max(1, int(present.sum()))
    return np.where(present, indicators - shares, 0.0)


def _centred_ranks(series: Floats) -> Floats:
    """Ranks along the rows with equal values sharing one, mean zero; missing rows are zero."""
    columns, rows = series.shape
    missing = ~np.isfinite(series)
    any_missing = bool(missing.any())
    filled = np.where(missing, np.inf, series) if any_missing else series
    order = np.argsort(filled, axis=1)
    ordered = np.take_along_axis(filled, order, axis=1)
    starts = np.zeros((columns, rows))
    np.multiply(ordered[:, 1:] != ordered[:, :-1], np.arange(1.0, rows), out=starts[:, 1:])
    np.maximum.accumulate(starts, axis=1, out=starts)
    ranks = np.empty_like(starts)
    np.put_along_axis(ranks, order, starts, axis=1)
    if not any_missing:
        ranks -= ranks.mean(axis=1, keepdims=True)
        return ranks
    ranks[missing] = 0.0
    present = np.maximum(rows - missing.sum(axis=1, keepdims=True), 1)
    ranks -= ranks.sum(axis=1, keepdims=True) / present
    ranks[missing] = 0.0
    return ranks


def _power(centred: Floats) -> Floats:
    """Power spectrum along the rows, padded so that the autocovariance does not wrap around."""
    rows = centred.shape[1]
    spectrum = fft.rfft(centred, n=fft.next_fast_len(2 * rows, real=True), axis=1)
    power: Floats = spectrum.real**2 + spectrum.imag**2
    return power


def _covariance(power: Floats, rows: int) -> Floats:
    covariance: Floats = fft.irfft(power, n=fft.next_fast_len(2 * rows, real=True), axis=1)[:, : rows // 2 + 1]
    return covariance


def _summed(centred: Floats) -> tuple[Floats, Floats]:
    """Sokal's times of [columns, rows], [columns], and the autocovariances at the lags 0 and 1, [columns, 2].

    Where the sum ends within a few lags, as it does for rows that hardly depend on each other, these are multiplied
    out; the spectrum of the others gives them all.
    """
    rows = centred.shape[1]
    lags = min(_FEW_LAGS, rows // 2)
    near = np.stack([row_products(centred[:, lag:], centred[:, : rows - lag]) for lag in range(lags + 1)], axis=1)
    times, ended = _sokal(near, rows)
    far = np.flatnonzero(~ended)
    if far.size and lags < rows // 2:
        times[far] = _sokal(_covariance(_power(centred[far]), rows), rows)[0]
    return times, near[:, :2]


def _cautious(times: Floats, near: Floats, rows: int) -> Floats:
    """`times`, no less than the first-order ones; near: the autocovariances at the lags 0 and 1, [columns, 2]."""
    variance = near[:, 0]
    first = near[:, 1] / np.where(variance > 0, variance, 1.0)
    first = np.clip(first + (1.0 + 3.0 * first) / rows, -1.0, 1.0 - 2.0 / rows)
    larger = np.maximum(times, np.minimum((1.0 + first) / (1.0 - first), rows))
    return np.where(variance > 0, larger, 1.0)


def _sokal(covariance: Floats, rows: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Times from the autocovariances [columns, lags + 1], and whether the sum ended within these lags, both [columns];
    else all of them are summed."""
    variance = covariance[:, :1]
    correlation: Floats = covariance[:, 1:] / np.where(variance > 0, variance, 1.0)
    times = 1.0 + 2.0 * np.cumsum(correlation, axis=1)
    enough: NDArray[np.bool_] = np.arange(1, times.shape[1] + 1) >= SOKAL_FACTOR * times
    ended = enough.any(axis=1)
    first = np.where(ended, enough.argmax(axis=1), times.shape[1] - 1)
    chosen = np.take_along_axis(times, first[:, np.newaxis], axis=1)[:, 0]
    chosen = chosen * (1.0 + (2.0 * first + 3.0) / rows)  # the lag is first + 1
    positive = variance[:, 0] > 0
    return np.where(positive, np.clip(chosen, 1.0, rows), 1.0), ended | ~positive
