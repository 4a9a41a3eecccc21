"""The alarms of the product's change detector on a stream that is there already."""

from __future__ import annotations

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.edetector import EDetector
from aiqu_desktop.drift.values import Floats, Ints


def alarms_of(
    detector: EDetector,
    losses: Floats,
    groups: Ints | None = None,
    *,
    begin: int = 0,
    until: int | None = None,
    relearn: bool = False,
) -> list[int]:
    """Rows of its alarms from row `begin` to the first one at or after `until`; after each it begins anew, with the
    baseline that it has or (`relearn`) with a new one."""
    alarms = []
    while begin < losses.size:
        before = detector.rows
        found = detector.update(losses[begin:], None if groups is None else groups[begin:])
        if found is None:
            break
        begin += found.row - before + 1
        alarms.append(begin - 1)
        if until is not None and begin > until:
            break
        detector.restart(Baseline.learned() if relearn else None)
    return alarms
