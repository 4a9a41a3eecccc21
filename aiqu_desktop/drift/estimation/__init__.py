"""How well a model does while its labels are still out, how late they come, and how good the guess was."""

from aiqu_desktop.drift.estimation.cbpe import CbpeCalibration, estimate_classification, expected_confusion, fit_cbpe
from aiqu_desktop.drift.estimation.delay import LabelDelay, label_delay
from aiqu_desktop.drift.estimation.dle import LossModel, estimate_regression, fit_dle
from aiqu_desktop.drift.estimation.error import EstimatorError, estimator_error

__all__ = [
    "CbpeCalibration",
    "EstimatorError",
    "LabelDelay",
    "LossModel",
    "estimate_classification",
    "estimate_regression",
    "estimator_error",
    "expected_confusion",
    "fit_cbpe",
    "fit_dle",
    "label_delay",
]
