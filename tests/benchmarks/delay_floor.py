"""What no detector gets below on an error stream: two bounds that know the rates before and after the change.

Lorden's (Annals of Mathematical Statistics 42, 1971): log(rows between false alarms) / KL rows of the full change, to
first order. The other is run on the very rows: a Shiryaev-Roberts sum that knows both rates, and of gradual and
incremental changes how long they take and that they grow evenly, and lacks the onset alone. Which is what is left to
find out, so a detector that must learn the rates can come near it, not pass it (but for chance: it is best on average
over onsets, not on every stream). Rates are those of the stream itself, of all rows or of each group.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats
from tests.benchmarks.streams import TRANSITION, ErrorStream

_BACK, _AHEAD = 600, 4_000  # rows before the change that a bet may begin at; rows after it that are looked at
_LEAST = 1e-4


def rates(stream: ErrorStream, *, grouped: bool) -> tuple[Floats, Floats]:
    """Each row's error rate before the change and when it is complete, [rows], by its group or by all."""
    assert stream.change is not None
    members = stream.groups if grouped else np.zeros_like(stream.groups)
    rows = np.arange(members.size)
    found = []
    for part in (rows < stream.change, rows >= stream.change + TRANSITION):
        counts = np.bincount(members[part], minlength=members.max() + 1)
        errors = np.bincount(members[part], stream.losses[part], minlength=counts.size)
        found.append(np.clip((errors + 0.5) / (counts + 1.0), _LEAST, 1.0 - _LEAST)[members])
    return found[0], found[1]


def first_order(stream: ErrorStream, limit: float, *, grouped: bool) -> float:
    """Lorden's bound: rows of the complete change."""
    assert stream.change is not None
    before, after = (each[stream.change + TRANSITION :] for each in rates(stream, grouped=grouped))
    information = special.rel_entr(after, before) + special.rel_entr(1.0 - after, 1.0 - before)
    return float(np.log(limit) / max(np.mean(information), 1e-9))


def delay_of_the_informed(stream: ErrorStream, limit: float, *, grouped: bool) -> float:
    """Rows from the change to the moment at which the informed sum passes the limit; infinite if it does not."""
    assert stream.change is not None
    rows = slice(stream.change - _BACK, stream.change + _AHEAD)
    losses = stream.losses[rows]
    before, after = (each[rows] for each in rates(stream, grouped=grouped))
    grown = (
        np.ones(losses.size)
        if stream.kind in ("sudden", "flips")
        else np.minimum((np.arange(losses.size) + 0.5) / TRANSITION, 1.0)
    )
    wealth = np.zeros(losses.size)  # log wealth of the bet begun at each row
    for row in range(losses.size):
        rate = before[row] + grown[row::-1] * (after[row] - before[row])  # the oldest bet sees the change furthest on
        paid = rate / before[row] if losses[row] > 0.0 else (1.0 - rate) / (1.0 - before[row])
        wealth[: row + 1] += np.log(paid)
        if row >= _BACK and special.logsumexp(wealth[: row + 1]) >= np.log(limit):
            return float(row - _BACK)
    return float("inf")
