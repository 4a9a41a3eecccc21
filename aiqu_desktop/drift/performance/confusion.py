"""Figures that follow from the confusion matrix: accuracy, balanced accuracy, F1, precision, recall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.intervals import Estimate, multinomial_resamples, percentiles
from aiqu_desktop.drift.performance.coding import CodedRows, code_rows
from aiqu_desktop.drift.performance.widening import dependence, proportion, widened
from aiqu_desktop.drift.values import Floats

Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """How often each class was answered for each label.

    counts: [classes (labels), classes (predictions) + 1]; the last column counts the missing predictions.
    """

    classes: tuple[str, ...]
    counts: Floats

    @property
    def n(self) -> int:
        """Labelled rows."""
        return round(float(self.counts.sum()))

    def of_class(self, name: str) -> dict[str, Estimate]:
        """precision and recall of one class with Wilson's intervals; one that has no row behind it is left out."""
        place = self.classes.index(name)
        found = {}
        for figure, n in (("precision", self.counts[:, place].sum()), ("recall", self.counts[place].sum())):
            if n:
                found[figure] = proportion(figure, float(self.counts[place, place]), int(n))
        return found

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {"classes": list(self.classes), "counts": self.counts.tolist()}


def confusion_matrix(labels: NDArray[Any], predictions: NDArray[Any], classes: Sequence[str] = ()) -> ConfusionMatrix:
    """Counts of the rows that have a label; classes met beside `classes` come after them.

    Raises:
        UserError: if the lengths differ.
    """
    coded = code_rows(labels, predictions, classes)
    return ConfusionMatrix(coded.names, coded.table[:-1])


def confusion_metrics(coded: CodedRows, positive: int | None, *, dependent: bool) -> dict[str, Estimate]:
    """The figures of the table; with a `positive` class also its f1, precision and recall.

    Wilson's interval for the proportions, a percentile bootstrap of the table for the others (1,000 multinomial
    resamples, fixed seed). A figure whose denominator is empty is left out.
    """
    table = coded.table
    size, n = table.shape[0], int(table.sum())
    tau = dependence((coded.labels == coded.answers).astype(np.float64), dependent=dependent)
    statistics: dict[str, Statistic] = {
        "balanced_accuracy": balanced_accuracy,
        "macro_f1": macro_f1,
        "macro_precision": macro_precision,
        "macro_recall": macro_recall,
    }
    result = {"accuracy": proportion("accuracy", float(table.trace()), n, tau)}
    if positive is not None:
        hits, labelled, predicted = (
            float(table[positive, positive]), float(table[positive].sum()), float(table[:, positive].sum()),
        )  # fmt: skip
        if labelled + predicted:
            statistics["f1"] = lambda tables: binary_f1(tables, positive)
        if predicted:
            result["precision"] = proportion("precision", hits, int(predicted), tau)
        if labelled:
            result["recall"] = proportion("recall", hits, int(labelled), tau)
    resampled: dict[str, list[Floats]] = {name: [] for name in statistics}
    for counts in multinomial_resamples(table.ravel()):
        tables = counts.reshape(-1, size, size)
        for name, statistic in statistics.items():
            resampled[name].append(statistic(tables))
    for name, statistic in statistics.items():
        value = float(statistic(table[np.newaxis])[0])
        low, high = percentiles(np.concatenate(resampled[name]))
        result[name] = widened(Estimate(name, value, low, high, n), tau, 0.0, 1.0)
    return result


def balanced_accuracy(tables: Floats) -> Floats:
    """Mean recall over the classes that have labels, [tables] from [tables, labels, predictions]."""
    hits, labelled = _hits(tables), tables.sum(axis=2)
    found: Floats = _ratio(hits, labelled).sum(axis=1) / np.maximum((labelled > 0).sum(axis=1), 1)
    return found


def macro_f1(tables: Floats) -> Floats:
    """Mean F1 over the classes that have labels or predictions; missing predictions are no class."""
    labelled, predicted = tables.sum(axis=2), tables.sum(axis=1)
    return _macro(tables, 2.0 * _hits(tables), labelled + predicted)


def macro_precision(tables: Floats) -> Floats:
    """Mean precision over the classes that have labels or predictions; 0 for one that was never predicted."""
    return _macro(tables, _hits(tables), tables.sum(axis=1))


def macro_recall(tables: Floats) -> Floats:
    """Mean recall over the classes that have labels or predictions; 0 for one that was never labelled."""
    return _macro(tables, _hits(tables), tables.sum(axis=2))


def binary_f1(tables: Floats, positive: int) -> Floats:
    """F1 of one class, 0 where it has neither labels nor predictions."""
    both = tables[:, positive].sum(axis=1) + tables[:, :, positive].sum(axis=1)
    return _ratio(2.0 * tables[:, positive, positive], both)


def _macro(tables: Floats, over: Floats, under: Floats) -> Floats:
    there = (tables.sum(axis=1) + tables.sum(axis=2) > 0)[:, :-1]
    found: Floats = (_ratio(over, under)[:, :-1] * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return found


def _hits(tables: Floats) -> Floats:
    return np.diagonal(tables, axis1=1, axis2=2)


def _ratio(over: Floats, under: Floats) -> Floats:
    return np.where(under > 0, over / np.where(under > 0, under, 1.0), 0.0)
