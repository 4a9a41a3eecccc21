"""How far a regressor's answers are off while its labels are still out: direct loss estimation.

A second model learns, on the labelled reference, how large the error is for which features and prediction, and is asked
about the window's rows (NannyML's DLE, 2022, does this with LightGBM). It knows only the errors that the reference
shows: where the window leaves it, or when what the features say about the label changes, it is wrong. So judge it by
`estimator_error` when labels come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.estimation.boosting import Trees, fit_trees
from aiqu_desktop.drift.estimation.folds import numbered_folds
from aiqu_desktop.drift.evidence.autocorrelation import integrated_time
from aiqu_desktop.drift.intervals import CONFIDENCE, Estimate
from aiqu_desktop.drift.values import Floats, Ints, as_numbers

FORMAT = 1.0
LEAST_ROWS = 50
_MOST_TREES = 64  # two sets of them stay within 64 KiB
_LEAST_LOSS = 1e-60  # so that a model without any error does not divide by zero; its squares do not underflow
_FOLDS = 5
_EXPLAINED_GIVEN = 0.1  # of what the trees explain: a window's mean forgives noise, but not the bias of too few trees
_SLICED_AT = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)
_NORMAL_QUANTILE = float(special.ndtri(0.5 + CONFIDENCE / 2))
_MOST_SLICED = 12
_POWERS = {"mae": 1.0, "rmse": 2.0}


@dataclass(frozen=True, slots=True)
class LossPart:
    """The model of one loss: |error| for "mae", its square for "rmse".

    The mean loss of a row is scale * max(trees, floor) ** power: either the trees learned the loss itself (power and
    scale 1), or those of |error| are squared, as is right when only the size of the errors changes. noise:
    standard deviation of a row's loss, as a multiple of its mean. spread: how far the mean loss of a fold, or of the
    worst slice of a feature, strayed from its estimate beyond what chance explains, as a share of it. time: integrated
    autocorrelation time of what is left unexplained, in rows.
    """

    trees: Trees
    power: float
    scale: float
    floor: float
    noise: float
    spread: float
    time: float

    def means(self, rows: Floats) -> Floats:
        """Expected loss of each row, [rows] from [rows, features + 1]."""
        return _mean_loss(self.trees.predict(rows), self.power, self.scale, self.floor)


@dataclass(frozen=True, slots=True)
class LossModel:
    """What a reference teaches about a regressor's errors. Plain arrays: to_arrays and from_arrays keep it.

    parts: by figure ("mae", "rmse"). width: features. folds: of its cross-validation. n: labelled rows.
    """

    parts: Mapping[str, LossPart]
    width: int
    folds: int
    n: int

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Named arrays of numbers, at most 64 KiB together, for numpy.savez or a section of a reference profile."""
        found: dict[str, NDArray[Any]] = {
            "format": np.array(FORMAT),
            "shape": np.array([self.width, self.folds, self.n], dtype=np.int64),
        }
        for name, part in self.parts.items():
            found |= {
                f"{name}_numbers": np.array(
                    [part.trees.start, part.power, part.scale, part.floor, part.noise, part.spread, part.time]
                ),
                f"{name}_features": part.trees.features,
                f"{name}_limits": part.trees.limits,
                f"{name}_children": part.trees.children,
                f"{name}_leaves": part.trees.leaves,
            }
        return found

    @classmethod
    def from_arrays(cls, data: Mapping[str, NDArray[Any]]) -> LossModel:
        """Read what `to_arrays` gave.

        Raises:
            UserError: if it is not that.
        """
        try:
            if float(data["format"]) != FORMAT:
                raise ValueError(f"its format is {data['format']}")
            width, folds, n = (int(value) for value in data["shape"])
            return cls({name: _read_part(data, name, width) for name in _POWERS}, width, folds, n)
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"The loss model cannot be read ({error!r}); fit it again on the reference.") from error


def fit_dle(
    features: Floats,
    predictions: NDArray[Any],
    labels: NDArray[Any],
    groups: NDArray[Any] | None = None,
) -> LossModel:
    """Learn the errors of labelled reference rows, held out from training, in time order if they have one.

    features: [rows, features] as numbers, missing as NaN, categories as any codes. predictions, labels: [rows]; rows
    where one is missing or infinite are left out. groups: [rows] which rows belong together; cross-validation, which
    chooses how many trees to keep, never parts them. Without it, five blocks of neighbouring rows are taken.
    Raises:
        UserError: if the shapes do not fit, or fewer than 50 rows can be used.
    """
    rows, answers = _rows(features, predictions)
    truth = as_numbers("label", labels)
    if truth.size != answers.size:
        raise UserError(f"There are {truth.size} labels and {answers.size} predictions; give one of each a row.")
    kept = np.isfinite(truth) & np.isfinite(answers)
    errors = np.abs(answers - truth)[kept]
    if errors.size < LEAST_ROWS:
        raise UserError(f"Only {errors.size} labelled rows with predictions; learning takes at least {LEAST_ROWS}.")
    rows = rows[kept]
    folds = numbered_folds(errors.size, _FOLDS, None if groups is None else np.asarray(groups)[kept])
    absolute = _boost(rows, errors, folds)
    squared = _boost(rows, errors**2, folds)
    slices = [folds, *_sliced(rows, absolute.trees)]
    parts = {
        "mae": _part(errors, slices, absolute, 1.0),
        "rmse": min(
            (_part(errors**2, slices, squared, 1.0), _part(errors**2, slices, absolute, 2.0)),
            key=lambda part: part.spread,
        ),
    }
    return LossModel(parts, rows.shape[1] - 1, int(folds.max()) + 1, errors.size)


