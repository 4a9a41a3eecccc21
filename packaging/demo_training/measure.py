"""Held-out answers, metrics with their uncertainty, and what each feature matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold, StratifiedKFold

from demo_training.models import SEED, train
from demo_training.versions import Recipe

_RESAMPLES = 2_000
_REPEATS = 3
_IMPORTANCE_ROWS = 300

Answer = tuple[NDArray[Any], NDArray[np.float64] | None]


def held_out(recipe: Recipe, rows: NDArray[np.float32], labels: NDArray[Any]) -> Answer:
    """What five models, each trained without one fifth of the rows, answer for that fifth: no row judges itself."""
    regression = labels.dtype.kind == "f"
    splitter = (
        KFold(5, shuffle=True, random_state=SEED) if regression else StratifiedKFold(5, shuffle=True, random_state=SEED)
    )
    values: NDArray[Any] = np.empty(len(rows), dtype=np.float64 if regression else object)
    scores: NDArray[np.float64] | None = None
    for fit, judge in splitter.split(rows, None if regression else labels.astype(str)):
        answered, given = train(recipe, rows[fit], labels[fit]).answer(rows[judge])
        values[judge] = answered
        if given is not None:
            scores = np.empty((len(rows), given.shape[1])) if scores is None else scores
            scores[judge] = given
    return values, scores


def metrics(labels: NDArray[Any], values: NDArray[Any], classes: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Each metric with its 95 % interval by bootstrap over the rows (Efron's percentile method, fixed seed)."""
    if classes:
        correct = (labels.astype(str) == values.astype(str)).astype(np.float64)
        members = [labels == name for name in classes]

        def balanced(take: NDArray[np.int64]) -> float:
            return float(np.mean([correct[take][own[take]].mean() for own in members if own[take].any()]))

        chosen = {"accuracy": lambda take: float(correct[take].mean()), "balanced_accuracy": balanced}
    else:
        error = np.abs(values - labels).astype(np.float64)
        relative = error / labels.astype(np.float64)
        chosen = {
            "mae": lambda take: float(error[take].mean()),
            "median_relative_error": lambda take: float(np.median(relative[take])),
        }
    return {name: _interval(of, len(labels)) for name, of in chosen.items()}


def _interval(of: Callable[[NDArray[np.int64]], float], rows: int) -> dict[str, float]:
    random = np.random.default_rng(SEED)
    drawn = [of(random.integers(0, rows, rows)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": round(of(np.arange(rows)), 6), "low": round(low, 6), "high": round(high, 6), "n": rows}


def importance(
    answer: Callable[[NDArray[np.float32]], Answer],
    rows: NDArray[np.float32],
    labels: NDArray[Any],
    classes: tuple[str, ...],
) -> NDArray[np.float64]:
    """Permutation importance (Breiman 2001) of each feature, as shares that sum to 1.

    The loss is the logarithmic score for a classifier and the absolute error for a regression; a feature whose
    shuffling does not raise it counts 0.
    """
    random = np.random.default_rng(SEED)
    take = np.sort(random.choice(len(rows), min(len(rows), _IMPORTANCE_ROWS), replace=False))
    rows, labels = rows[take], labels[take]

    def loss(matrix: NDArray[np.float32]) -> float:
        values, scores = answer(matrix)
        if scores is None:
            return float(np.abs(values - labels).mean())
        own = scores[np.arange(len(labels)), [classes.index(str(label)) for label in labels]]
        return float(-np.log(np.clip(own, 1e-6, 1.0)).mean())

    base = loss(rows)
    rises = np.zeros(rows.shape[1])
    for place in range(rows.shape[1]):
        shuffled = rows.copy()
        for _ in range(_REPEATS):
            shuffled[:, place] = random.permutation(rows[:, place])
            rises[place] += loss(shuffled) - base
    rises = np.clip(rises, 0.0, None)
    return rises / rises.sum() if rises.sum() > 0 else np.full(len(rises), 1.0 / len(rises))
