"""Judge the values of a file column by column, vectorised; the first fault in file order is the one that is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.ingest.columns import Column, Form
from aiqu_desktop.ingest.faults import Fault, shown

# A clock on the line may run ahead of ours; more than a day is a wrong date, and would push the newest window empty.
_AHEAD = timedelta(days=1)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LARGEST_INTEGER = float(1 << 53)  # beyond it a float64 no longer holds every integer
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_ID = 500

EXPECTED = {
    Form.NUMBER: "a number",
    Form.INTEGER: "a whole number",
    Form.BOOLEAN: "true or false",
    Form.INSTANT: "a time in ISO 8601, such as 2008-03-01T12:00:00Z",
    Form.TEXT: "text",
}

Columns = Mapping[str, NDArray[Any]]


def first_fault(columns: Columns, wanted: Sequence[Column], now: datetime) -> Fault | None:
    """The first value, by row and then by column, that a file must not carry; None when all are good."""
    faults = [
        fault for column in wanted if column.name in columns for fault in _faults(columns[column.name], column, now)
    ]
    faults.extend(_repeats(columns, wanted))
    return min(faults, key=lambda fault: fault.row, default=None)


def _faults(values: NDArray[Any], column: Column, now: datetime) -> list[Fault]:
    rules: list[tuple[NDArray[np.bool_], str]]
    if column.form is Form.TEXT:
        rules = _text_rules(values, column)
    elif column.form is Form.INSTANT:
        rules = _instant_rules(values, column, now)
    else:
        rules = _number_rules(values, column)
    return [Fault(int(np.argmax(bad)), column.name, expected) for bad, expected in rules if bad.any()]


def _number_rules(values: NDArray[Any], column: Column) -> list[tuple[NDArray[np.bool_], str]]:
    rules: list[tuple[NDArray[np.bool_], str]] = []
    if not column.nullable:
        rules.append((np.isnan(values), "a number between 0 and 1" if column.share else EXPECTED[column.form]))
    if column.share:
        rules.append(((values < 0) | (values > 1), "a number between 0 and 1"))
    elif column.finite:
        rules.append((np.isinf(values), "a finite number"))
    if column.form is Form.INTEGER:
        with np.errstate(invalid="ignore"):
            uneven = ~np.isnan(values) & ((np.floor(values) != values) | (np.abs(values) > _LARGEST_INTEGER))
        rules.append((uneven, "a whole number of at most 2^53"))
    return rules


def _text_rules(values: NDArray[Any], column: Column) -> list[tuple[NDArray[np.bool_], str]]:
    texts = values.tolist()
    if column.choices:
        accepted = set(column.choices)
        one_of = "one of the classes " + ", ".join(column.choices[:6]) + (" …" if len(column.choices) > 6 else "")
        return [(_mask(text not in accepted for text in texts), one_of)]
    if column.name in ("served_digest", "shadow_digest"):
        good = {text for text in set(texts) if (column.nullable if text is None else _DIGEST.fullmatch(text))}
        return [(_mask(text not in good for text in texts), "a SHA-256 of 64 lower-case hexadecimal digits")]
    if column.nullable:
        return []
    limit = f"a text of 1 to {_LONGEST_ID} characters"
    return [(_mask(text is None or not 0 < len(text) <= _LONGEST_ID for text in texts), limit)]


def _instant_rules(values: NDArray[Any], column: Column, now: datetime) -> list[tuple[NDArray[np.bool_], str]]:
    rules = []
    missing = np.isnat(values)
    if not column.nullable:
        rules.append((missing, EXPECTED[Form.INSTANT]))
    latest = as_utc(now) + _AHEAD
    ahead = ~missing & (values > np.datetime64(latest.replace(tzinfo=None), "us"))
    rules.append((ahead, f"a time before {iso(latest)}"))
    rules.append((~missing & (values < np.datetime64(_EARLIEST.replace(tzinfo=None), "us")), "a time after 1900"))
    return rules


def _repeats(columns: Columns, wanted: Sequence[Column]) -> list[Fault]:
    """An id that stands twice with different content: which one is true cannot be known. The same row twice is one."""
    ids = columns["id"].tolist()
    if len(set(ids)) == len(ids):
        return []
    first: dict[Any, int] = {}
    for row, observation in enumerate(ids):
        earlier = first.setdefault(observation, row)
        if earlier != row and not _same(columns, wanted, earlier, row):
            expected = "each id once (an earlier row has the same id and other values)"
            return [Fault(row, "id", expected, shown(observation))]
    return []


def _same(columns: Columns, wanted: Sequence[Column], one: int, other: int) -> bool:
    for column in wanted:
        values = columns.get(column.name)
        if values is None:
            continue
        a, b = values[one], values[other]
        both_missing = column.form is not Form.TEXT and a != a and b != b
        if a != b and not both_missing:
            return False
    return True


def _mask(flags: Any) -> NDArray[np.bool_]:
    return np.fromiter(flags, dtype=np.bool_)
