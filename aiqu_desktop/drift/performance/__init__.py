"""How well predictions met their labels, and whether one version's met them better than another's.

>>> import numpy as np
>>> from aiqu_desktop.drift.performance import CostMatrix, classification_metrics, compare_accuracy
>>> labels = np.array(["good", "good", "scrap", "scrap"] * 50)
>>> champion = np.array(["good", "scrap", "scrap", "good"] * 50)
>>> challenger = np.array(["good", "good", "scrap", "good"] * 50)
>>> costs = CostMatrix.of(["good", "scrap"], {("scrap", "good"): 400.0, ("good", "scrap"): 15.0}, "SEK")
>>> found = classification_metrics(labels, champion, classes=["good", "scrap"], costs=costs)
>>> found["accuracy"].value, found["cost_per_decision"].value
(0.5, 103.75)
>>> compared = compare_accuracy(labels, champion, challenger)
>>> compared.difference, compared.challenger_is_better
(0.25, True)
"""

from aiqu_desktop.drift.performance.challenge import absolute_errors, compare_primary
from aiqu_desktop.drift.performance.classification import classification_metrics
from aiqu_desktop.drift.performance.confusion import ConfusionMatrix, confusion_matrix
from aiqu_desktop.drift.performance.cost import CostMatrix, ErrorCosts
from aiqu_desktop.drift.performance.metrics import summary
from aiqu_desktop.drift.performance.paired import PairedComparison, compare_accuracy, compare_losses, mcnemar_mid_p
from aiqu_desktop.drift.performance.primary import primary_estimate
from aiqu_desktop.drift.performance.regression import regression_metrics

__all__ = [
    "ConfusionMatrix",
    "CostMatrix",
    "ErrorCosts",
    "PairedComparison",
    "absolute_errors",
    "classification_metrics",
    "compare_accuracy",
    "compare_losses",
    "compare_primary",
    "confusion_matrix",
    "mcnemar_mid_p",
    "primary_estimate",
    "regression_metrics",
    "summary",
]
