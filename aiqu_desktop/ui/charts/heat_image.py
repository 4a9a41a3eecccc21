"""The pixels of the drift heat map: for each feature and pixel column the largest effect of the checks in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LUT_SIZE = 512
LUT_TOP = 4.0  # effects of four limits and more share the last colour


def cell_step(times: Floats) -> float:
    """How long one check stands for, in seconds: the usual distance to the next one (a day for a single check)."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 86_400.0


def resample(
    times: Floats, rows: npt.NDArray[np.generic], start: float, end: float, pixels: int
) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.bool_]]:
    """Bring `rows`, shape (f, t), to `pixels` columns over [start, end]: (f, pixels) and which columns have a check.

    A column with several checks takes their largest value (NaN only if all are); a column without takes the check
    whose cell reaches over it, half a step to either side; columns between cells have none: a gap.
    """
    edges = np.linspace(start, end, pixels + 1)
    centres = 0.5 * (edges[:-1] + edges[1:])
    cuts = np.searchsorted(times, edges)
    counts = np.diff(cuts)
    after = np.clip(np.searchsorted(times, centres), 1, max(len(times) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    nearest = np.where(np.abs(times[after] - centres) < np.abs(times[before] - centres), after, before)
    has = (counts > 0) | (np.abs(times[nearest] - centres) <= 0.5 * cell_step(times) * 1.001)
    image = rows[:, nearest]
    many = counts > 1
    if many.any():
        # reduceat over [start, next start): interleave the cuts and keep every second answer.
        pairs = np.stack((cuts[:-1][many], cuts[1:][many]), axis=1).ravel()
        padded = np.concatenate((rows, rows[:, -1:]), axis=1)
        image[:, many] = np.fmax.reduceat(padded, pairs, axis=1)[:, ::2]
    return image, has


def lookup(stops: Sequence[tuple[float, str]]) -> npt.NDArray[np.uint8]:
    """A table of LUT_SIZE RGBA colours for effects 0 … LUT_TOP from a palette's (effect, "#rrggbb") stops.

    The stops just under and at 1 differ: the ramp stays grey up to the limit and takes a hue from it on.
    """
    at = np.array([stop for stop, _ in stops])
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in stops], dtype=float)
    effects = np.linspace(0.0, LUT_TOP, LUT_SIZE)
    table = np.full((LUT_SIZE, 4), 255, np.uint8)
    for channel in range(3):
        table[:, channel] = np.interp(effects, at, rgb[:, channel]).round()
    return table


def colourise(effects: Floats, has: npt.NDArray[np.bool_], table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """RGBA pixels, shape (f, pixels, 4); transparent where there is no check or no answer."""
    known = np.isfinite(effects) & has[np.newaxis, :]
    index = np.clip(np.nan_to_num(effects) * ((LUT_SIZE - 1) / LUT_TOP), 0, LUT_SIZE - 1).astype(np.intp)
    image = table[index]
    image[~known] = 0
    return image


def flag_runs(flags: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], ...]:
    """Every stretch of True in each row: (row, first column, one past the last column), arrays of one length."""
    padded = np.zeros((flags.shape[0], flags.shape[1] + 2), np.int8)
    padded[:, 1:-1] = flags
    edges = np.diff(padded, axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]
