"""Streams for the detectors, from Python's own generator: the same numbers with any version of NumPy."""

from __future__ import annotations

import random

ROWS = 20_000


def errors(before: float, after: float, seed: int, *, width: int = 1, rows: int = ROWS) -> list[float]:
    """0/1 errors whose rate moves from `before` to `after` in the middle, over `width` values."""
    source = random.Random(seed)
    half = rows // 2
    return [
        float(source.random() < before + (after - before) * min(max((row - half) / width, 0.0), 1.0))
        for row in range(rows)
    ]


def normals(shift: float, growth: float, seed: int, rows: int = ROWS) -> list[float]:
    """Normal values whose mean moves by `shift`, and spread by the factor `growth`, in the middle."""
    source = random.Random(seed)
    half = rows // 2
    return [source.gauss(0.0, 1.0) if row < half else source.gauss(shift, growth) for row in range(rows)]


STREAMS = {
    "steady errors": lambda: errors(0.1, 0.1, 1),
    "sudden errors": lambda: errors(0.1, 0.3, 2),
    "gradual errors": lambda: errors(0.05, 0.5, 3, width=4000),
    "fewer errors": lambda: errors(0.4, 0.1, 4),
    "steady normals": lambda: normals(0.0, 1.0, 5),
    "shifted normals": lambda: normals(1.0, 1.0, 6),
    "wider normals": lambda: normals(-0.3, 3.0, 7),
}
SHORT = 3_000  # rows of a stream for a detector that is slow at River's


def stream(name: str, rows: int | None = None) -> list[float]:
    """The stream; with `rows`, that many around its change."""
    values = STREAMS[name]()
    return values if rows is None else values[len(values) // 2 - rows // 2 : len(values) // 2 + rows // 2]
