"""A window without its own change of level: a change halfway through a window must not pass for dependence.

The very drift that is looked for makes neighbouring rows alike, the autocorrelation time long and the evidence weak: a
sensor that jumped five days ago would be found only once all of the window lies behind the jump. So the time is also
taken from what is left when the best single step or the best straight line has been taken out. Where that fits the
reference, the window's rows depend on each other as the reference's do, and the reference's time holds.
"""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats

_LEAST = 8  # rows on each side of a step


def without_change(scores: Floats) -> Floats:
    """`scores`, [columns, rows in time order] with zero for missing, less the step or line that explains most of each.

    The rows' mean is zero before and after. Fewer than 16 rows are returned as they are.
    """
    rows = scores.shape[1]
    if rows < 2 * _LEAST:
        return scores
    step, step_gain = _best_step(scores)
    time = np.arange(rows) - 0.5 * (rows - 1)
    slope = scores @ time / float(time @ time)
    line_gain = slope**2 * float(time @ time)
    lines: Floats = slope[:, np.newaxis] * time
    settled = scores - np.where((line_gain > step_gain)[:, np.newaxis], lines, step)
    settled[scores == 0.0] = 0.0
    return settled


def _best_step(scores: Floats) -> tuple[Floats, Floats]:
    """The step of each column that leaves the least squares, [columns, rows], and what it explains, [columns]."""
    columns, rows = scores.shape
    before = np.cumsum(scores, axis=1)[:, :-1]  # with a mean of zero, what lies after it is its opposite
    sizes = np.arange(1.0, rows)
    gain = before * before
    gain *= rows / (sizes * (rows - sizes))
    gain[:, : _LEAST - 1] = gain[:, rows - _LEAST :] = -np.inf
    best = np.argmax(gain, axis=1)
    own = np.arange(columns)
    first, second = before[own, best] / sizes[best], -before[own, best] / (rows - sizes[best])
    after = np.arange(rows) > best[:, np.newaxis]
    step = np.where(after, second[:, np.newaxis], first[:, np.newaxis])
    return step, gain[own, best]
