"""The estimator judged by the labels that came after all: how far off it was, and whether to believe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from aiqu_desktop.drift.intervals import CONFIDENCE, Estimate
from aiqu_desktop.drift.performance.widening import wilson_share

_SURPRISE = 0.05  # how seldom an honest band would miss so often
_MOST_OFF = 1.5  # a mean error beyond this many half bands is not believed, however few the windows


@dataclass(frozen=True, slots=True)
class EstimatorError:
    """One figure's estimates held against what the labels showed.

    windows: that have both. mean_error: mean of |estimate - realised|, in the figure's unit. bias: mean of estimate
    minus realised. coverage: share of the windows whose realised value lay in the band, with Wilson's interval.
    ranks: correlation of estimate and realised (Spearman), None for fewer than three windows or constant values.
    beats_constant: mean_error as a share of that of always saying `before`; None without a `before` or with no error.
    believed: whether the band held as often as it promised, give or take chance.
    """

    name: str
    windows: int
    mean_error: float
    bias: float
    coverage: Estimate
    ranks: float | None
    beats_constant: float | None
    believed: bool


def estimator_error(
    estimates: Sequence[Mapping[str, Estimate]],
    realised: Sequence[Mapping[str, Estimate]],
    before: Mapping[str, float] | None = None,
) -> dict[str, EstimatorError]:
    """Judge an estimator window by window, by figure.

    estimates, realised: one mapping a window, in the same order; figures that one of them lacks are left out. The
    realised figure must be that of the very rows that were estimated: where only a part has labels, estimate that part.
    before: the figures of the reference, the answer of an estimator that knows nothing.

    It is not believed when the band missed in more windows than an honest 95 % band would, once in twenty times at most
    (binomial tail), or when the error is 1.5 half bands on average: one window far off is enough to doubt.
    """
    names = {name: None for window in estimates for name in window}
    found = {}
    for name in names:
        pairs = [
            (guess[name], truth[name].value)
            for guess, truth in zip(estimates, realised, strict=True)
            if name in guess and name in truth
        ]
        if pairs:
            found[name] = _judge(name, pairs, None if before is None else before.get(name))
    return found


def _judge(name: str, pairs: list[tuple[Estimate, float]], before: float | None) -> EstimatorError:
    values = np.array([guess.value for guess, _ in pairs])
    truths = np.array([truth for _, truth in pairs])
    lows, highs = np.array([guess.low for guess, _ in pairs]), np.array([guess.high for guess, _ in pairs])
    errors = values - truths
    hits = int(np.count_nonzero((lows <= truths) & (truths <= highs)))
    n = truths.size
    halves = np.where(errors > 0, values - lows, highs - values)
    off = float(np.mean(np.abs(errors) / np.maximum(halves, 1e-12)))
    tail = float(special.bdtr(hits, n, CONFIDENCE))  # so few hits or fewer, from an honest band
    blind = float(np.abs(before - truths).mean()) if before is not None else 0.0
    mean_error = float(np.abs(errors).mean())
    return EstimatorError(
        name,
        n,
        mean_error,
        float(errors.mean()),
        Estimate("coverage", hits / n, *wilson_share(hits / n, n), n),
        _rank_correlation(values, truths),
        mean_error / blind if blind > 0.0 else None,
        tail >= _SURPRISE and off <= _MOST_OFF,
    )


def _rank_correlation(first: np.typing.NDArray[np.float64], second: np.typing.NDArray[np.float64]) -> float | None:
    from scipy import stats  # a second to load: paid when it is used

    if first.size < 3 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    return float(stats.spearmanr(first, second).statistic)
