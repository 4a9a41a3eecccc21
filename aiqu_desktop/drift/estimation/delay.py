"""How late labels come and how many have come: with the ones that are still out counted as still out, not left aside.

Leaving the outstanding labels aside makes every plant look prompt, for the slow ones are exactly those not seen yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import Estimate, wilson
from aiqu_desktop.drift.values import Floats

QUANTILES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class LabelDelay:
    """When labels come after the event.

    observations, labelled: rows. coverage: share of rows that have their label, with Wilson's interval. quantiles:
    seconds by which this share of labels has come; None where so many have not been seen to come. oldest_open: seconds
    that the oldest outstanding label is out; None when none is.
    """

    observations: int
    labelled: int
    coverage: Estimate
    quantiles: dict[float, float | None]
    oldest_open: float | None


def label_delay(
    event_times: NDArray[Any], label_times: NDArray[Any], now: Any, quantiles: Sequence[float] = QUANTILES
) -> LabelDelay:
    """Delays of the labels; those still outstanding at `now` are censored (E. Kaplan and P. Meier, JASA 53, 1958).

    event_times, label_times: [rows] of datetime64, or of seconds; NaT or NaN for a label that has not come, and a label
    later than `now` has not come either. now: of the same kind. Rows whose event is later than `now` are left out; a
    label before its event counts as no delay. quantiles: shares in 0..1.
    Raises:
        UserError: if the lengths differ or a share lies outside 0..1.
    """
    events, labels = _seconds(event_times), _seconds(label_times)
    instant = float(_seconds(np.array([now]))[0])
    if events.size != labels.size:
        raise UserError(f"There are {events.size} event times and {labels.size} label times; give one of each a row.")
    if not all(0.0 < share < 1.0 for share in quantiles):
        raise UserError("A share of labels must lie between 0 and 1.")
    happened = events <= instant
    events, labels = events[happened], labels[happened]
    came = labels <= instant  # false for a missing one
    waited = np.maximum(0.0, np.where(came, labels, instant) - events)
    n, labelled = events.size, int(came.sum())
    times, left = survival(waited, came)
    reached: dict[float, float | None] = {}
    for share in quantiles:
        met = np.flatnonzero(left <= 1.0 - share + 1e-12)
        reached[share] = float(times[met[0]]) if met.size else None
    return LabelDelay(
        n,
        labelled,
        Estimate("label_coverage", labelled / n if n else 0.0, *wilson(labelled, n), n),
        reached,
        float(waited[~came].max()) if labelled < n else None,
    )


def survival(waited: Floats, came: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Kaplan and Meier's estimate: (times at which labels came, share still out just after each).

    waited: [rows] how long until the label came or, where `came` is False, how long it has been out.
    """
    times, counts = np.unique(waited[came], return_counts=True)
    at_risk = waited.size - np.searchsorted(np.sort(waited), times, "left")
    left = np.cumprod(1.0 - counts / np.maximum(at_risk, 1))
    return np.asarray(times, dtype=np.float64), np.asarray(left, dtype=np.float64)


def _seconds(values: NDArray[Any]) -> Floats:
    """Times as seconds, missing as NaN."""
    array = np.asarray(values)
    if array.dtype.kind == "M":
        instants = array.astype("datetime64[us]")
        seconds = instants.astype(np.int64).astype(np.float64) / 1e6
        seconds[np.isnat(instants)] = np.nan
        return seconds
    if array.dtype.kind == "O" and any(hasattr(value, "timestamp") for value in array.tolist()):
        return np.array([value.timestamp() if value is not None else np.nan for value in array.tolist()])
    return array.astype(np.float64)
