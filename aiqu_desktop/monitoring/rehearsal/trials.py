"""Made-up futures from real days: blocks of a week are drawn again, so that rhythm and dependence stay as they are.

The moving block bootstrap of H. Kuensch, Annals of Statistics 17 (1989), with blocks of seven days.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aiqu_desktop.monitoring.rehearsal.results import Detection

Floats = npt.NDArray[np.float64]
DAY = 86_400.0
BLOCK_DAYS = 7


def drawn_rows(
    event_time: Floats, healthy: Sequence[tuple[float, float]], days: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Rows for `days` made-up days: their numbers, [drawn], and the new event times in seconds from 0, [drawn].

    event_time: [rows] in any order. healthy: stretches (start, end) in the same seconds from which whole blocks are
    drawn, also the parts of a block in which nothing came; a stretch shorter than a block is one block.
    Raises:
        ValueError: if there is no healthy stretch.
    """
    order = np.argsort(event_time, kind="stable")
    ordered = event_time[order]
    starts = [
        begin for first, last in healthy for begin in np.arange(first, max(last - BLOCK_DAYS * DAY, first) + 1, DAY)
    ]
    if not starts:
        raise ValueError("there is no healthy stretch to draw from")
    rows, times, filled = [], [], 0.0
    while filled < days * DAY:
        begin = starts[int(rng.integers(len(starts)))]
        first, last = np.searchsorted(ordered, [begin, begin + BLOCK_DAYS * DAY])
        rows.append(order[first:last])
        times.append(ordered[first:last] - begin + filled)
        filled += BLOCK_DAYS * DAY
    return np.concatenate(rows), np.concatenate(times)


def summarise(planted: str, value: float | None, delays: Sequence[float | None], horizon_days: float) -> Detection:
    """The delays of the trials, in days, None where it did not ring."""
    waits = np.array([np.inf if delay is None else delay for delay in delays])
    return Detection(
        planted=planted,
        value=value,
        trials=waits.size,
        found=float(np.isfinite(waits).mean()),
        median_days=_finite(float(np.quantile(waits, 0.5, method="higher"))),
        late_days=_finite(float(np.quantile(waits, 0.9, method="higher"))),
        horizon_days=horizon_days,
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
