"""Made-up reasons of a drift for the window's tests and pictures."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from aiqu_desktop.services.views import DistributionView, ReasonRow, WhyView

SENTENCE = (
    "The input drifted: 41 % of the model's decisions rest on features that changed, above the limit of 30 %. "
    "sensor01_dR explains most of it: its median rose from 5.0 to 6.4 kOhm."
)


def make_why(model: str, at: datetime) -> WhyView:
    """Nine reasons, six of them drifted; one is a category."""
    rows = (
        ("sensor01_dR", "kOhm", 0.62, 0.1, 0.12, 0.31, "median up from 5.0 to 6.4", True),
        ("sensor07_ema_rise_0.001", "kOhm", 0.48, 0.1, 0.09, 0.22, "median down from 1.2 to 0.9", True),
        ("recipe", "", 0.31, 0.1, 0.08, 0.17, "'B' up from 30 % to 52 %", True),
        ("sensor03_dR_norm", "", 0.22, 0.1, 0.06, 0.11, "wider: half of the values within 1.9, was 1.1", True),
        ("sensor12_dR", "kOhm", 0.17, 0.1, 0.05, 0.08, "median up from 3.3 to 3.6", True),
        ("sensor15_ema_decay_0.1", "kOhm", 0.13, 0.1, None, 0.05, "6 % missing, was none", True),
        ("sensor02_dR", "kOhm", 0.08, 0.1, 0.04, 0.03, "hardly moved", False),
        ("sensor04_dR", "kOhm", 0.05, 0.1, 0.04, 0.02, "hardly moved", False),
        ("sensor05_dR", "kOhm", 0.03, 0.1, 0.02, 0.01, "hardly moved", False),
    )
    reasons = tuple(
        ReasonRow(name, unit, "Wasserstein distance, scaled", effect, limit, importance, weight, moved, drifted)
        for name, unit, effect, limit, importance, weight, moved, drifted in rows
    )
    worst = "The worst is recipe = B: 2 of 5 columns on 118 observations, carrying 61% of the decision (heat, speed)."
    return WhyView(model, 4, at, True, SENTENCE, "recipe = B", reasons, worst)


def make_distribution(feature: str) -> DistributionView:
    """A bell that moved to the right, or for "recipe" four categories."""
    if feature == "recipe":
        return DistributionView(
            feature, "", np.empty(0), ("A", "B", "C", "other"), np.array([0.52, 0.3, 0.16, 0.02]),
            np.array([0.34, 0.52, 0.12, 0.02]), 0.0, 0.0, 4_004, 312, 0.0, 0.013,
        )  # fmt: skip
    edges = np.linspace(2.0, 10.0, 33)
    middles = (edges[1:] + edges[:-1]) / 2

    def bell(centre: float, spread: float, inside: float) -> np.ndarray:
        shape = np.exp(-0.5 * ((middles - centre) / spread) ** 2)
        return shape / shape.sum() * inside

    return DistributionView(
        feature, "kOhm", edges, (), bell(5.0, 0.9, 1.0), bell(6.4, 1.1, 0.98), 0.0, 0.02, 4_004, 312, 0.0, 0.06
    )
