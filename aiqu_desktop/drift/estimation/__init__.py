"""How well a model does while its labels are still out, how late they come, and how good the guess was.

>>> import numpy as np
>>> from aiqu_desktop.drift.estimation import estimate_classification, fit_cbpe
>>> rng = np.random.default_rng(0)
>>> def served(rows, level):
...     chance = 1 / (1 + np.exp(-rng.normal(level, 2.0, rows)))
...     labels = np.where(rng.random(rows) < chance, "scrap", "good")
...     bold = chance**2 / (chance**2 + (1 - chance) ** 2)  # the model is surer than it should be
...     return np.column_stack([1 - bold, bold]), np.where(bold > 0.5, "scrap", "good"), labels
>>> scores, answers, labels = served(3000, level=-2.0)
>>> calibration = fit_cbpe(scores, answers, labels, ["good", "scrap"])
>>> scores, answers, labels = served(500, level=0.0)  # harder rows; their labels come in a week
>>> found = estimate_classification(calibration, scores, answers)["accuracy"]
>>> bool(found.low < np.mean(answers == labels) < found.high)
True
"""

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
