"""How far a regressor's answers were from their labels, each figure with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import Estimate, bootstrap_interval
from aiqu_desktop.drift.performance.cost import ErrorCosts, cost_figures
from aiqu_desktop.drift.performance.probabilities import mean_loss
from aiqu_desktop.drift.performance.widening import dependence, widened
from aiqu_desktop.drift.values import Floats, as_numbers


def regression_metrics(
    labels: NDArray[Any], predictions: NDArray[Any], *, costs: ErrorCosts | None = None, dependent: bool = False
) -> dict[str, Estimate]:
    """mae, rmse, bias (prediction minus label, mean) in the unit of the label, mape (a share) and r2, by name; with
    costs also cost_per_decision and total_cost.

    labels, predictions: [rows]; rows where either is missing or infinite are left out. mape leaves out the rows whose
    label is zero, so its n is smaller by their count. r2 is left out when all labels are equal. The means have a
    skewness-corrected t interval (N. Johnson 1978, P. Hall 1992), rmse and r2 a percentile bootstrap with a fixed seed.
    dependent: True when the rows are in time order and may depend on each other (`widening`).
    Returns nothing at all for no labelled row.
    Raises:
        UserError: if the lengths differ or a value is no number.
    """
    truth, answers = as_numbers("label", labels), as_numbers("prediction", predictions)
    if truth.size != answers.size:
        raise UserError(f"There are {truth.size} labels and {answers.size} predictions; give one of each a row.")
    usable = np.isfinite(truth) & np.isfinite(answers)
    truth, errors = truth[usable], (answers - truth)[usable]
    n = truth.size
    if not n:
        return {}
    there = truth != 0.0
    means = (
        mean_loss("mae", np.abs(errors), dependent=dependent),
        mean_loss("bias", errors, dependent=dependent, least=-np.inf),
        mean_loss("mape", np.abs(errors[there] / truth[there]), dependent=dependent),
    )
    result = {estimate.name: estimate for estimate in means if estimate is not None}
    tau = dependence(errors**2, dependent=dependent)
    centred = truth - truth.mean()
    moments = np.column_stack([np.ones(n), errors**2, centred, centred**2])
    total = moments.sum(axis=0, keepdims=True)
    rmse = Estimate("rmse", float(_rmse(total)[0]), *bootstrap_interval(moments, _rmse), n)
    result["rmse"] = widened(rmse, tau, 0.0)
    if float(truth.min()) < float(truth.max()):
        r2 = Estimate("r2", float(_r2(total)[0]), *bootstrap_interval(moments, _r2), n)
        result["r2"] = widened(r2, tau, most=1.0)
    if costs is not None:
        result |= cost_figures(costs.of_errors(errors), dependent=dependent)
    return result


def _rmse(sums: Floats) -> Floats:
    root: Floats = np.sqrt(sums[:, 1] / sums[:, 0])
    return root


def _r2(sums: Floats) -> Floats:
    """1 - residual / total sum of squares; a resample of equal labels counts as 0."""
    spread = sums[:, 3] - sums[:, 2] ** 2 / sums[:, 0]
    there = spread > 1e-12 * np.maximum(sums[:, 3], np.finfo(float).tiny)
    return np.where(there, 1.0 - sums[:, 1] / np.where(there, spread, 1.0), 0.0)
