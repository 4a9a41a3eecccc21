"""Area under the ROC curve: how well the scores put the rows of a class before the others."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.intervals import Estimate
from aiqu_desktop.drift.performance.widening import NORMAL_QUANTILE, dependence
from aiqu_desktop.drift.values import Floats, Ints


def roc_auc(labels: Ints, scores: Floats, *, dependent: bool) -> Estimate | None:
    """Area under the ROC curve; for more than two classes the mean over the classes, each against the rest.

    labels: [rows] indices of classes. scores: [rows, classes], finite. Equal scores count half. The variance is that
    of E. DeLong, D. DeLong and D. Clarke-Pearson, Biometrics 44 (1988), by ranks (X. Sun and W. Xu, IEEE Signal
    Processing Letters 21, 2014); the interval is made on the logit scale (G. Qin and L. Hotilovac, Statistical Methods
    in Medical Research 17, 2008). Where that variance is zero, as for a perfect order, it is method 5 of R. Newcombe,
    Statistics in Medicine 25 (2006). None when no class has both rows of its own and others.
    """
    size = scores.shape[1]
    tested = [1] if size == 2 else range(size)
    areas, parts, members, others = [], [], [], []
    for place in tested:
        own = labels == place
        if own.any() and not own.all():
            area, part = auc_components(own, scores[:, place])
            areas.append(area)
            parts.append(part)
            members.append(int(own.sum()))
            others.append(int((~own).sum()))
    if not areas:
        return None
    value = float(np.mean(areas))
    part = np.mean(parts, axis=0)
    tau = dependence(part, dependent=dependent)
    deviation = math.sqrt(tau * float(np.sum(part**2)))
    if deviation > 0.0 and 0.0 < value < 1.0:
        logit, half = math.log(value / (1 - value)), NORMAL_QUANTILE * deviation / (value * (1 - value))
        low, high = (1 / (1 + math.exp(-min(700.0, max(-700.0, logit + side * half)))) for side in (-1, 1))
    else:
        low, high = _newcombe(value, float(np.mean(members)) / tau, float(np.mean(others)) / tau)
    return Estimate("roc_auc", value, min(low, value), max(high, value), labels.size)


def auc_components(own: NDArray[np.bool_], scores: Floats) -> tuple[float, Floats]:
    """The area for `own` rows against the others, and what each row adds to its error: the sum of squares is DeLong's.

    own: [rows] True for the rows of the class. scores: [rows], higher for the class.
    """
    from scipy import stats  # a second to load: paid when it is used

    ranks = stats.rankdata(scores)
    m, n = int(own.sum()), int((~own).sum())
    area = float((ranks[own].sum() - m * (m + 1) / 2) / (m * n))
    placements = np.empty(own.size)
    placements[own] = (ranks[own] - stats.rankdata(scores[own])) / n
    placements[~own] = 1.0 - (ranks[~own] - stats.rankdata(scores[~own])) / m
    parts = placements - area
    parts[own] /= math.sqrt(m * max(m - 1, 1))
    parts[~own] /= math.sqrt(n * max(n - 1, 1))
    return area, parts


def _newcombe(area: float, m: float, n: float) -> tuple[float, float]:
    """All areas within the normal quantile of `area`, with the variance that holds at the area asked about."""

    def excess(theta: float) -> float:

        count = (m + n) / 2
        inner = 1 + (count - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(area - theta) - NORMAL_QUANTILE * math.sqrt(theta * (1 - theta) * inner / (m * n))

    from scipy import optimize  # a second to load: paid when it is used

    inside = min(max(area, 1e-9), 1 - 1e-9)
    low = 0.0 if area <= 0 or excess(0.0) <= 0 else float(optimize.brentq(excess, 0.0, inside))
    high = 1.0 if area >= 1 or excess(1.0) <= 0 else float(optimize.brentq(excess, inside, 1.0))
    return low, high
