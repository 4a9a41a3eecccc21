"""Round numbers for a value axis, and tags that do not cover one another."""

from __future__ import annotations

import math
from collections.abc import Sequence


def nice_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """At most `most` (at least 2) multiples of 1, 2, 2.5 or 5 × 10^k inside [low, high]."""
    most = max(2, most)
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return ()
    power = 10.0 ** (math.floor(math.log10((high - low) / most)) - 1)
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 250.0, 500.0):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return tuple(round(k * step, 12) for k in range(first, last + 1))
    return ()


def decimals(ticks: Sequence[float]) -> int:
    """Decimals with which all `ticks` are told apart."""
    for count in range(7):
        if all(abs(round(t, count) - t) < 1e-9 * max(1.0, abs(t)) for t in ticks):
            return count
    return 7


def spread(wanted: Sequence[float], height: float, top: float, bottom: float) -> tuple[float, ...]:
    """Middles for tags of `height` pixels near the `wanted` ones, in order, without overlap, inside [top, bottom].

    Pushes downwards first, then back up from the bottom edge: each tag moves as little as its neighbours force it to.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    edge = top
    for i in order:
        placed[i] = max(wanted[i], edge + height / 2)
        edge = placed[i] + height / 2
    edge = bottom
    for i in reversed(order):
        placed[i] = min(placed[i], edge - height / 2)
        edge = placed[i] - height / 2
    return tuple(placed)


def padded(low: float, high: float, share: float = 0.08) -> tuple[float, float]:
    """[low, high] with some air; a range of no width gets one."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    span = high - low
    air = span * share if span > 0 else max(abs(high) * 0.1, 0.05)
    return low - air, high + air