def estimate_regression(model: LossModel, features: Floats, predictions: NDArray[Any]) -> dict[str, Estimate]:
    """mae and rmse as they are to be expected without labels, in the label's unit.

    features: [rows, features]. predictions: [rows]; rows without one are left out. The band is 95 % for the figure that
    the labels will show once they are all there: the noise of the single losses (widened by the autocorrelation time of
    the reference) and the spread of the estimator itself. Returns nothing for no usable row.
    Raises:
        UserError: if the shapes do not fit the model.
    """
    rows, answers = _rows(features, predictions)
    if rows.shape[1] - 1 != model.width:
        raise UserError(f"There are {rows.shape[1] - 1} features, and the loss model knows {model.width}.")
    rows = rows[np.isfinite(answers)]
    n = rows.shape[0]
    if not n:
        return {}
    result = {}
    for name, part in model.parts.items():
        means = part.means(rows)
        value = float(means.mean())
        chance = part.noise * math.sqrt(part.time * float(np.sum(means**2))) / n
        half = _NORMAL_QUANTILE * math.sqrt(chance**2 + (part.spread * value) ** 2)
        power = 1.0 / _POWERS[name]
        result[name] = Estimate(name, value**power, max(0.0, value - half) ** power, (value + half) ** power, n)
    return result


def _rows(features: Floats, predictions: NDArray[Any]) -> tuple[Floats, Floats]:
    """Features and prediction side by side, and the predictions."""
    given, answers = np.asarray(features, dtype=np.float64), as_numbers("prediction", predictions)
    if given.ndim != 2 or given.shape[0] != answers.size:
        raise UserError(f"The features have shape {given.shape}; give {answers.size} rows by features.")
    return np.column_stack([given, answers]), answers


@dataclass(frozen=True, slots=True)
class _Boosted:
    """Trees fitted on all rows, as many as cross-validation found best; outside: what it said of each row, [rows]."""

    trees: Trees
    outside: Floats
    floor: float


def _boost(rows: Floats, losses: Floats, folds: Ints) -> _Boosted:
    steps = np.empty((_MOST_TREES + 1, losses.size))
    for fold in range(int(folds.max()) + 1):
        inside = folds == fold
        trees = fit_trees(rows[~inside], losses[~inside], _MOST_TREES)
        steps[0, inside], steps[1:, inside] = trees.start, trees.steps(rows[inside])
    squares = ((steps - losses) ** 2).mean(axis=1)
    allowed = squares.min() + _EXPLAINED_GIVEN * (squares[0] - squares.min())
    count = int(np.flatnonzero(squares <= allowed)[-1])
    floor = max(float(np.quantile(losses, 0.01)), 1e-6 * float(losses.mean()), _LEAST_LOSS)
    return _Boosted(fit_trees(rows, losses, count), steps[count], floor)


def _part(losses: Floats, slices: list[Ints], boosted: _Boosted, power: float) -> LossPart:
    means = _mean_loss(boosted.outside, power, 1.0, boosted.floor)
    scale = 1.0 if power == 1.0 or not losses.any() else float(losses.mean() / means.mean())
    means = scale * means
    surprise = losses - means
    noise = math.sqrt(float(np.sum(surprise**2) / np.sum(means**2)))
    time = integrated_time(surprise / means)
    surplus = [_surplus(surprise, means, noise**2 * time, parts) for parts in slices]
    folds = surplus[0].size
    stretch = float(special.stdtrit(folds - 1, 0.5 + CONFIDENCE / 2)) / _NORMAL_QUANTILE  # a few folds are a poor scale
    worst = [float(parts.max()) for parts in surplus[1:]]
    spread = math.sqrt(max(0.0, stretch**2 * float(surplus[0].mean()), float(np.mean(worst)) if worst else 0.0))
    return LossPart(boosted.trees, power, scale, boosted.floor, noise, spread, time)


def _surplus(surprise: Floats, means: Floats, variance: float, parts: Ints) -> Floats:
    """By part, the squared relative error of its mean loss, less what chance explains."""
    count = int(parts.max()) + 1
    missed = np.bincount(parts, weights=surprise, minlength=count)
    expected = np.bincount(parts, weights=means, minlength=count)
    chance = variance * np.bincount(parts, weights=means**2, minlength=count)
    there = expected > 0
    found: Floats = (missed[there] ** 2 - chance[there]) / expected[there] ** 2
    return found


def _sliced(rows: Floats, trees: Trees) -> list[Ints]:
    """The rows in seven slices of each feature that the trees ask about most: windows that moved look like slices."""
    asked = trees.features[np.isfinite(trees.limits)]
    counts = np.bincount(asked, minlength=rows.shape[1])
    chosen = np.argsort(-counts, kind="stable")[:_MOST_SLICED]
    return [
        np.searchsorted(np.nanquantile(rows[:, place], _SLICED_AT), rows[:, place])
        for place in chosen
        if np.isfinite(rows[:, place]).any()
    ]


def _mean_loss(trees: Floats, power: float, scale: float, floor: float) -> Floats:
    found: Floats = scale * np.maximum(trees, floor) ** power
    return found


def _read_part(data: Mapping[str, NDArray[Any]], name: str, width: int) -> LossPart:
    start, *numbers = (float(value) for value in data[f"{name}_numbers"])
    trees = Trees(
        start,
        np.asarray(data[f"{name}_features"], dtype=np.uint16),
        np.asarray(data[f"{name}_limits"], dtype=np.float32),
        np.asarray(data[f"{name}_children"], dtype=np.int8),
        np.asarray(data[f"{name}_leaves"], dtype=np.float32),
    )
    trees.check(width + 1)
    power, scale, floor, noise, spread, time = numbers
    return LossPart(trees, power, scale, floor, noise, spread, time)
