"""A change detector for losses in [0, 1], valid whenever it is looked at: bets, from every row on, that they rose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.bets import GROUP_RISES, RISES, wagers
from aiqu_desktop.drift.sequential.guarantee import Guarantee, guarantee
from aiqu_desktop.drift.sequential.shiryaev_roberts import scan
from aiqu_desktop.drift.values import Floats, Ints

DEFAULT_LIMIT = 2e5
_FORMAT = 1
_BLOCK = 8_192  # rows held at a time
# Shares of the evidence: that all rows rise together, that every group rises from its own level, that one group does.
_ALL, _EVERY, _ONE = 0.25, 0.25, 0.5


@dataclass(frozen=True, slots=True)
class Detection:
    """The alarm: the row that the evidence passed the limit at, and where the rise began (expected onset), both counted
    from the detector's first row; the log of the evidence there; the level that the losses rose from."""

    row: int
    onset: int
    evidence: float
    level: float


@dataclass(frozen=True, slots=True)
class _After:
    """The evidence after each of some rows, [rows, 2], and what the detector would hold after the last."""

    sums: Floats
    baseline: Baseline
    of_group: list[Baseline]
    together: Floats
    every: Floats
    one: Floats


class EDetector:
    """Watches losses for a rise of their mean above a baseline.

    The evidence is a mixture of Shiryaev-Roberts sums of bets (J. Shin, A. Ramdas & A. Rinaldo, "E-detectors", 2022);
    less the number of rows it is a supermartingale without change. So, at limit A, the mean number of rows to a false
    alarm is at least A, and the chance of one within n rows at most n / A:

    - with `Baseline.stated(m)`, whatever the dependence, while E[loss | past] stays at or below m;
    - with `Baseline.learned()`, for independent 0/1 losses, on average over baselines (Jeffreys' prior; for a single
      one checked by simulation), while it learns; after that its error stays what it was then.

    groups: numbers 0.. of groups that a row is known to belong to before its loss is: predicted class, confidence,
    product. Each then has a baseline of its own beside the common one, which finds a rise in one group, or where errors
    were rare, sooner. 0: none.

    dependence: the losses' integrated autocorrelation time, 1 or more, as `evidence.autocorrelation` measures it on
    history: errors that come in runs. Bets are raised to the power 1 / dependence, which counts so many rows as one. No
    promise is lost by it (the power of a fair bet is no better than fair), and delays grow by as much.

    After an alarm the detector stands still until `restart`.

    >>> detector = EDetector(Baseline.stated(0.1), limit=1e4)
    >>> detector.update(np.tile([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 50)) is None
    True
    >>> detector.update(np.tile([0.0, 1.0], 100)).row
    515
    """

    def __init__(
        self, baseline: Baseline, limit: float = DEFAULT_LIMIT, *, groups: int = 0, dependence: float = 1.0
    ) -> None:
        """Raises ValueError: limit of 1 or less; a stated baseline, which holds for all rows together, with groups;
        dependence below 1."""
        if not limit > 1.0 or not math.isfinite(limit):
            raise ValueError(f"a limit lies above 1, {limit} does not")
        if groups < 0 or (groups and baseline.level is not None):
            raise ValueError("groups need a learned baseline, and a number of them")
        if not dependence >= 1.0 or not math.isfinite(dependence):
            raise ValueError(f"an autocorrelation time is 1 or more, {dependence} is not")
        self.limit = limit
        self.dependence = dependence
        self.rows = 0
        self.detection: Detection | None = None
        self._baseline = baseline
        self._of_group = [Baseline(learn=0, tolerance=baseline.tolerance)] * groups
        self._together = np.zeros((2, RISES.size))
        self._every = np.zeros((2, RISES.size))
        self._one = np.zeros((groups, 2, GROUP_RISES.size))

    @property
    def groups(self) -> int:
        """How many groups are told apart."""
        return len(self._of_group)

    @property
    def level(self) -> float:
        """The expected loss without change."""
        return self._baseline.estimate()

    @property
    def evidence(self) -> float:
        """Natural logarithm of the evidence; -inf before the first row. An alarm is due at log(limit)."""
        total = float(self._together[0].mean())
        if self.groups:
            one = float(self._one[:, 0].mean(axis=1).sum())
            total = _ALL * total + _EVERY * float(self._every[0].mean()) + _ONE * one
        return math.log(total) if total > 0.0 else -math.inf

    def guarantee(self, rows_per_day: float) -> Guarantee:
        """What the limit promises at so many labelled rows a day."""
        return guarantee(self.limit, rows_per_day, stated=self._baseline.level is not None)

    def update(self, losses: Floats, groups: Ints | None = None) -> Detection | None:
        """Take in more rows; the alarm that stands after them, if any.

        losses: [rows], each in [0, 1]. groups: [rows], each row's group, where the detector has any.

        Raises:
            ValueError: if a loss is missing or out of range, or the groups do not fit.
        """
        losses = np.asarray(losses, dtype=np.float64)
        if losses.ndim != 1 or not np.all((losses >= 0.0) & (losses <= 1.0)):
            raise ValueError("losses are numbers from 0 to 1 in one dimension, none missing")
        members = self._members(losses, groups)
        for start in range(0, losses.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            self._take(losses[block], members[block])
        return self.detection

    def restart(self) -> None:
        """Forget the alarm and the evidence, keep the baseline."""
        self.detection = None
        for wealth in (self._together, self._every, self._one):
            wealth[:] = 0.0

    def state(self) -> dict[str, Any]:
        """Everything, as plain numbers ready for json.dumps."""
        return {
            "format": _FORMAT,
            "limit": self.limit,
            "dependence": self.dependence,
            "rows": self.rows,
            "baseline": self._baseline.to_json(),
            "of_group": [each.to_json() for each in self._of_group],
            "together": self._together.tolist(),
            "every": self._every.tolist(),
            "one": self._one.tolist(),
            "detection": None
            if self.detection is None
            else [self.detection.row, self.detection.onset, self.detection.evidence, self.detection.level],
        }

    @classmethod
    def from_state(cls, stored: Mapping[str, Any]) -> EDetector:
        """A detector that goes on from what `state` gave.

        Raises:
            ValueError: if another format wrote it, or the numbers do not fit together.
        """
        if stored.get("format") != _FORMAT:
            raise ValueError(f"this is no state of format {_FORMAT} of the detector")
        of_group = [Baseline.from_json(each) for each in stored["of_group"]]
        found = cls(
            Baseline.from_json(stored["baseline"]),
            float(stored["limit"]),
            groups=len(of_group),
            dependence=float(stored["dependence"]),
        )
        found.rows = int(stored["rows"])
        found._of_group = of_group
        found._together[:] = stored["together"]
        found._every[:] = stored["every"]
        found._one[:] = np.asarray(stored["one"], dtype=np.float64).reshape(found._one.shape)
        if stored["detection"] is not None:
            row, onset, evidence, level = stored["detection"]
            found.detection = Detection(int(row), int(onset), float(evidence), float(level))
        return found

    def _members(self, losses: Floats, groups: Ints | None) -> Ints:
        if groups is None:
            if self.groups:
                raise ValueError(f"each row needs its group, one of {self.groups}")
            return np.zeros(losses.size, dtype=np.int64)
        members = np.asarray(groups, dtype=np.int64)
        if members.shape != losses.shape or np.any((members < 0) | (members >= max(self.groups, 1))):
            raise ValueError(f"each row needs its group, a number below {self.groups}")
        return members

    def _take(self, losses: Floats, members: Ints) -> None:
        if self.detection is not None:
            self.rows += losses.size
            return
        after = self._after(losses, members)
        passed = np.flatnonzero(~(after.sums[:, 0] < self.limit))
        if passed.size:
            here = int(passed[0]) + 1
            after = self._after(losses[:here], members[:here])  # what the detector stands still at
            value, weighted = after.sums[-1]
            level = float(self._baseline.levels(losses[:here])[0][-1])
            self.detection = Detection(self.rows + here - 1, round(weighted / value), math.log(value), level)
        self.rows += losses.size
        self._baseline, self._of_group = after.baseline, after.of_group
        self._together, self._every, self._one = after.together, after.every, after.one

    def _bet(self, losses: Floats, levels: Floats, rises: Floats) -> Floats:
        factors = wagers(losses, levels, rises)
        return factors if self.dependence == 1.0 else np.power(factors, 1.0 / self.dependence, out=factors)

    def _after(self, losses: Floats, members: Ints) -> _After:
        numbers = np.arange(self.rows, self.rows + losses.size, dtype=np.float64)
        levels, baseline = self._baseline.levels(losses)
        together = scan(self._bet(losses, levels, RISES), numbers, self._together)
        if not self.groups:
            return _After(together.sums, baseline, self._of_group, together.last, self._every, self._one)
        own, of_group = self._own_levels(losses, members, min(self._baseline.learn, losses.size))
        every = scan(self._bet(losses, own, RISES), numbers, self._every)
        singles, one = self._single_groups(losses, members, own, numbers)
        sums = _ALL * together.sums + _EVERY * every.sums + _ONE * singles
        return _After(sums, baseline, of_group, together.last, every.last, one)

    def _own_levels(self, losses: Floats, members: Ints, learning: int) -> tuple[Floats, list[Baseline]]:
        """Level of each row's own group; groups learn from the first `learning` rows, as long as the whole does."""
        levels = np.empty(losses.size)
        after = list(self._of_group)
        for group in np.unique(members):
            mine = np.flatnonzero(members == group)
            willing = replace(after[group], learn=int(np.searchsorted(mine, learning)))
            levels[mine], learned = willing.levels(losses[mine])
            after[group] = replace(learned, learn=0)
        return levels, after

    def _single_groups(self, losses: Floats, members: Ints, own: Floats, numbers: Floats) -> tuple[Floats, Floats]:
        """Sum over the groups of the evidence that this one alone rose, [rows, 2], and where each goes on from.

        A candidate begins at a row of the group itself, so that the groups share one candidate a row between them, and
        their sum is bounded as one Shiryaev-Roberts sum is.
        """
        after = self._one.copy()
        total = np.zeros((losses.size, 2))
        before = self._one.mean(axis=2)
        for group in range(self.groups):
            mine = np.flatnonzero(members == group)
            if not mine.size:
                total += before[group]
                continue
            path = scan(self._bet(losses[mine], own[mine], GROUP_RISES), numbers[mine], self._one[group])
            held = np.diff(np.concatenate(([0], mine, [losses.size])))
            total += np.repeat(np.vstack([before[group], path.sums]), held, axis=0)
            after[group] = path.last
        return total, after
