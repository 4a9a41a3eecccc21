"""Many tests at once: q-values and adjusted p-values."""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats


def benjamini_hochberg(p_values: Floats) -> Floats:
    """q-value of each p-value: the least false discovery rate at which it would be a discovery.

    Benjamini and Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995), for independent or positively
    dependent tests. Takes and returns an array [tests].
    """
    count = p_values.size
    order = np.argsort(p_values, kind="stable")
    stepped = p_values[order] * count / np.arange(1, count + 1)
    adjusted = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return _unsort(adjusted, order)


def holm(p_values: Floats) -> Floats:
    """Adjusted p-values that keep the chance of a single false alarm: Holm, Scandinavian J. of Statistics 6 (1979).

    Valid under any dependence. Takes and returns an array [tests].
    """
    count = p_values.size
    order = np.argsort(p_values, kind="stable")
    stepped = p_values[order] * np.arange(count, 0, -1)
    adjusted = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return _unsort(adjusted, order)


def cauchy_combination(p_values: Floats, weights: Floats | None = None) -> float:
    """One p-value from several of any dependence: Y. Liu and J. Xie, JASA 115 (2020). No p-value gives 1.

    Accurate where the answer is small; weights are shares of the whole, by default equal.
    """
    if not p_values.size:
        return 1.0
    shares = np.full(p_values.size, 1.0 / p_values.size) if weights is None else weights / weights.sum()
    least = np.clip(p_values, 1e-300, 1.0 - 1e-15)
    # tan(pi (1/2 - p)) is 1 / (pi p) for small p, where the tangent itself loses its digits
    scores = np.where(least < 1e-10, 1.0 / (np.pi * least), np.tan(np.pi * (0.5 - least)))
    total = float(np.dot(shares, scores))
    return 1.0 / (np.pi * total) if total > 1e10 else float(0.5 - np.arctan(total) / np.pi)


def _unsort(ordered: Floats, order: np.typing.NDArray[np.intp]) -> Floats:
    result = np.empty(ordered.size)
    result[order] = ordered
    return result
