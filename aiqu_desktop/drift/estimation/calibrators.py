"""From a model's scores to probabilities that come true: maps fitted on labelled rows, kept as plain numbers.

Four kinds, of which the reference's own cross-validation chooses (`cbpe`):
- identity: the scores as they are;
- scaling: softmax of a_k log s_k + b_k (vector scaling of C. Guo et al., "On calibration of modern neural networks",
  ICML 2017; for two classes this is the beta calibration of M. Kull, T. Silva Filho and P. Flach, AISTATS 2017), with a
  ridge towards the identity;
- isotonic: each class against the rest by the pool-adjacent-violators algorithm (B. Zadrozny and C. Elkan, KDD 2002),
  each pool shrunk by one row's worth towards the class's share and placed at its mean score, with straight lines
  between (A. Oron and N. Flournoy, "Centered isotonic regression", Statistics in Biopharmaceutical Research 9, 2017);
- blend: the mean of the last two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.drift.values import Floats, Ints

KINDS = ("identity", "scaling", "isotonic", "blend")
_LEAST_SCORE = 1e-6
_RIDGE = 1.0  # rows' worth of pull towards the identity
_SHRINKAGE = 1.0  # rows' worth of pull of each pool towards the class's share
_MOST_KNOTS = 64


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A map from scores to probabilities.

    slopes, offsets: [classes] of the scaling, empty when the kind has none. knots: per class (scores, probabilities),
    both increasing, empty when the kind has none.
    """

    kind: str
    slopes: Floats
    offsets: Floats
    knots: tuple[tuple[Floats, Floats], ...]

    def apply(self, scores: Floats) -> Floats:
        """Probabilities [rows, classes], each row adding up to 1, from finite scores [rows, classes]."""
        if self.kind == "identity":
            return _shares(np.maximum(scores, 0.0))
        if self.kind == "scaling":
            return self._scaled(scores)
        if self.kind == "isotonic":
            return self._interpolated(scores)
        return (self._scaled(scores) + self._interpolated(scores)) / 2.0

    def _scaled(self, scores: Floats) -> Floats:
        found: Floats = special.softmax(self.slopes * _logs(scores) + self.offsets, axis=1)
        return found

    def _interpolated(self, scores: Floats) -> Floats:
        if len(self.knots) == 1:  # of two classes
            second = np.interp(scores[:, 1], *self.knots[0])
            return np.column_stack([1.0 - second, second])
        columns = [np.interp(scores[:, place], *pair) for place, pair in enumerate(self.knots)]
        return _shares(np.column_stack(columns))

    def to_arrays(self) -> dict[str, Floats]:
        """Named arrays of float64, exactly what this is made of."""
        return {
            "kind": np.array(float(KINDS.index(self.kind))),
            "slopes": self.slopes,
            "offsets": self.offsets,
            **{f"knots_{place}": np.stack(pair) for place, pair in enumerate(self.knots)},
        }

    @classmethod
    def from_arrays(cls, data: Mapping[str, NDArray[Any]], classes: int) -> Calibrator:
        """Read what `to_arrays` gave, for so many classes.

        Raises:
            KeyError, TypeError, ValueError: if it is not that.
        """
        kind = dict(enumerate(KINDS))[int(data["kind"])]
        slopes, offsets = (np.asarray(data[name], dtype=np.float64) for name in ("slopes", "offsets"))
        maps = 0 if kind not in ("isotonic", "blend") else 1 if classes == 2 else classes
        knots = tuple(np.asarray(data[f"knots_{place}"], dtype=np.float64) for place in range(maps))
        if any(pair.ndim != 2 or pair.shape[0] != 2 or pair.shape[1] == 0 for pair in knots):
            raise ValueError("the knots of the calibrator do not pair")
        scaled = classes if kind in ("scaling", "blend") else 0
        if slopes.shape != (scaled,) or offsets.shape != (scaled,):
            raise ValueError(f"the scaling of the calibrator is not of {classes} classes")
        return cls(kind, slopes, offsets, tuple((pair[0], pair[1]) for pair in knots))


def fit_calibrator(kind: str, scores: Floats, labels: Ints) -> Calibrator:
    """Fit one kind on rows: scores [rows, classes], finite; labels [rows], indices of classes.

    Two classes are one question, so their isotonic map is that of the second class alone.
    """
    slopes = offsets = np.empty(0)
    knots: tuple[tuple[Floats, Floats], ...] = ()
    if kind in ("scaling", "blend"):
        slopes, offsets = _fit_scaling(scores, labels)
    if kind in ("isotonic", "blend"):
        asked = (1,) if scores.shape[1] == 2 else range(scores.shape[1])
        knots = tuple(centred_isotonic(scores[:, place], labels == place) for place in asked)
    return Calibrator(kind, slopes, offsets, knots)


def centred_isotonic(scores: Floats, happened: Any) -> tuple[Floats, Floats]:
    """Knots (scores, probabilities) of the centred, slightly shrunk isotonic regression; at most 64 of them."""
    from scipy import optimize  # a second to load: paid when it is used

    at, inverse = np.unique(scores, return_inverse=True)
    weights = np.bincount(inverse).astype(np.float64)
    share = float(np.mean(happened))
    hits = np.bincount(inverse, weights=np.asarray(happened, dtype=np.float64))
    starts = optimize.isotonic_regression(hits / weights, weights=weights).blocks[:-1]
    at = np.add.reduceat(at * weights, starts) / np.add.reduceat(weights, starts)
    hits, weights = np.add.reduceat(hits, starts), np.add.reduceat(weights, starts)
    values = (hits + _SHRINKAGE * share) / (weights + _SHRINKAGE)
    values = optimize.isotonic_regression(values, weights=weights).x
    if at.size > _MOST_KNOTS:
        kept = np.unique(np.linspace(0, at.size - 1, _MOST_KNOTS).round().astype(int))
        at, values = at[kept], values[kept]
    return at, values


def _fit_scaling(scores: Floats, labels: Ints) -> tuple[Floats, Floats]:
    logs, rows, size = _logs(scores), np.arange(labels.size), scores.shape[1]
    happened = np.zeros_like(logs)
    happened[rows, labels] = 1.0

    def loss(parameters: Floats) -> tuple[float, Floats]:

        slopes, offsets = parameters[:size], parameters[size:]
        logits = slopes * logs + offsets
        normal = special.logsumexp(logits, axis=1)
        surplus = np.exp(logits - normal[:, np.newaxis]) - happened
        pull = np.concatenate([slopes - 1.0, offsets])
        value = float(np.sum(normal - logits[rows, labels])) + _RIDGE * float(pull @ pull) / 2
        gradient = np.concatenate([(surplus * logs).sum(axis=0), surplus.sum(axis=0)]) + _RIDGE * pull
        return value / labels.size, gradient / labels.size

    from scipy import optimize  # a second to load: paid when it is used

    start = np.concatenate([np.ones(size), np.zeros(size)])
    bounds = [(0.0, 20.0)] * size + [(-20.0, 20.0)] * size
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[:size], found[size:]


def _logs(scores: Floats) -> Floats:
    found: Floats = np.log(np.clip(scores, _LEAST_SCORE, 1.0))
    return found


def _shares(values: Floats) -> Floats:
    total = values.sum(axis=1, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), 1.0 / values.shape[1])
