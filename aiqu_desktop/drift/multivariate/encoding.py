"""Columns of any kind as one matrix of comparable numbers, by what the reference looked like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.values import LARGEST, PROFILED_AS_NUMBERS, Column, Floats, as_categories, as_numbers

CLIP = 4.0  # standardised values beyond this count as this: one wild value must not rule all products
_MOST_CATEGORIES = 12  # indicators of one column; the rest share the last one
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class ColumnCode:
    """How one column is encoded.

    Numeric: (value - centre) / scale, clipped; a missing or infinite value is 0, the centre. Otherwise one indicator
    each of `categories` and one for all others, less its share and divided by its deviation, shares [categories + 1];
    a missing one is 0 in each.
    """

    name: str
    kind: ColumnKind
    centre: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        return len(self.shares) or 1

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "centre": self.centre,
            "scale": self.scale,
            "categories": list(self.categories),
            "shares": list(self.shares),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnCode:
        return cls(
            name=str(data["name"]),
            kind=ColumnKind(data["kind"]),
            centre=float(data["centre"]),
            scale=float(data["scale"]),
            categories=tuple(str(name) for name in data["categories"]),
            shares=tuple(float(share) for share in data["shares"]),
        )


def fit_codes(columns: Mapping[str, Column], kinds: Mapping[str, ColumnKind]) -> tuple[ColumnCode, ...]:
    """Codes for the columns of a reference.

    Raises:
        UserError: if a column has no kind, holds no numbers where it should, or there is none.
    """
    if not columns:
        raise UserError("There is no column to compare; name at least one.")
    return tuple(_fit(name, values, kinds) for name, values in columns.items())


def encode(codes: Sequence[ColumnCode], columns: Mapping[str, Column]) -> tuple[Floats, dict[str, int]]:
    """The matrix [rows, sum of widths], and how many values were missing, by column (only where there were any).

    Raises:
        UserError: if a column is absent, has another length than the others, or holds what its kind cannot.
    """
    absent = [code.name for code in codes if code.name not in columns]
    if absent:
        raise UserError(f"The window has no column {absent[0]!r}, which the reference has; add it or rename it back.")
    lengths = {len(columns[code.name]) for code in codes}
    if len(lengths) > 1:
        raise UserError(f"The columns have different lengths {sorted(lengths)}; give one value a row.")
    matrix = np.zeros((lengths.pop(), sum(code.width for code in codes)))
    missing: dict[str, int] = {}
    start = 0
    for code in codes:
        part = matrix[:, start : start + code.width]
        gone = (
            _encode_numbers(code, columns[code.name], part) if not code.shares else _encode_names(code, columns, part)
        )
        if gone:
            missing[code.name] = gone
        start += code.width
    return matrix, missing


def _fit(name: str, values: Column, kinds: Mapping[str, ColumnKind]) -> ColumnCode:
    if name not in kinds:
        raise UserError(f"Column {name!r} has no kind; say whether it is numeric, integer, categorical or boolean.")
    kind = kinds[name]
    if kind in PROFILED_AS_NUMBERS:
        numbers = as_numbers(name, values)
        numbers = numbers[np.abs(numbers) <= LARGEST]
        if not numbers.size:
            return ColumnCode(name, kind)
        low, high = np.percentile(numbers, [0.5, 99.5])
        inner = np.clip(numbers, low, high)
        deviation = float(np.std(inner))
        return ColumnCode(name, kind, float(np.mean(inner)), deviation if deviation > 0 else 1.0)
    names = [value for value in as_categories(values, kind) if value is not None]
    ranked = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))[:_MOST_CATEGORIES]
    shares = [count / len(names) for _, count in ranked]
    return ColumnCode(
        name, kind, categories=tuple(category for category, _ in ranked), shares=(*shares, max(0.0, 1.0 - sum(shares)))
    )


def _encode_numbers(code: ColumnCode, values: Column, into: Floats) -> int:
    numbers = as_numbers(code.name, values)
    usable = np.abs(numbers) <= LARGEST
    scaled = (np.where(usable, numbers, code.centre) - code.centre) / code.scale
    np.clip(scaled, -CLIP, CLIP, out=into[:, 0])
    return int(numbers.size - usable.sum())


def _encode_names(code: ColumnCode, columns: Mapping[str, Column], into: Floats) -> int:
    names = as_categories(columns[code.name], code.kind)
    places = {category: place for place, category in enumerate(code.categories)}
    last = len(code.categories)
    codes = np.array([-1 if name is None else places.get(name, last) for name in names], dtype=np.intp)
    for place, share in enumerate(code.shares):
        floored = max(share, _LEAST_SHARE)
        into[:, place] = np.clip(((codes == place) - share) / np.sqrt(floored * (1.0 - min(share, 0.99))), -CLIP, CLIP)
    into[codes < 0] = 0.0
    return int(np.sum(codes < 0))
