"""The band of the chart: a confidence sequence, which holds at every look at once, past and to come.

The interval of one look is wrong once in twenty looks; a chart is looked at every hour for years. Waudby-Smith and
Ramdas, JRSS B 86 (2024), for accuracy; Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Annals of Statistics (2024),
asymptotic, for absolute errors. Balanced accuracy is no mean of losses and has none.
"""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.sequential import windowed_band
from aiqu_desktop.monitoring.performance.judgement import LabelledRows
from aiqu_desktop.monitoring.performance.losses import Floats

_LEAST_ROWS = 24  # the asymptotic band needs a stretch of rows to know their spread


def anytime_band(metric: str, rows: LabelledRows, since: float) -> Estimate | None:
    """The metric over the labels that became known since an instant, in seconds, with its band.

    All windows of one version hold together with 95 %. None for a metric without such a band, or too few labels.
    """
    losses = _losses(metric, rows)
    if losses is None:
        return None
    first, last = int(np.searchsorted(rows.known_at, since)), rows.rows
    every = max(1, round(rows.labels_a_day(rows.known_at[-1]))) if last else 1
    first -= first % every  # windows begin with a day's worth of labels: fewer beginnings, narrower bands
    if last - first < _LEAST_ROWS:
        return None
    bounds = (0.0, 1.0) if metric == "accuracy" else None
    low, high = windowed_band(losses, starts=np.array([first]), ends=np.array([last]), bounds=bounds, every=every)
    mean, lower, upper = float(losses[first:].mean()), float(low[0]), float(high[0])
    if metric == "accuracy":
        mean, lower, upper = 1.0 - mean, 1.0 - upper, 1.0 - lower
    return Estimate(metric, mean, max(0.0, lower), upper, last - first)


def _losses(metric: str, rows: LabelledRows) -> Floats | None:
    if metric == "accuracy":
        wrong: Floats = (rows.labels != rows.predictions).astype(np.float64)
        return wrong
    if metric == "mae":
        errors: Floats = np.abs(rows.labels - rows.predictions)
        return errors if np.isfinite(errors).all() else None
    return None
