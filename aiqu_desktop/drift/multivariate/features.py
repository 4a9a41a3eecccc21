"""Terms that tell two joint distributions apart: the columns, their products, and random Fourier features.

Products see correlations; random Fourier features see whatever a Gaussian kernel with the median heuristic's width sees
(A. Rahimi and B. Recht, NeurIPS 2007), at a cost linear in the rows. Of many columns only the leading principal
components are multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.values import Floats

_LINEAR = 64  # columns, or leading components of more
_MULTIPLIED = 20
_FOURIER = 48
_PAIRS = 2_000  # pairs of rows for the median distance
_SEED = 20_26


@dataclass(frozen=True)
class FeatureMap:
    """rotation: [columns, at most 64] orthonormal-by-scale directions; frequencies: [directions, 48]; phases: [48]."""

    rotation: Floats
    frequencies: Floats
    phases: Floats

    @property
    def width(self) -> int:
        linear = int(self.rotation.shape[1])
        multiplied = min(linear, _MULTIPLIED)
        return linear + multiplied * (multiplied + 1) // 2 + int(self.phases.size)

    def __call__(self, encoded: Floats) -> Floats:
        """The terms of each row, [rows, width], of encoded rows [rows, columns]."""
        turned = encoded @ self.rotation
        linear = turned.shape[1]
        first, second = np.triu_indices(min(linear, _MULTIPLIED))
        terms = np.empty((encoded.shape[0], self.width))
        terms[:, :linear] = turned
        np.multiply(turned[:, first], turned[:, second], out=terms[:, linear : linear + first.size])
        waves = turned @ self.frequencies
        waves += self.phases
        np.cos(waves, out=terms[:, linear + first.size :])
        return terms


def fit_features(encoded: Floats, eigenvalues: Floats, eigenvectors: Floats) -> FeatureMap:
    """The map for a reference's encoded rows [rows >= 2, columns] and its covariance's eigenvectors, largest first."""
    columns = encoded.shape[1]
    if columns <= _MULTIPLIED:
        rotation = np.eye(columns)
    else:  # unit variance in each direction, so that products are comparable
        kept = min(_LINEAR, columns)
        rotation = eigenvectors[:, :kept] / np.sqrt(np.maximum(eigenvalues[:kept], 1e-6))
    random = np.random.default_rng(_SEED)
    rows = random.integers(0, encoded.shape[0], size=(2, _PAIRS))
    turned = encoded @ rotation if encoded.shape[0] <= 1 << 15 else encoded[:: encoded.shape[0] >> 14] @ rotation
    rows %= turned.shape[0]
    distance = float(np.median(np.linalg.norm(turned[rows[0]] - turned[rows[1]], axis=1)))
    frequencies = random.normal(size=(rotation.shape[1], _FOURIER)) / (distance if distance > 0 else 1.0)
    return FeatureMap(rotation, frequencies, random.uniform(0.0, 2.0 * np.pi, _FOURIER))
