"""A column's reference and window side by side, ready to be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.profiles.profile import CategoricalProfile, ColumnProfile, NumericProfile
from aiqu_desktop.drift.values import Column, Floats, as_categories, as_numbers, split_numbers

_BINS = 40
_CATEGORIES = 12
_TAIL = 0.002  # of either side may lie beyond the drawn range, at each end; it is counted in the outer bins


@dataclass(frozen=True, eq=False)
class Distribution:
    """Shares of the usable rows, adding up to 1 on each side that has any.

    Numeric: edges [bins + 1], reference and window [bins]; the outer bins also hold what lies beyond them. Otherwise
    categories, most frequent in either first, the last one None for all others where there are more; edges is empty.
    reference_missing, window_missing: shares of all rows without a usable value.
    """

    name: str
    kind: ColumnKind
    edges: Floats
    categories: tuple[str | None, ...]
    reference: Floats
    window: Floats
    reference_missing: float
    window_missing: float

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "edges": self.edges.tolist(),
            "categories": list(self.categories),
            "reference": self.reference.tolist(),
            "window": self.window.tolist(),
            "reference_missing": self.reference_missing,
            "window_missing": self.window_missing,
        }


def side_by_side(profile: ColumnProfile, values: Column | Sequence[Any], *, bins: int = _BINS) -> Distribution:
    """Histograms of a reference profile and of a window's values over the same bins.

    Raises:
        UserError: if a value is not what the column's kind says.
        ValueError: for fewer than one bin.
    """
    if bins < 1:
        raise ValueError(f"{bins} bins")
    if isinstance(profile, CategoricalProfile):
        return _categories(profile, as_categories(values, profile.kind))
    return _numbers(profile, as_numbers(profile.name, values), bins)


def quantiles_of(profile: NumericProfile, shares: Sequence[float]) -> Floats:
    """Quantiles of a profile with usable values, to within a cell of its grid, [shares]."""
    edges = np.concatenate(([profile.minimum], np.clip(profile.grid.edges, profile.minimum, profile.maximum)))
    below = np.concatenate(([0.0], profile.distribution))
    places = np.searchsorted(below, np.asarray(shares), side="left")
    places = np.clip(places, 1, edges.size - 1)
    gain = below[places] - below[places - 1]
    part = np.divide(np.asarray(shares) - below[places - 1], gain, out=np.zeros(places.size), where=gain > 0)
    answer: Floats = edges[places - 1] + np.clip(part, 0.0, 1.0) * (edges[places] - edges[places - 1])
    return answer


def _numbers(profile: NumericProfile, numbers: Floats, bins: int) -> Distribution:
    finite, _, _ = split_numbers(numbers)
    edges = _edges(profile, finite, bins)
    bins = edges.size - 1
    reference, window = np.zeros(bins), np.zeros(bins)
    if profile.usable:
        below = np.interp(edges, profile.grid.edges, profile.distribution, left=0.0, right=1.0)
        below[0], below[-1] = 0.0, 1.0
        reference = np.diff(below)
    if finite.size:
        places = np.clip(np.searchsorted(edges, finite, side="right") - 1, 0, bins - 1)
        window = np.bincount(places, minlength=bins) / finite.size
    return Distribution(
        name=profile.name,
        kind=profile.kind,
        edges=edges,
        categories=(),
        reference=reference,
        window=window,
        reference_missing=1.0 - profile.usable / profile.rows if profile.rows else 0.0,
        window_missing=1.0 - finite.size / numbers.size if numbers.size else 0.0,
    )


def _edges(profile: NumericProfile, finite: Floats, bins: int) -> Floats:
    ends: list[float] = []
    if profile.usable:
        ends += quantiles_of(profile, (_TAIL, 1.0 - _TAIL)).tolist()
    if finite.size:
        ends += np.quantile(finite, [_TAIL, 1.0 - _TAIL]).tolist()
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    if profile.kind is ColumnKind.INTEGER:  # bins of equally many whole numbers, or a comb appears
        first, last = np.floor(low), np.ceil(high)
        step = max(1.0, np.ceil((last - first + 1) / bins))
        return np.asarray(first - 0.5 + step * np.arange(np.ceil((last - first + 1) / step) + 1), dtype=np.float64)
    if not high > low:
        margin = max(abs(low) * 0.05, 1e-9)
        low, high = low - margin, high + margin
    return np.linspace(low, high, bins + 1)


def _categories(profile: CategoricalProfile, names: list[str | None]) -> Distribution:
    counted = Counter(name for name in names if name is not None)
    present = sum(counted.values())
    known = dict(zip(profile.categories, profile.counts.tolist(), strict=True))
    of_reference = {name: count / max(1, profile.usable) for name, count in known.items()}
    of_window = {name: count / max(1, present) for name, count in counted.items()}
    every = sorted(
        {*of_reference, *of_window}, key=lambda n: (-max(of_reference.get(n, 0.0), of_window.get(n, 0.0)), n)
    )
    shown: list[str | None] = [*every] if len(every) <= _CATEGORIES else [*every[: _CATEGORIES - 1]]
    reference = [of_reference.get(str(name), 0.0) for name in shown]
    window = [of_window.get(str(name), 0.0) for name in shown]
    if len(shown) < len(every) or profile.other:
        shown.append(None)
        reference.append(max(0.0, 1.0 - sum(reference)) if profile.usable else 0.0)
        window.append(max(0.0, 1.0 - sum(window)) if present else 0.0)
    return Distribution(
        name=profile.name,
        kind=profile.kind,
        edges=np.empty(0),
        categories=tuple(shown),
        reference=np.array(reference),
        window=np.array(window),
        reference_missing=profile.missing / profile.rows if profile.rows else 0.0,
        window_missing=1.0 - present / len(names) if names else 0.0,
    )
