"""Samples of many shapes that the tests of the statistics share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import NumericProfile, ReferenceProfile, build_profile

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, float], Floats]

SHAPES: dict[str, Draw] = {
    "normal": lambda rng, n, shift: rng.normal(shift, 1.0, n),
    "laplace": lambda rng, n, shift: rng.laplace(shift, 1.0, n),
    "student": lambda rng, n, shift: rng.standard_t(3, n) + shift,
    "lognormal": lambda rng, n, shift: rng.lognormal(shift, 1.0, n),
    "two far modes": lambda rng, n, shift: (
        np.where(rng.random(n) < 0.5, rng.normal(0.0, 1.0, n), rng.normal(1000.0, 1.0, n)) + shift
    ),
    "rounded": lambda rng, n, shift: rng.normal(shift, 1.0, n).round(1),
    "mostly zero": lambda rng, n, shift: np.where(rng.random(n) < 0.7 - shift / 5, 0.0, rng.normal(shift, 1.0, n)),
    "counts": lambda rng, n, shift: rng.poisson(4.0 + shift, n).astype(float),
    "binary": lambda rng, n, shift: (rng.random(n) < 0.3 + shift / 5).astype(float),
}


def numeric_profile(values: Floats, kind: ColumnKind = ColumnKind.NUMERIC) -> NumericProfile:
    """The profile of one numeric column."""
    (column,) = build_profile({"x": values}, {"x": kind}).columns
    assert isinstance(column, NumericProfile)
    return column


def table_profile(columns: dict[str, Floats]) -> ReferenceProfile:
    """The profile of several numeric columns."""
    return build_profile(columns, dict.fromkeys(columns, ColumnKind.NUMERIC))


def autoregressive(rng: np.random.Generator, rows: int, columns: int, factor: float) -> Floats:
    """Stationary AR(1) series [rows, columns] of unit variance."""
    series = np.empty((rows, columns))
    series[0] = rng.normal(size=columns)
    steps = rng.normal(0.0, np.sqrt(1 - factor**2), (rows, columns))
    for row in range(1, rows):
        series[row] = factor * series[row - 1] + steps[row]
    return series
