"""How well predictions met their labels, and whether one version's met them better than another's."""

from aiqu_desktop.drift.performance.classification import classification_metrics
from aiqu_desktop.drift.performance.confusion import ConfusionMatrix, confusion_matrix
from aiqu_desktop.drift.performance.cost import CostMatrix
from aiqu_desktop.drift.performance.metrics import summary
from aiqu_desktop.drift.performance.paired import PairedComparison, compare_accuracy, compare_losses, mcnemar_mid_p
from aiqu_desktop.drift.performance.regression import regression_metrics

__all__ = [
    "ConfusionMatrix",
    "CostMatrix",
    "PairedComparison",
    "classification_metrics",
    "compare_accuracy",
    "compare_losses",
    "confusion_matrix",
    "mcnemar_mid_p",
    "regression_metrics",
    "summary",
]
