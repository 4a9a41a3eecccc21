"""Two versions side by side: what the sheet says about each metric. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from aiqu_desktop.ui.charts.picture import lower_is_better
from aiqu_desktop.ui.formatting import NOTHING, estimate, number
from aiqu_desktop.ui.states import metric_title


class Figure(Protocol):
    """A metric of a version's card."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: texts for the present and the new version, the difference, and what it means in a word.

    token: palette colour of the difference; only a clear change for the worse has one of its own.
    """

    metric: str
    present: str
    wanted: str
    difference: str
    meaning: str
    token: str


def compare(
    present: Mapping[str, Figure] | None, wanted: Mapping[str, Figure], primary: str, *, most: int = 6
) -> tuple[Comparison, ...]:
    """Rows for every metric of either version, the primary first."""
    present = present or {}
    names = sorted({*present, *wanted}, key=lambda name: (name != primary, name not in wanted, name))
    return tuple(_row(name, present.get(name), wanted.get(name)) for name in names[:most])


def _row(name: str, old: Figure | None, new: Figure | None) -> Comparison:
    texts = tuple(NOTHING if f is None else estimate(f.value, f.low, f.high, n=f.n) for f in (old, new))
    if old is None or new is None:
        return Comparison(metric_title(name), *texts, NOTHING, "nothing to compare", "ink_muted")
    change = new.value - old.value
    places = _places(old, new)
    sign = "+" if round(change, places) > 0 else ""
    shown = f"{sign}{number(round(change, places) or 0.0, places)}"  # never "-0.00"
    better = (change < 0) if lower_is_better(name) else (change > 0)
    if old.low <= new.high and new.low <= old.high:
        return Comparison(metric_title(name), *texts, shown, "intervals overlap", "ink_muted")
    word, token = ("better", "ink") if better else ("worse", "alarm")
    return Comparison(metric_title(name), *texts, shown, word, token)


def _places(old: Figure, new: Figure) -> int:
    """As many decimals as the narrower interval deserves."""
    width = min(old.high - old.low, new.high - new.low)
    places = 0
    while places < 6 and width > 0 and width * 10**places < 10:
        places += 1
    return places
