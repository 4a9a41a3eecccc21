"""Small classifiers in NumPy that are fitted once and then left alone, for the benchmarks of change detectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.values import Floats, Ints

_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class GaussianClassifier:
    """Gaussian classes: naive Bayes, or with a covariance shared by all of them (linear discriminant)."""

    means: Floats  # [classes, features]
    weights: Floats  # [classes, features, features] inverse covariances, or [classes, features] inverse variances
    offsets: Floats  # [classes]

    @classmethod
    def fit(cls, x: Floats, y: Ints, *, shared: bool, naive: bool) -> GaussianClassifier:
        """x: [rows, features]; y: class numbers 0.. [rows], every class present."""
        classes = int(y.max()) + 1
        means = np.stack([x[y == c].mean(axis=0) for c in range(classes)])
        prior = np.log(np.bincount(y, minlength=classes) / y.size)
        floor = _RIDGE * x.var(axis=0) + 1e-12
        if naive:
            variances = np.stack([x[y == c].var(axis=0) for c in range(classes)]) + floor
            return cls(means, 1.0 / variances, prior - 0.5 * np.log(variances).sum(axis=1))
        if not shared:
            raise ValueError("full covariances for each class are not here")
        inside = x - means[y]
        inverse = np.linalg.inv(inside.T @ inside / y.size + np.diag(floor))
        return cls(means, np.broadcast_to(inverse, (classes, *inverse.shape)), prior)

    def predict(self, x: Floats) -> tuple[Ints, Floats]:
        """Class and its posterior probability of each row."""
        scores = np.empty((x.shape[0], self.offsets.size))
        for c, (mean, weight) in enumerate(zip(self.means, self.weights, strict=True)):
            away = x - mean
            distance = (away**2) @ weight if weight.ndim == 1 else np.einsum("ij,jk,ik->i", away, weight, away)
            scores[:, c] = self.offsets[c] - 0.5 * distance
        scores -= scores.max(axis=1, keepdims=True)
        posterior = np.exp(scores)
        posterior /= posterior.sum(axis=1, keepdims=True)
        return np.argmax(scores, axis=1), posterior.max(axis=1)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The vote of the nearest training rows, features scaled to unit spread."""

    x: Floats
    y: Ints
    centre: Floats
    spread: Floats
    k: int = 9

    @classmethod
    def fit(cls, x: Floats, y: Ints) -> Neighbours:
        centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
        return cls((x - centre) / spread, y, centre, spread)

    def predict(self, x: Floats) -> tuple[Ints, Floats]:
        """Class and its share of the votes of each row."""
        classes = int(self.y.max()) + 1
        votes = np.zeros((x.shape[0], classes))
        squares = (self.x**2).sum(axis=1)
        for start in range(0, x.shape[0], 1_000):
            scaled = (x[start : start + 1_000] - self.centre) / self.spread
            distance = squares - 2.0 * scaled @ self.x.T
            near = np.argpartition(distance, self.k, axis=1)[:, : self.k]
            for c in range(classes):
                votes[start : start + 1_000, c] = (self.y[near] == c).sum(axis=1)
        return np.argmax(votes, axis=1), votes.max(axis=1) / self.k


def confidence_groups(
    reference: tuple[Ints, Floats], rows: tuple[Ints, Floats], classes: int, groups: int = 12
) -> Ints:
    """Group of each row, known before its label: predicted class by confidence, cut at the quantiles that the
    confidence had for that class on `reference`; in all about `groups`, and two for a class at least."""
    bins = max(2, groups // classes)
    found = np.zeros(rows[0].size, dtype=np.int64)
    for c in range(classes):
        seen = reference[1][reference[0] == c]
        edges = np.quantile(seen, np.arange(1, bins) / bins) if seen.size else np.zeros(0)
        mine = rows[0] == c
        found[mine] = c * bins + np.searchsorted(edges, rows[1][mine], side="right")
    return found
