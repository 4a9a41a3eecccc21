"""What a comparison is asked with and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiqu_desktop.core.words import ColumnKind

NUMERIC_EFFECTS = ("wasserstein", "ks", "cramer_von_mises", "psi", "jensen_shannon", "hellinger", "total_variation")
CATEGORICAL_EFFECTS = ("jensen_shannon", "psi", "hellinger", "total_variation")


@dataclass(frozen=True)
class DriftLimits:
    """When a column, and when a model, counts as drifted.

    A column drifts when its effect is at or beyond its limit and its q-value is at most `alpha`.
    numeric_effect / categorical_effect: which effect is judged, one of NUMERIC_EFFECTS / CATEGORICAL_EFFECTS. A
    constant numeric reference is always judged by "ks" against `constant_limit`: its spread says nothing.
    column_limits: own limits of single columns, by name, in units of the judged effect.
    min_rows: fewer usable rows on either side give "not enough data".
    min_share: the model drifts when more than this share of the compared columns drifted; 0 means any column.
    min_weighted_share: used instead when importances are known: drifted columns carry at least this share of them.
    """

    numeric_effect: str = "wasserstein"
    numeric_limit: float = 0.1
    categorical_effect: str = "jensen_shannon"
    categorical_limit: float = 0.1
    constant_limit: float = 0.1
    alpha: float = 0.01
    min_rows: int = 30
    min_share: float = 0.0
    min_weighted_share: float = 0.05
    column_limits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.numeric_effect not in NUMERIC_EFFECTS:
            raise ValueError(f"numeric_effect is {self.numeric_effect!r}, not one of {NUMERIC_EFFECTS}")
        if self.categorical_effect not in CATEGORICAL_EFFECTS:
            raise ValueError(f"categorical_effect is {self.categorical_effect!r}, not one of {CATEGORICAL_EFFECTS}")
        if not 0 < self.alpha < 1 or self.min_rows < 1:
            raise ValueError(f"alpha {self.alpha} must lie in (0, 1) and min_rows {self.min_rows} be at least 1")


@dataclass(frozen=True)
class ColumnDrift:
    """One column's comparison.

    n_reference, n_current: usable rows; missing_*: shares of rows without a value. autocorrelation: the integrated
    time that divided both sizes; effective_reference, effective_current: what is left. effects: all that were
    computed, by name, with missing_rate_change among them. method: "ks", "chi-squared" or "not enough data"; in the
    last case effect, p_value and q_value are None and note says why. p_value: for numeric columns of three looks, shape
    ("ks"), level and spread; corrected for dependent rows.
    """

    name: str
    kind: ColumnKind
    n_reference: int
    n_current: int
    missing_reference: float
    missing_current: float
    autocorrelation: float
    effective_reference: float
    effective_current: float
    effects: Mapping[str, float]
    effect_name: str
    effect: float | None
    limit: float
    p_value: float | None
    q_value: float | None
    drifted: bool
    method: str
    note: str = ""
    unseen: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()

    @property
    def enough_data(self) -> bool:
        return self.p_value is not None

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "n_reference": self.n_reference,
            "n_current": self.n_current,
            "missing_reference": self.missing_reference,
            "missing_current": self.missing_current,
            "autocorrelation": self.autocorrelation,
            "effective_reference": self.effective_reference,
            "effective_current": self.effective_current,
            "effects": dict(self.effects),
            "effect_name": self.effect_name,
            "effect": self.effect,
            "limit": self.limit,
            "p_value": self.p_value,
            "q_value": self.q_value,
            "drifted": self.drifted,
            "method": self.method,
            "note": self.note,
            "unseen": list(self.unseen),
            "vanished": list(self.vanished),
        }


@dataclass(frozen=True)
class DriftResult:
    """The comparison of one window with a reference.

    compared: columns with enough data; 0 means that the window says nothing (never read it as "no drift").
    share: drifted columns among the compared ones. weighted_share: the share of importance that they carry, None
    where no importance is known. rule: the rule that decided `drifted`, in words.
    """

    columns: tuple[ColumnDrift, ...]
    drifted: bool
    drifted_columns: tuple[str, ...]
    compared: int
    share: float
    weighted_share: float | None
    n_reference: int
    n_current: int
    rule: str

    @property
    def enough_data(self) -> bool:
        return self.compared > 0

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "drifted": self.drifted,
            "drifted_columns": list(self.drifted_columns),
            "compared": self.compared,
            "share": self.share,
            "weighted_share": self.weighted_share,
            "n_reference": self.n_reference,
            "n_current": self.n_current,
            "rule": self.rule,
            "columns": [column.to_json() for column in self.columns],
        }
