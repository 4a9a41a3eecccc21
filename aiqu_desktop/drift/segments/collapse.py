"""Champion against challenger in each part of the data: a mean that holds can hide a part that is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.evidence.multiple import holm
from aiqu_desktop.drift.performance.challenge import compare_primary
from aiqu_desktop.drift.performance.paired import PairedComparison
from aiqu_desktop.drift.segments.profiles import places_of
from aiqu_desktop.drift.values import as_categories

_ALPHA = 0.05


@dataclass(frozen=True)
class PairedSegment:
    """One part of the rows. compared: None where it has fewer rows than are worth comparing.

    p_value: of the difference, after Holm over all parts that were compared; 1 where none was.
    """

    column: str
    segment: str
    n: int
    compared: PairedComparison | None
    p_value: float

    @property
    def worse_by(self) -> float:
        """How much worse the challenger is, in the metric's own unit; below zero where it is better."""
        if self.compared is None:
            return 0.0
        return -self.compared.difference if self.compared.higher_is_better else self.compared.difference

    @property
    def surely_worse(self) -> bool:
        """Whether the challenger is worse by more than chance, with all parts looked at together."""
        return self.worse_by > 0.0 and self.p_value < _ALPHA


def compare_segments(
    metric: str,
    labels: NDArray[Any],
    champion: NDArray[Any],
    challenger: NDArray[Any],
    columns: Mapping[str, NDArray[Any] | Sequence[str | None]],
    *,
    min_rows: int,
) -> tuple[PairedSegment, ...]:
    """Every value of every column as a part of its own, the worst for the challenger first.

    metric: "accuracy" or "mae"; labels, champion, challenger: [rows in time order]. columns: names to [rows] of values.
    """
    parts: list[tuple[str, str, int, PairedComparison | None]] = []
    for column, values in columns.items():
        for segment, places in places_of(as_categories(values)).items():
            rows = np.asarray(places)
            found = None
            if rows.size >= min_rows:
                found = compare_primary(metric, labels[rows], champion[rows], challenger[rows])
            parts.append((column, segment, int(rows.size), found))
    p_values = iter(holm(np.array([found.p_value for *_, found in parts if found is not None])))
    answers = [
        PairedSegment(column, segment, n, found, 1.0 if found is None else float(next(p_values)))
        for column, segment, n, found in parts
    ]
    return tuple(sorted(answers, key=lambda one: (-one.worse_by, one.column, one.segment)))
