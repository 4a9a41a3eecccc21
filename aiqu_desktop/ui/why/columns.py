"""The columns of the reasons."""

from __future__ import annotations

from aiqu_desktop.services.views import ReasonRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.tables.record_model import Column

DRIFTED = Look("Drifted", "warning", "warning")
STEADY = Look("Within its limit", "good", "good")


def _look(row: ReasonRow) -> Look:
    return DRIFTED if row.drifted else STEADY


def _ratio(row: ReasonRow) -> float:
    return row.effect / row.limit if row.limit > 0 else float("nan")


def _share(value: float | None) -> str:
    """A small share is no share of nothing."""
    return "< 1\u00a0%" if value is not None and 0 < value < 0.005 else fmt.percent(value)


REASONS = (
    Column("feature", "Feature", lambda r: r.feature, 190,
           tooltip=lambda r: f"{r.feature} ({r.unit})" if r.unit else r.feature),
    Column("effect", "Effect", lambda r: f"{fmt.number(_ratio(r), 1)} × its limit", 132, look=_look, sort=_ratio,
           tooltip=lambda r: f"{_look(r).word}: {r.effect_name} {fmt.number(r.effect)}, limit {fmt.number(r.limit)}"),
    Column("importance", "Importance", lambda r: _share(r.importance), 92, right=True,
           sort=lambda r: r.importance, tooltip=lambda _r: "The feature's share of the model's decisions"),
    Column("weight", "Explains", lambda r: _share(r.weight), 84, right=True, optional=1, sort=lambda r: r.weight,
           tooltip=lambda _r: "Its share of the explanation: effect times importance"),
    Column("moved", "What it did", lambda r: r.moved, stretch=True),
)  # fmt: skip
