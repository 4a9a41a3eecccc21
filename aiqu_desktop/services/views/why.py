"""Why a model drifted: its features ranked, and one feature's distributions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One feature's part in the drift.

    effect, limit: in units of `effect_name`. importance: the feature's share of the model's decisions, 0 to 1, None
    where unknown. weight: its share of the explanation, 0 to 1. moved: what its values did, in a few words.
    """

    feature: str
    unit: str
    effect_name: str
    effect: float
    limit: float
    importance: float | None
    weight: float
    moved: str
    drifted: bool


@dataclass(frozen=True, slots=True)
class WhyView:
    """The newest drift answer, explained; `reasons` those first that explain most, none where nothing is known.

    sentence: the whole in plain words, the segment among them. segment: where it hurts most, as "column = name"; empty
    where no segment stands out. worst: the segment that drifted most, one sentence; empty where the drift check
    judges no segments.
    """

    model: str
    version: int | None
    at: datetime | None
    drifted: bool
    sentence: str
    segment: str
    reasons: tuple[ReasonRow, ...]
    worst: str = ""


@dataclass(frozen=True, slots=True)
class DistributionView:
    """One feature in the reference and in the window, side by side.

    Numeric: `edges`, [bins + 1], in the feature's unit; `names` is empty. Categorical: `names`, [bins]; `edges` is
    empty. reference, window: share of the usable rows in each bin, [bins]; both may sum to less than 1 where values lie
    outside the shown range (`outside_reference`, `outside_window` are those shares).
    """

    feature: str
    unit: str
    edges: Floats
    names: tuple[str, ...]
    reference: Floats
    window: Floats
    outside_reference: float
    outside_window: float
    n_reference: int
    n_window: int
    missing_reference: float
    missing_window: float
