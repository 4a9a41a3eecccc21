"""The figures of a model and how a manifest keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqu_desktop.drift.intervals import Estimate
from aiqu_desktop.drift.performance.classification import classification_metrics
from aiqu_desktop.drift.performance.regression import regression_metrics

__all__ = ["classification_metrics", "regression_metrics", "summary"]


def summary(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    """`estimates` as a bundle's manifest keeps them, ready for json.dumps."""
    return {name: estimate.to_json() for name, estimate in estimates.items()}
