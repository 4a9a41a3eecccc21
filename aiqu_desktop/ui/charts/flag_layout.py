"""Where the flags of releases and alarms stand, so that none covers another: lanes, shorter forms, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# Who gets a label first.
RANK = {"stop": 0, "resume": 1, "rollback": 2, "promotion": 3, "reverted": 4, "alarm": 5, "onset": 6}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One flag to place: its key, its kind, its pixel and the width of its label in pixels."""

    key: int
    kind: str
    x: float
    label_width: float


@dataclass(slots=True)
class Placed:
    """A flag that stands at pixel `x` in `lane` (0 at the plot); `keys` are the marks that it speaks for.

    side: +1 label to the right, -1 to the left, 0 no label.
    """

    x: float
    lane: int
    side: int
    left: float
    right: float
    kind: str = ""
    keys: list[int] = field(default_factory=list)


def place(
    wanted: Sequence[Wanted],
    *,
    left: float,
    right: float,
    lanes: int,
    icon: float,
    more_width: float,
    space: float = 6.0,
) -> list[Placed]:
    """Place flags inside [left, right].

    The more telling kinds choose first: a label to the right, a label to the left, only the icon; each in the lowest
    lane with room. What finds none, or stands where one of its kind stands already, joins that flag, whose label has
    `more_width` to say so ("+2").
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(lanes)]
    placed: list[Placed] = []
    for flag in sorted(wanted, key=lambda w: (RANK.get(w.kind, 9), w.x)):
        twin = next((p for p in placed if p.kind == flag.kind and abs(p.x - flag.x) < icon / 2), None)
        stands = twin or _fit(flag.x, flag.label_width, more_width, icon, left, right, taken, space)
        if stands is None:
            stands = min(placed, key=lambda p: abs(p.x - flag.x))
        elif twin is None:
            stands.kind = flag.kind
            placed.append(stands)
        stands.keys.append(flag.key)
    return sorted(placed, key=lambda p: p.x)


def _fit(
    x: float,
    width: float,
    more_width: float,
    icon: float,
    left: float,
    right: float,
    taken: list[list[tuple[float, float]]],
    space: float,
) -> Placed | None:
    half, text = icon / 2, width + more_width
    forms = ((1, x - half, x + half + text), (-1, x - half - text, x + half), (0, x - half, x + half))
    for side, a, b in forms:
        if a < left - half or b > right + half:
            continue
        for lane, intervals in enumerate(taken):
            if all(b + space <= low or a - space >= high for low, high in intervals):
                intervals.append((a, b))
                return Placed(x, lane, side, a, b)
    return None
