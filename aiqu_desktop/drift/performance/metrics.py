"""How well predictions met their labels, each figure with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import (
    Estimate,
    bootstrap_interval,
    mean_interval,
    multinomial_resamples,
    percentiles,
    wilson,
)
from aiqu_desktop.drift.values import Floats, as_categories, as_numbers

_LEAST_SCORE = 1e-15  # a score of 0 for what happened would make the log loss infinite


def classification_metrics(
    labels: NDArray[Any],
    predictions: NDArray[Any],
    scores: Floats | None = None,
    classes: Sequence[str] = (),
) -> dict[str, Estimate]:
    """accuracy, balanced_accuracy, macro_f1 and, with scores, log_loss (nats), by name.

    labels, predictions: class names [rows]; a row without a label is left out, a missing prediction counts as wrong.
    scores: [rows, classes] probabilities in the order of `classes`; rows whose scores are missing, or whose label is
    none of `classes`, do not enter the log loss. classes: the model's; those with neither labels nor predictions do
    not count. Accuracy has Wilson's interval, log loss a skewness-corrected t, the others a percentile bootstrap.
    Returns nothing at all for no labelled row.
    Raises:
        UserError: if the lengths differ or the scores do not fit the classes.
    """
    truth, answers = as_categories(labels), as_categories(predictions)
    if len(truth) != len(answers):
        raise UserError(f"There are {len(truth)} labels and {len(answers)} predictions; give one of each a row.")
    names = {str(name): index for index, name in enumerate(classes)}
    for met in sorted({name for name in (*truth, *answers) if name is not None}):
        names.setdefault(met, len(names))
    kept = [(row, label) for row, label in enumerate(truth) if label is not None]
    if not kept:
        return {}
    label_codes = np.array([names[label] for _, label in kept])
    size = len(names) + 1  # the last column is for missing predictions
    answer_codes = np.array([size - 1 if (name := answers[row]) is None else names[name] for row, _ in kept])
    table = np.bincount(label_codes * size + answer_codes, minlength=size * size).astype(np.float64)
    result = _from_confusion(table, size)
    if scores is not None:
        rows = np.array([row for row, _ in kept])
        loss = _log_loss(label_codes, np.asarray(scores, dtype=np.float64), rows, len(truth), len(classes))
        if loss is not None:
            result[loss.name] = loss
    return result


def regression_metrics(labels: NDArray[Any], predictions: NDArray[Any]) -> dict[str, Estimate]:
    """mae, rmse, bias (prediction minus label, mean) in the unit of the label, and r2, by name.

    labels, predictions: [rows]; rows where either is missing or infinite are left out. r2 is left out when all
    labels are equal. MAE and bias have a skewness-corrected t interval, RMSE and R2 a percentile bootstrap.
    Returns nothing at all for no labelled row.
    Raises:
        UserError: if the lengths differ or a value is no number.
    """
    truth, answers = as_numbers("label", labels), as_numbers("prediction", predictions)
    if truth.size != answers.size:
        raise UserError(f"There are {truth.size} labels and {answers.size} predictions; give one of each a row.")
    usable = np.isfinite(truth) & np.isfinite(answers)
    truth, errors = truth[usable], (answers - truth)[usable]
    n = truth.size
    if not n:
        return {}
    result = {
        "mae": _mean_estimate("mae", np.abs(errors)),
        "bias": _mean_estimate("bias", errors),
    }
    centred = truth - truth.mean()
    moments = np.column_stack([np.ones(n), errors**2, centred, centred**2])
    total = moments.sum(axis=0, keepdims=True)
    result["rmse"] = Estimate("rmse", float(_rmse(total)[0]), *bootstrap_interval(moments, _rmse), n)
    if float(truth.min()) < float(truth.max()):
        result["r2"] = Estimate("r2", float(_r2(total)[0]), *bootstrap_interval(moments, _r2), n)
    return result


def summary(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    """`estimates` as a bundle's manifest keeps them, ready for json.dumps."""
    return {name: estimate.to_json() for name, estimate in estimates.items()}


def _from_confusion(table: Floats, size: int) -> dict[str, Estimate]:
    n = int(table.sum())
    right = int(table.reshape(size, size).trace())
    statistics = {"balanced_accuracy": _balanced_accuracy, "macro_f1": _macro_f1}
    resampled: dict[str, list[Floats]] = {name: [] for name in statistics}
    for counts in multinomial_resamples(table):
        tables = counts.reshape(-1, size, size)
        for name, statistic in statistics.items():
            resampled[name].append(statistic(tables))
    result = {"accuracy": Estimate("accuracy", right / n, *wilson(right, n), n)}
    for name, statistic in statistics.items():
        value = float(statistic(table.reshape(1, size, size))[0])
        result[name] = Estimate(name, value, *percentiles(np.concatenate(resampled[name])), n)
    return result


def _balanced_accuracy(tables: NDArray[np.float64]) -> Floats:
    """Mean recall over the classes that have labels, [tables] from [tables, labels, predictions]."""
    hits, labelled = np.diagonal(tables, axis1=1, axis2=2), tables.sum(axis=2)
    there = labelled > 0
    recall = np.where(there, hits / np.where(there, labelled, 1.0), 0.0)
    balanced: Floats = recall.sum(axis=1) / there.sum(axis=1)
    return balanced


def _macro_f1(tables: NDArray[np.float64]) -> Floats:
    """Mean F1 over the classes that have labels or predictions; missing predictions are no class."""
    hits, labelled, predicted = np.diagonal(tables, axis1=1, axis2=2), tables.sum(axis=2), tables.sum(axis=1)
    both = (labelled + predicted)[:, :-1]
    there = both > 0
    f1 = np.where(there, 2.0 * hits[:, :-1] / np.where(there, both, 1.0), 0.0)
    macro: Floats = f1.sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return macro


def _log_loss(
    codes: NDArray[np.int64], scores: Floats, rows: NDArray[np.int64], n_rows: int, n_classes: int
) -> Estimate | None:
    if scores.shape != (n_rows, n_classes):
        raise UserError(f"The scores have shape {scores.shape}, not ({n_rows}, {n_classes}); give rows by classes.")
    known = codes < n_classes
    given = scores[rows[known], codes[known]]
    given = given[np.isfinite(given)]
    return _mean_estimate("log_loss", -np.log(np.clip(given, _LEAST_SCORE, 1.0))) if given.size else None


def _mean_estimate(name: str, values: Floats) -> Estimate:
    low, high = mean_interval(values)
    if name != "bias":
        low = max(0.0, low)
    return Estimate(name, float(values.mean()), low, high, values.size)


def _rmse(sums: Floats) -> Floats:
    root: Floats = np.sqrt(sums[:, 1] / sums[:, 0])
    return root


def _r2(sums: Floats) -> Floats:
    """1 - residual / total sum of squares; a resample of equal labels counts as 0."""
    spread = sums[:, 3] - sums[:, 2] ** 2 / sums[:, 0]
    there = spread > 1e-12 * np.maximum(sums[:, 3], np.finfo(float).tiny)
    return np.where(there, 1.0 - sums[:, 1] / np.where(there, spread, 1.0), 0.0)
