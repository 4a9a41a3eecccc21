"""Losses within known bounds, brought to [0, 1]."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.values import Floats

Bounds: TypeAlias = tuple[float, float | None]  # lowest and highest possible loss; None: no upper bound


def to_unit(losses: Floats, bounds: Bounds, *, capped: bool = True) -> Floats:
    """The losses with `bounds` mapped on 0 and 1; not `capped`: they may exceed 1.

    Raises:
        UserError: if a loss is missing, infinite or outside the bounds.
        ValueError: if the bounds are not two numbers in order.
    """
    low, high = bounds
    if high is None or not low < high:
        raise ValueError(f"Bounds must be two numbers in order, not {bounds}.")
    values = finite(losses)
    if values.size and (values.min() < low or (capped and values.max() > high)):
        wrong = values.min() if values.min() < low else values.max()
        raise UserError(f"A loss of {wrong:g} lies outside the stated bounds {low:g} to {high:g}; correct the bounds.")
    unit: Floats = (values - low) / (high - low)
    return unit


def finite(losses: Floats) -> Floats:
    """The losses as float64.

    Raises:
        UserError: if one is missing or infinite.
    """
    values = np.asarray(losses, dtype=np.float64)
    if not np.isfinite(values).all():
        raise UserError("A loss is missing or infinite; leave out the rows that have no label.")
    return values
