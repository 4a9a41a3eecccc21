"""Where it hurts: the loss of each segment against that of all the other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from aiqu_desktop.drift.evidence.autocorrelation import cautious_times
from aiqu_desktop.drift.evidence.dependence import freedom_of, student_tail
from aiqu_desktop.drift.evidence.multiple import holm
from aiqu_desktop.drift.segments.profiles import places_of
from aiqu_desktop.drift.values import Column, Floats, as_categories, as_numbers

_MIN_ROWS = 30


@dataclass(frozen=True)
class SegmentLoss:
    """mean: the segment's mean loss; others: that of all other rows; excess: the difference, with an interval [low,
    high] that holds for all segments at once (Bonferroni); p_value: two-sided, after Holm over the segments."""

    segment: str
    n: int
    mean: float
    others: float
    excess: float
    low: float
    high: float
    p_value: float

    @property
    def worse(self) -> bool:
        return self.low > 0.0

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        names = ("segment", "n", "mean", "others", "excess", "low", "high", "p_value")
        return {name: getattr(self, name) for name in names} | {"worse": self.worse}


def segment_losses(
    losses: Floats, segments: Column | Sequence[str | None], *, confidence: float = 0.95, min_rows: int = _MIN_ROWS
) -> tuple[SegmentLoss, ...]:
    """Compare each segment's losses, [rows in time order], NaN for missing, with all the others'; largest excess first.

    Segments (or rests) of fewer than `min_rows` losses are left out. Rows may depend on those before them: variances
    are multiplied by the integrated autocorrelation time, and known only as well as that is.
    Raises:
        ValueError: if losses and segments have different lengths.
    """
    numbers = as_numbers("loss", losses)
    names = as_categories(segments)
    if len(names) != numbers.size:
        raise ValueError(f"{numbers.size} losses of {len(names)} rows")
    usable = np.isfinite(numbers)
    found: list[tuple[str, int, float, float, float, float]] = []
    for name, places in places_of(names).items():
        inside = np.zeros(numbers.size, dtype=np.bool_)
        inside[places] = True
        own, rest = numbers[inside & usable], numbers[~inside & usable]
        if min(own.size, rest.size) >= min_rows:
            error, freedom = _error(own, rest)
            found.append((name, own.size, float(own.mean()), float(rest.mean()), error, freedom))
    if not found:
        return ()
    reach = 0.5 + confidence / 2 + (1 - confidence) / 2 * (1 - 1 / len(found))
    errors, freedoms = np.array([f[4] for f in found]), np.array([f[5] for f in found])
    excess = np.array([f[2] - f[3] for f in found])
    half = errors * special.stdtrit(freedoms, min(reach, 1.0 - 1e-15))
    z = np.divide(excess, errors, out=np.where(excess == 0, 0.0, np.inf), where=errors > 0)
    p_values = holm(student_tail(z, freedoms))
    answers = [
        SegmentLoss(name, n, mean, others, float(e), float(e - h), float(e + h), float(p))
        for (name, n, mean, others, *_), e, h, p in zip(found, excess, half, p_values, strict=True)
    ]
    return tuple(sorted(answers, key=lambda answer: (-answer.excess, answer.segment)))


def worst_segment(
    losses: Floats, segments: Column | Sequence[str | None], *, confidence: float = 0.95, min_rows: int = _MIN_ROWS
) -> SegmentLoss | None:
    """The segment with the largest excess among those that are surely worse than the rest; None if none is."""
    worse = [
        found for found in segment_losses(losses, segments, confidence=confidence, min_rows=min_rows) if found.worse
    ]
    return worse[0] if worse else None


def _error(own: Floats, rest: Floats) -> tuple[float, float]:
    """Standard error of the difference of the means, and its degrees of freedom (Welch and Satterthwaite)."""
    parts = []
    for rows in (own, rest):
        time = float(cautious_times((rows - rows.mean())[np.newaxis, :])[0])
        freedom = float(freedom_of(np.array([time]), np.array([float(rows.size)]))[0])
        parts.append((float(np.var(rows, ddof=1)) * time / rows.size, freedom))
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return 0.0, min(freedom for _, freedom in parts)
    return float(np.sqrt(total)), total**2 / sum(variance**2 / freedom for variance, freedom in parts)
