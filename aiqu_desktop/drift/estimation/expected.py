"""Figures of a classifier when each row's label is known only as probabilities.

With probabilities of 0 and 1, which is what labels are, these are the realised figures themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aiqu_desktop.drift.performance.confusion import (
    balanced_accuracy,
    binary_f1,
    macro_f1,
    macro_precision,
    macro_recall,
)
from aiqu_desktop.drift.performance.cost import CostMatrix
from aiqu_desktop.drift.values import Floats, Ints

_DRAWS = 400
_MOST_ROWS = 4_000  # what is simulated; the deviations of more rows are scaled
_LEAST_SCORE = 1e-15
_SEED = 20_26


class Judged:
    """Rows with scores [rows, classes] and answers [rows] (a class index; len(classes) is a missing prediction)."""

    def __init__(self, scores: Floats, answers: Ints, costs: CostMatrix | None = None) -> None:
        self.scores, self.answers, self.costs = scores, answers, costs
        self.rows, self.size = scores.shape

    def table(self, chances: Floats) -> Floats:
        """Expected counts [classes + 1 (labels), classes + 1 (predictions)] under `chances` [rows, classes]."""
        counts = np.zeros((self.size + 1, self.size + 1))
        for answer in range(self.size + 1):
            counts[: self.size, answer] = chances[self.answers == answer].sum(axis=0)
        return counts

    def figures(self, chances: Floats) -> dict[str, float]:
        """Every figure by name; one that the expected counts do not define is left out."""
        table = self.table(chances)[np.newaxis]
        found = {name: float(of(table)[0]) for name, of in self._statistics(table[0]).items()}
        found |= {name: float((chances * loss).sum(axis=1).mean()) for name, loss in self._losses().items()}
        areas = [
            area for place in self._ranked() if (area := expected_area(chances[:, place], self.scores[:, place])) >= 0
        ]
        return found | ({"roc_auc": float(np.mean(areas))} if areas else {})

    def deviations(self, chances: Floats) -> dict[str, float]:
        """Standard deviation of each realised figure about its estimate, if the labels are drawn from `chances`.

        Exact for the figures that are means over rows (a Poisson binomial's variance), from 400 draws with a fixed seed
        for the others.
        """
        found = {}
        for name, loss in self._losses().items():
            mean = (chances * loss).sum(axis=1)
            variance = (chances * loss**2).sum(axis=1) - mean**2
            found[name] = float(np.sqrt(max(0.0, variance.sum()))) / self.rows
        kept = np.arange(self.rows)
        if self.rows > _MOST_ROWS:
            kept = (np.arange(_MOST_ROWS) * self.rows) // _MOST_ROWS
        part = Judged(self.scores[kept], self.answers[kept], self.costs)
        shrink = np.sqrt(kept.size / self.rows)
        return {name: shrink * value for name, value in part._simulated(chances[kept]).items()} | found

    def _simulated(self, chances: Floats) -> dict[str, float]:
        random = np.random.default_rng(_SEED)
        drawn = np.zeros((_DRAWS, self.rows), dtype=np.int64)
        uniform = random.random((_DRAWS, self.rows))
        for limit in np.cumsum(chances, axis=1)[:, :-1].T:
            drawn += uniform > limit
        width = self.size + 1
        codes = drawn * width + self.answers + np.arange(_DRAWS)[:, np.newaxis] * width * width
        counts = np.bincount(codes.ravel(), minlength=_DRAWS * width * width)
        tables = counts.reshape(_DRAWS, width, width).astype(np.float64)
        found = {name: float(of(tables).std()) for name, of in self._statistics(self.table(chances)).items()}
        areas = [_areas(drawn == place, self.scores[:, place]) for place in self._ranked()]
        return found | {"roc_auc": float(np.mean(areas, axis=0).std())}

    def _ranked(self) -> range:
        return range(1, 2) if self.size == 2 else range(self.size)

    def _losses(self) -> dict[str, Floats]:
        """What each row would cost for each label, [rows, classes], for every figure that is a mean over rows."""
        labels = np.arange(self.size)
        squares = (self.scores**2).sum(axis=1, keepdims=True) + 1.0 - 2.0 * self.scores
        found = {
            "accuracy": (self.answers[:, np.newaxis] == labels).astype(np.float64),
            "log_loss": -np.log(np.clip(self.scores, _LEAST_SCORE, 1.0)),
            "brier": squares / 2.0 if self.size == 2 else squares,
        }
        if self.costs is not None:
            rows = np.repeat(labels, self.rows)
            found["cost_per_decision"] = self.costs.of_rows(rows, np.tile(self.answers, self.size)).reshape(
                self.size, self.rows
            ).T  # fmt: skip
        return found

    def _statistics(self, table: Floats) -> dict[str, Callable[[Floats], Floats]]:
        found: dict[str, Callable[[Floats], Floats]] = {
            "balanced_accuracy": balanced_accuracy,
            "macro_f1": macro_f1,
            "macro_precision": macro_precision,
            "macro_recall": macro_recall,
        }
        if self.size == 2:
            predicted, labelled = table[:, 1].sum(), table[1].sum()
            if predicted + labelled > 0:
                found["f1"] = lambda tables: binary_f1(tables, 1)
            if predicted > 0:
                found["precision"] = lambda tables: tables[:, 1, 1] / np.maximum(tables[:, :, 1].sum(axis=1), 1e-12)
            if labelled > 0:
                found["recall"] = lambda tables: tables[:, 1, 1] / np.maximum(tables[:, 1].sum(axis=1), 1e-12)
        return found


def expected_area(chance: Floats, scores: Floats) -> float:
    """Area under the ROC curve when each row belongs to the class with a `chance`: [rows] each; -1 if none can.

    Expected pairs in the right order over expected pairs; equal scores count half. A row makes no pair with itself.
    """
    order = np.argsort(scores, kind="stable")
    ranked, weights = scores[order], chance[order]
    others = np.concatenate([[0.0], np.cumsum(1.0 - weights)])
    first, last = np.searchsorted(ranked, ranked, "left"), np.searchsorted(ranked, ranked, "right")
    below, equal = others[first], others[last] - others[first] - (1.0 - weights)
    own = float(weights @ (1.0 - weights))
    pairs = float(weights.sum() * (1.0 - weights).sum()) - own
    return float(weights @ (below + 0.5 * equal)) / pairs if pairs > 1e-9 else -1.0


def _areas(members: np.typing.NDArray[np.bool_], scores: Floats) -> Floats:
    """Areas of many draws of the labels, [draws] from [draws, rows]; half where a draw has but one class."""
    ranked, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    del ranked
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    own = members.sum(axis=1).astype(np.float64)
    pairs = own * (members.shape[1] - own)
    inside = members @ ranks - own * (own + 1) / 2.0
    return np.where(pairs > 0, inside / np.where(pairs > 0, pairs, 1.0), 0.5)
