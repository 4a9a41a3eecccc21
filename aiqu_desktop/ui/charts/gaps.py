"""What a line may not hide: missing answers, silent spans, unlabelled spans, and answers that have gone stale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]

GAP_FACTOR = 3.0  # a pause of more than three usual steps is a gap, not a slope


def median_step(times: Floats) -> float:
    """The usual distance between two samples in seconds; 0.0 with fewer than two."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def gap_positions(times: Floats, factor: float = GAP_FACTOR) -> npt.NDArray[np.intp]:
    """Indices i where the pause between sample i - 1 and sample i is longer than `factor` usual steps."""
    step = median_step(times)
    if step <= 0:
        return np.empty(0, np.intp)
    return np.flatnonzero(np.diff(times) > factor * step) + 1


def break_gaps(times: Floats, *columns: Floats, factor: float = GAP_FACTOR) -> tuple[Floats, ...]:
    """Insert a NaN sample in the middle of each gap: (times, *columns), so that no line bridges a silence."""
    places = gap_positions(times, factor)
    if not places.size:
        return (times, *columns)
    middles = 0.5 * (times[places - 1] + times[places])
    return (np.insert(times, places, middles), *(np.insert(c, places, np.nan) for c in columns))


def unlabelled_spans(times: Floats, volume: Floats, answer_times: Floats, answers: Floats) -> tuple[Span, ...]:
    """Spans in which observations came (`volume` > 0) but no labelled answer did: the model ran, unjudged."""
    step = median_step(times)
    if step <= 0:
        return ()
    finite = answer_times[np.isfinite(answers)]
    reach = max(step, median_step(finite)) * 1.5
    after = np.searchsorted(finite, times)
    padded = np.concatenate(([-np.inf], finite, [np.inf]))
    nearest = np.minimum(times - padded[after], padded[after + 1] - times)
    unjudged = (np.nan_to_num(volume) > 0) & (nearest > reach)
    return runs(times, unjudged, step)


def runs(times: Floats, flags: npt.NDArray[np.bool_], step: float) -> tuple[Span, ...]:
    """Merge consecutive True samples into spans; each sample reaches half a step to either side."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    half = step / 2
    return tuple((float(times[a]) - half, float(times[b]) + half) for a, b in zip(starts, ends, strict=True))


def stale_span(times: Floats, values: Floats, now: float, factor: float = GAP_FACTOR) -> Span | None:
    """From the newest answer to `now` when it is overdue by more than `factor` usual steps; else None."""
    known = np.isfinite(values)
    if not known.any():
        return None
    finite = times[known]
    newest, step = float(finite[-1]), median_step(finite)
    return (newest, now) if step > 0 and now - newest > factor * step else None


def beyond(times: Floats, values: Floats, limit: Floats, *, above: bool) -> tuple[Floats, Floats, Floats]:
    """The wedge between curve and limit where the curve is on the wrong side: (x, inner, outer), NaN elsewhere.

    The crossings are interpolated, so that the wedge starts on the limit line itself.
    above: True where values above the limit are the bad ones.
    """
    distance = (values - limit) if above else (limit - values)
    with np.errstate(invalid="ignore"):
        crossing = np.flatnonzero(distance[:-1] * distance[1:] < 0)
    share = distance[crossing] / (distance[crossing] - distance[crossing + 1])
    x = np.insert(times, crossing + 1, times[crossing] + share * (times[crossing + 1] - times[crossing]))
    edge = limit[crossing] + share * (limit[crossing + 1] - limit[crossing])
    curve, line = np.insert(values, crossing + 1, edge), np.insert(limit, crossing + 1, edge)
    wrong = np.insert(distance >= 0, crossing + 1, True)
    return x, np.where(wrong, line, np.nan), np.where(wrong, curve, np.nan)
