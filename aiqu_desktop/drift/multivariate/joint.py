"""A window's columns together against the reference: a classifier that must win on rows it has not seen, and the error
with which the reference's principal components rebuild the rows.

The classifier two-sample test (D. Lopez-Paz and M. Oquab, ICLR 2017) here is a ridge discriminant over products and
random Fourier features: the direction comes from one half of the window and alternate blocks of the reference, its mean
is tested on the other halves, and the other way round. The test is one of a mean of one number a row, so that
dependent rows are dealt with as everywhere (`evidence.dependence`): no permutation, cost linear in the rows.
Reconstruction error: K. Pearson (1901); its use for drift: NannyML, "Data reconstruction with PCA".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, special

from aiqu_desktop.drift.evidence.autocorrelation import cautious_times
from aiqu_desktop.drift.evidence.dependence import compatible, freedom_of, student_tail
from aiqu_desktop.drift.evidence.levels import without_change
from aiqu_desktop.drift.intervals import Estimate
from aiqu_desktop.drift.multivariate.encoding import encode
from aiqu_desktop.drift.multivariate.reference import MultivariateReference, reconstruction_errors
from aiqu_desktop.drift.values import Column, Floats

_MOST_ROWS = 20_000  # the latest ones


@dataclass(frozen=True)
class JointLimits:
    """When the columns together have drifted: evidence at `alpha`, and an effect at or beyond its limit.

    separation: AUC of the classifier on unseen rows, 0.5 is none; a shift of a quarter of a standard deviation in one
    column is at most 0.57. reconstruction: change of the mean error in standard deviations of one row's error.
    """

    alpha: float = 0.01
    separation: float = 0.55
    reconstruction: float = 0.1
    min_rows: int = 100


@dataclass(frozen=True)
class Reconstruction:
    """The window's mean reconstruction error with its 95 % interval, beside the range in which means of as many rows of
    the reference lie (95 %). effect: the change of the mean in standard deviations of one row's error; limit: what it
    is held against, never less than the error that components fitted on so few independent rows make anyway, which is
    about the square root of twice the columns per row (they fit their own rows too well, and others too badly).
    p_value: of a change by more than that.
    """

    error: Estimate
    reference: float
    usual_low: float
    usual_high: float
    effect: float
    limit: float
    p_value: float


@dataclass(frozen=True)
class JointResult:
    """enough_data False: too few rows, and nothing else is said (None). separation: AUC on unseen rows (binormal).

    missing: values imputed by the reference's centre, by column. p_value: of both tests (Bonferroni).
    """

    enough_data: bool
    drifted: bool
    rows: int
    separation: float | None
    separation_p: float | None
    reconstruction: Reconstruction | None
    p_value: float | None
    missing: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        rebuilt = self.reconstruction
        return {
            "enough_data": self.enough_data,
            "drifted": self.drifted,
            "rows": self.rows,
            "separation": self.separation,
            "separation_p": self.separation_p,
            "reconstruction": None
            if rebuilt is None
            else {
                "error": rebuilt.error.to_json(),
                "reference": rebuilt.reference,
                "usual": [rebuilt.usual_low, rebuilt.usual_high],
                "effect": rebuilt.effect,
                "limit": rebuilt.limit,
                "p_value": rebuilt.p_value,
            },
            "p_value": self.p_value,
            "missing": dict(self.missing),
        }


def compare_jointly(
    reference: MultivariateReference, columns: Mapping[str, Column], *, limits: JointLimits | None = None
) -> JointResult:
    """Compare a window, in time order, of which the latest 20,000 rows are taken.

    Raises:
        UserError: if a column is missing, has another length, or holds what its kind cannot.
    """
    limits = limits or JointLimits()
    encoded, missing = encode(reference.codes, {name: values[-_MOST_ROWS:] for name, values in columns.items()})
    rows = encoded.shape[0]
    if rows < limits.min_rows:
        return JointResult(False, False, rows, None, None, None, None, missing)
    separation, separation_p = _separation(reference, reference.features(encoded))
    rebuilt = _reconstruction(reference, encoded, limits.reconstruction)
    p_value = min(1.0, 2.0 * min(separation_p, rebuilt.p_value))
    beyond = (separation_p <= limits.alpha / 2 and separation >= limits.separation) or (
        rebuilt.p_value <= limits.alpha / 2 and abs(rebuilt.effect) >= rebuilt.limit
    )
    return JointResult(True, beyond, rows, separation, separation_p, rebuilt, p_value, missing)


def _separation(reference: MultivariateReference, terms: Floats) -> tuple[float, float]:
    """AUC on unseen rows, and its p-value; terms [rows, terms]."""
    halves = np.array_split(terms, 2)
    blocks = reference.block_terms[0::2], reference.block_terms[1::2]
    found = []
    for train, unseen in ((0, 1), (1, 0)):
        direction = linalg.cho_solve(reference.factor, halves[train].mean(axis=0) - blocks[train].mean(axis=0))
        deviation = float(np.sqrt(max(float(direction @ reference.covariance @ direction), 1e-300)))
        scores = halves[unseen] @ direction / deviation
        means = blocks[unseen] @ direction / deviation
        found.append((_Gap.between(scores, means, 1.0, reference.rows / 2), float(np.var(scores))))
    # Both gaps come from nearly the same numbers: their mean is judged as one of them.
    z = float(np.mean([gap.size / gap.error for gap, _ in found]))
    freedom = min(gap.freedom for gap, _ in found)
    two_sided = float(student_tail(np.array([z]), np.array([freedom]))[0])
    p_value = 0.5 * two_sided if z > 0 else 1.0 - 0.5 * two_sided
    separation = float(np.mean([special.ndtr(gap.size / np.sqrt(1.0 + variance)) for gap, variance in found]))
    return separation, p_value


def _reconstruction(reference: MultivariateReference, encoded: Floats, limit: float) -> Reconstruction:
    errors = reconstruction_errors(reference.components, encoded)
    deviation = max(reference.error_deviation, 1e-12)
    gap = _Gap.between(errors, reference.block_errors, deviation**2, reference.rows / 2)
    usual = float(reference.block_errors.mean())
    mean = float(errors.mean())
    reach = float(special.stdtrit(max(gap.freedom, 1.0), 0.975))
    half, chance = reach * gap.error_window, reach * gap.error_usual
    estimate = Estimate("reconstruction_error", mean, max(0.0, mean - half), mean + half, errors.size)
    unlearnt = float(np.sqrt(2.0 * encoded.shape[1] * gap.time / (reference.rows / 2)))
    surplus = max(0.0, abs(gap.size) - unlearnt * deviation) / gap.error
    p_value = float(student_tail(np.array([surplus]), np.array([gap.freedom]))[0])
    return Reconstruction(
        error=estimate,
        reference=usual,
        usual_low=max(0.0, usual - chance),
        usual_high=usual + chance,
        effect=gap.size / deviation,
        limit=max(limit, unlearnt),
        p_value=p_value,
    )


def _window_time(time: Floats, reference: float, rows: int, freedom: float) -> tuple[float, float, bool]:
    """A window's time, its degrees of freedom, and whether it fits the reference's time."""
    own = freedom_of(time, np.array([float(rows)]))
    return float(time[0]), float(own[0]), bool(compatible(time / reference, own, np.array([freedom]))[0])


@dataclass(frozen=True)
class _Gap:
    """A difference of two means of dependent rows, its standard error, and the degrees of freedom of that.

    time: rows worth one independent row.
    error_window: of the window's mean alone. error_usual: of a mean of as many rows of the reference.
    """

    size: float
    error: float
    freedom: float
    time: float
    error_window: float
    error_usual: float

    @classmethod
    def between(cls, scores: Floats, block_means: Floats, variance: float, reference_rows: float) -> _Gap:
        """scores: [rows] of the window; block_means: of the reference, which has `variance` a row."""
        blocks, rows = block_means.size, scores.size
        length = reference_rows / blocks
        of_reference = max(1.0, length * float(np.var(block_means, ddof=1)) / variance)
        centred = (scores - scores.mean())[np.newaxis, :]
        of_window, own, alike = _window_time(cautious_times(centred), of_reference, rows, blocks - 1.0)
        settled = _window_time(cautious_times(without_change(centred)), of_reference, rows, blocks - 1.0)
        if settled[2] and settled[0] < of_window:  # a window that changed halfway is no more dependent for that
            of_window, own, alike = settled
        time = max(of_reference, of_window)
        own_variance = float(np.var(scores))
        error_window = np.sqrt(max(own_variance, 1e-300) * time / rows)
        error_reference = np.sqrt(variance * time / reference_rows)
        return cls(
            size=float(scores.mean() - block_means.mean()),
            error=float(np.hypot(error_window, error_reference)),
            time=time,
            freedom=own + blocks - 1.0 if alike else max(own, 1e-3),
            error_window=float(error_window),
            error_usual=float(np.sqrt(variance * of_reference / rows)),
        )
