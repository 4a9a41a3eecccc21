"""What is kept of a reference for the joint comparison: plain arrays, some hundred kilobytes, whatever its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.multivariate.encoding import ColumnCode, encode, fit_codes
from aiqu_desktop.drift.multivariate.features import FeatureMap, fit_features
from aiqu_desktop.drift.values import Column, Floats

BLOCKS = 50  # of consecutive rows; how their means vary is what chance, and autocorrelation, do
EXPLAINED = 0.65  # of the variance, by the components kept
LEAST_ROWS = 200
RIDGE = 0.1  # of the mean variance of the terms
_MOST_ROWS = 200_000  # the latest ones
_MAGIC = b"AIQUJNT1"
_ARRAYS = ("rotation", "frequencies", "phases", "block_terms", "covariance", "components", "block_errors")


@dataclass(frozen=True, eq=False)
class MultivariateReference:
    """codes: how columns become numbers. features: the terms compared. rows: rows seen (the latest 200,000 at most).

    block_terms: mean terms of 50 blocks of consecutive rows, [50, terms]; covariance: of the terms, [terms, terms].
    components: principal directions of the encoded rows of every other block, [columns, kept]; block_errors: mean
    reconstruction error of each of the other blocks, [25], which the components have not seen, no more than a window
    has; error_deviation: standard deviation of one row's error there.
    """

    codes: tuple[ColumnCode, ...]
    features: FeatureMap
    rows: int
    block_terms: Floats
    covariance: Floats
    components: Floats
    block_errors: Floats
    error_deviation: float

    @cached_property
    def factor(self) -> tuple[Floats, bool]:
        """Cholesky factor of the covariance with its ridge, as `scipy.linalg.cho_solve` takes it."""
        terms = self.covariance.shape[0]
        ridge = RIDGE * float(np.trace(self.covariance)) / terms
        lower: tuple[Floats, bool] = linalg.cho_factor(self.covariance + ridge * np.eye(terms))
        return lower

    @classmethod
    def fit(cls, columns: Mapping[str, Column], kinds: Mapping[str, ColumnKind]) -> MultivariateReference:
        """Summarise reference columns, each in row (time) order.

        Raises:
            UserError: if there are fewer than 200 rows, or a column is not what its kind says.
        """
        latest = {name: values[-_MOST_ROWS:] for name, values in columns.items()}
        codes = fit_codes(latest, kinds)
        encoded, _ = encode(codes, latest)
        rows = encoded.shape[0]
        if rows < LEAST_ROWS:
            raise UserError(f"The reference has {rows} rows, and a joint comparison takes {LEAST_ROWS}; collect more.")
        edges = (np.arange(BLOCKS + 1) * rows) // BLOCKS
        odd = (np.searchsorted(edges, np.arange(rows), side="right") - 1) % 2 == 1
        eigenvalues, eigenvectors = _principal(encoded[~odd])
        share = np.cumsum(eigenvalues) / max(float(eigenvalues.sum()), 1e-12)
        kept = max(1, min(int(np.searchsorted(share, EXPLAINED)) + 1, encoded.shape[1] - 1))
        components = eigenvectors[:, :kept]
        features = fit_features(encoded, eigenvalues, eigenvectors)
        terms = np.empty((BLOCKS, features.width))
        second = np.zeros((features.width, features.width))
        for block in range(BLOCKS):
            of_block = features(encoded[edges[block] : edges[block + 1]])
            terms[block] = of_block.mean(axis=0)
            second += of_block.T @ of_block
        mean = np.average(terms, axis=0, weights=np.diff(edges))
        errors = reconstruction_errors(components, encoded)
        block_errors = np.add.reduceat(errors, edges[:-1]) / np.diff(edges)
        return cls(
            codes=codes,
            features=features,
            rows=rows,
            block_terms=terms,
            covariance=second / rows - np.outer(mean, mean),
            components=components,
            block_errors=block_errors[1::2],
            error_deviation=float(np.std(errors[odd])),
        )

    def to_bytes(self) -> bytes:
        """The file form: a header in JSON and little-endian arrays; the same bytes for the same reference."""
        arrays = self._arrays()
        header = {
            "codes": [code.to_json() for code in self.codes],
            "rows": self.rows,
            "error_deviation": self.error_deviation,
            "shapes": {name: list(array.shape) for name, array in arrays.items()},
        }
        text = json.dumps(header, sort_keys=True).encode()
        body = b"".join(array.astype("<f8").tobytes() for array in arrays.values())
        return _MAGIC + len(text).to_bytes(4, "little") + text + body

    @classmethod
    def from_bytes(cls, data: bytes) -> MultivariateReference:
        """Read what `to_bytes` wrote.

        Raises:
            UserError: if `data` is damaged or something else.
        """
        try:
            if data[: len(_MAGIC)] != _MAGIC:
                raise ValueError("not a joint reference")
            start = len(_MAGIC) + 4
            end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
            header = json.loads(data[start:end])
            arrays: dict[str, Floats] = {}
            for name in _ARRAYS:
                shape = tuple(int(length) for length in header["shapes"][name])
                count = int(np.prod(shape))
                arrays[name] = np.frombuffer(data, "<f8", count, end).reshape(shape).astype(np.float64)
                end += 8 * count
            if end != len(data):
                raise ValueError("bytes left over")
            return cls(
                codes=tuple(ColumnCode.from_json(code) for code in header["codes"]),
                features=FeatureMap(arrays["rotation"], arrays["frequencies"], arrays["phases"]),
                rows=int(header["rows"]),
                block_terms=arrays["block_terms"],
                covariance=arrays["covariance"],
                components=arrays["components"],
                block_errors=arrays["block_errors"],
                error_deviation=float(header["error_deviation"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise UserError(
                f"This is no joint reference that this version can read ({error}); build it again."
            ) from error

    def _arrays(self) -> dict[str, Floats]:
        return {
            "rotation": self.features.rotation,
            "frequencies": self.features.frequencies,
            "phases": self.features.phases,
            "block_terms": self.block_terms,
            "covariance": self.covariance,
            "components": self.components,
            "block_errors": self.block_errors,
        }


def _principal(encoded: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, [columns], largest first, and eigenvectors, [columns, columns], of the covariance."""
    centred = encoded - encoded.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / max(1, len(centred) - 1))
    return values[::-1].astype(np.float64), vectors[:, ::-1].astype(np.float64)


def reconstruction_errors(components: Floats, encoded: Floats) -> Floats:
    """Euclidean length of what the components leave of each row, [rows]."""
    within = encoded @ components
    left = np.einsum("ij,ij->i", encoded, encoded) - np.einsum("ij,ij->i", within, within)
    return np.asarray(np.sqrt(np.maximum(left, 0.0)), dtype=np.float64)
