"""How well a classifier's answers and scores met their labels, each figure with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import Estimate
from aiqu_desktop.drift.performance.coding import CodedRows, code_rows, fitting_scores
from aiqu_desktop.drift.performance.confusion import confusion_metrics
from aiqu_desktop.drift.performance.cost import CostMatrix, cost_metrics
from aiqu_desktop.drift.performance.probabilities import brier_losses, calibration_error, log_losses, mean_loss
from aiqu_desktop.drift.performance.ranking import roc_auc
from aiqu_desktop.drift.values import Floats


def classification_metrics(
    labels: NDArray[Any],
    predictions: NDArray[Any],
    scores: Floats | None = None,
    classes: Sequence[str] = (),
    *,
    positive: str | None = None,
    costs: CostMatrix | None = None,
    dependent: bool = False,
) -> dict[str, Estimate]:
    """Every figure of a classifier by name.

    accuracy, balanced_accuracy, macro_f1, macro_precision, macro_recall; for two classes also f1, precision and recall
    of the positive one; with scores log_loss (nats), brier, calibration_error and roc_auc; with costs
    cost_per_decision and total_cost. A figure that the rows do not define (no row predicted positive, say) is left out.

    labels, predictions: class names [rows]; a row without a label is left out, a missing prediction counts as wrong.
    scores: [rows, classes] probabilities in the order of `classes`; rows whose scores are missing, or whose label is
    none of `classes`, do not enter the figures of the scores. classes: the model's; those with neither labels nor
    predictions do not count. positive: of two classes; the last one when not named. dependent: True when the rows are
    in time order and may depend on each other: the intervals are then those of the effective sample size
    (`widening`). Methods and sources of the intervals stand with each figure. Returns nothing for no labelled row.
    Raises:
        UserError: if the lengths differ, the scores do not fit the classes, or a class has no costs.
    """
    coded = code_rows(labels, predictions, classes)
    if not coded.rows.size:
        return {}
    result = confusion_metrics(coded, _positive(coded, positive), dependent=dependent)
    if scores is not None:
        for estimate in _of_scores(coded, fitting_scores(scores, coded), dependent=dependent):
            if estimate is not None:
                result[estimate.name] = estimate
    if costs is not None:
        result |= cost_metrics(coded, costs, dependent=dependent)
    return result


def _positive(coded: CodedRows, positive: str | None) -> int | None:
    if positive is not None:
        if positive not in coded.names:
            raise UserError(f"The positive class {positive!r} is none of {', '.join(coded.names)}.")
        return coded.names.index(positive)
    return coded.n_classes - 1 if coded.n_classes == 2 else None


def _of_scores(coded: CodedRows, scores: Floats, *, dependent: bool) -> list[Estimate | None]:
    known = coded.labels < coded.n_classes
    labels, answers, scores = coded.labels[known], coded.answers[known], scores[known]
    losses = log_losses(labels, scores)
    whole = np.isfinite(scores).all(axis=1)
    labels, answers, scores = labels[whole], answers[whole], scores[whole]
    answered = answers < coded.n_classes
    confidence = scores[answered, answers[answered]]
    right = labels[answered] == answers[answered]
    return [
        mean_loss("log_loss", losses, dependent=dependent),
        mean_loss("brier", brier_losses(labels, scores), dependent=dependent),
        calibration_error(right, confidence, dependent=dependent),
        roc_auc(labels, scores, dependent=dependent) if coded.n_classes > 1 else None,
    ]
