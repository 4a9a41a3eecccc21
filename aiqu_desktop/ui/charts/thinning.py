"""Fewer points, the same picture: the smallest and the largest value of every pixel column.

Drawing costs by the point, so a curve of 100,000 samples is reduced to at most two a pixel before Qt sees it. Keeping
both extremes of each column paints the same pixels as the whole curve would, spikes included (the min-max step of M4:
Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which samples fall into which pixel column of one view.

    first, last: the slice of samples to draw, with one neighbour on either side so that lines run to the edge.
    starts: index of the first sample of every column that has one, shape (c,); stop: one past the last sample in view;
    centres: the middle time of those columns, shape (c,). starts and centres are empty where the samples are few:
    then every sample is drawn as it is.
    """

    first: int
    last: int
    stop: int
    starts: Indices
    centres: Floats

    @property
    def thinned(self) -> bool:
        return self.starts.size > 0

    @property
    def every(self) -> slice:
        return slice(self.first, self.last)


def pixel_columns(times: Floats, start: float, end: float, pixels: int) -> Columns:
    """Sort `times` (ascending, shape (k,)) into `pixels` equal columns over [start, end].

    Curves that share their times share the answer: compute it once a frame.
    """
    inside = int(np.searchsorted(times, start, side="left"))
    stop = int(np.searchsorted(times, end, side="right"))
    first, last = max(0, inside - 1), min(len(times), stop + 1)
    pixels = max(1, pixels)
    if stop - inside <= 2 * pixels or not end > start:
        return Columns(first, last, stop, np.empty(0, np.intp), np.empty(0))
    edges = np.linspace(start, end, pixels + 1)
    cuts = np.searchsorted(times[inside:stop], edges[:-1], side="left") + inside
    filled = np.diff(cuts, append=stop) > 0  # reduceat needs every start once, and a column may be empty
    centres = (0.5 * (edges[:-1] + edges[1:]))[filled]
    return Columns(first, last, stop, cuts[filled].astype(np.intp), centres)


def thin(times: Floats, values: Floats, columns: Columns) -> tuple[Floats, Floats]:
    """The points to draw of one curve: (x, y), each of shape (m,), m at most 2 × pixels + 2.

    A column whose samples are all NaN stays NaN, so that a gap stays a gap.
    """
    if not columns.thinned:
        return times[columns.every], values[columns.every]
    starts, stop = columns.starts, columns.stop
    lowest, highest = extremes(values, columns)
    ends = np.append(starts[1:], stop) - 1
    rising = ~(values[starts] > values[ends])  # the order in which the curve most likely meets its two extremes
    x = np.repeat(columns.centres, 2)
    y = np.empty(2 * len(starts))
    y[0::2] = np.where(rising, lowest, highest)
    y[1::2] = np.where(rising, highest, lowest)
    head, tail = slice(columns.first, int(starts[0])), slice(stop, columns.last)
    return (
        np.concatenate((times[head], x, times[tail])),
        np.concatenate((values[head], y, values[tail])),
    )


def envelope(times: Floats, low: Floats, high: Floats, columns: Columns) -> tuple[Floats, Floats, Floats]:
    """The outline of a band between `low` and `high`: (x, lowest low, highest high) of each column."""
    if not columns.thinned:
        return times[columns.every], low[columns.every], high[columns.every]
    return columns.centres, extremes(low, columns)[0], extremes(high, columns)[1]


def extremes(values: Floats, columns: Columns) -> tuple[Floats, Floats]:
    """Smallest and largest value of each column, shape (c,) each; NaN only where every sample of it is NaN."""
    part = values[: columns.stop]
    return np.fmin.reduceat(part, columns.starts), np.fmax.reduceat(part, columns.starts)
