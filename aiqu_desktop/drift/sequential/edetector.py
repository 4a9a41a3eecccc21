"""A change detector for losses in [0, 1], valid whenever it is looked at: bets, from every row on, that they rose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.guarantee import Guarantee, guarantee
from aiqu_desktop.drift.sequential.watch import Watch
from aiqu_desktop.drift.values import Floats, Ints

DEFAULT_LIMIT = 1e5
_FORMAT = 2
_BLOCK = 8_192  # rows held at a time


@dataclass(frozen=True, slots=True)
class Detection:
    """The alarm: the row that the evidence passed the limit at, and where the rise began (expected onset), both counted
    from the detector's first row; the log of the evidence there; the level that the losses rose from."""

    row: int
    onset: int
    evidence: float
    level: float


class EDetector:
    """Watches losses for a rise of their mean above a baseline.

    The evidence is a mixture of Shiryaev-Roberts sums of bets (J. Shin, A. Ramdas & A. Rinaldo, "E-detectors", 2022);
    less the number of rows it is a supermartingale without change. So, at limit A, the mean number of rows to a false
    alarm is at least A, and the chance of one within n rows at most n / A:

    - with `Baseline.stated(m)`, whatever the dependence, while E[loss | past] stays at or below m;
    - with `Baseline.learned()`, for independent 0/1 losses, on average over baselines (Jeffreys' prior; for a single
      one checked by simulation), while it learns; after that its error stays what it was then.

    Some bets are fixed beforehand (`bets`), some follow the losses (`following`); each stake is known before its loss
    is, which is all that the promise asks of it.

    groups: numbers 0.. of groups that a row is known to belong to before its loss is: predicted class, confidence,
    product. Each then has a baseline of its own beside the common one, which finds a rise in some groups, or where
    errors were rare, sooner. 0: none.

    dependence: the losses' integrated autocorrelation time, 1 or more: errors that come in runs. None: with a learned
    baseline it is measured on the first 8,192 rows (`blocking`), at every doubling from 512 on, before which no bet is
    laid; from 2,048 rows on losses that look independent are taken for that. Bets are raised to the power
    1 / dependence, which counts so many rows as one. No promise is lost by it (the power of a fair bet is no better
    than fair, and its exponent is known before the loss), and delays grow by as much. That runs of errors then raise
    few false alarms is measured, not proven.

    After an alarm the detector stands still until `restart`.

    >>> detector = EDetector(Baseline.stated(0.1), limit=1e4)
    >>> detector.update(np.tile([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 50)) is None
    True
    >>> detector.update(np.tile([0.0, 1.0], 100)).row
    515
    """

    def __init__(
        self, baseline: Baseline, limit: float = DEFAULT_LIMIT, *, groups: int = 0, dependence: float | None = None
    ) -> None:
        """Raises ValueError: limit of 1 or less; a stated baseline, which holds for all rows together, with groups;
        dependence below 1."""
        if not limit > 1.0 or not math.isfinite(limit):
            raise ValueError(f"a limit lies above 1, {limit} does not")
        if groups < 0 or (groups and baseline.level is not None):
            raise ValueError("groups need a learned baseline, and a number of them")
        if dependence is not None and (not dependence >= 1.0 or not math.isfinite(dependence)):
            raise ValueError(f"an autocorrelation time is 1 or more, {dependence} is not")
        self.limit = limit
        self.detection: Detection | None = None
        self._watch = Watch.begin(baseline, groups, dependence)

    @property
    def rows(self) -> int:
        """How many rows were seen."""
        return self._watch.rows

    @property
    def groups(self) -> int:
        """How many groups are told apart."""
        return len(self._watch.of_group)

    @property
    def dependence(self) -> float:
        """The autocorrelation time in force, told or measured."""
        return self._watch.dependence

    @property
    def level(self) -> float:
        """The expected loss without change."""
        return self._watch.baseline.estimate()

    @property
    def evidence(self) -> float:
        """Natural logarithm of the evidence; -inf before the first row. An alarm is due at log(limit)."""
        total = self._watch.evidence
        return math.log(total) if total > 0.0 else -math.inf

    def guarantee(self, rows_per_day: float) -> Guarantee:
        """What the limit promises at so many labelled rows a day."""
        return guarantee(self.limit, rows_per_day, stated=self._watch.baseline.level is not None)

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
        start = 0
        while start < losses.size:
            stop = start + min(self._watch.at_once or _BLOCK, _BLOCK)
            self._take(losses[start:stop], members[start:stop])
            start = stop
        return self.detection

    def restart(self, baseline: Baseline | None = None) -> None:
        """Forget the alarm and the evidence. The baseline is kept, or learned anew where one to begin with is given;
        what is known of the dependence is kept in either case."""
        self.detection = None
        self._watch = self._watch.emptied(baseline)

    def state(self) -> dict[str, Any]:
        """Everything, as plain numbers ready for json.dumps."""
        return {
            "format": _FORMAT,
            "limit": self.limit,
            **self._watch.to_json(),
            "detection": None
            if self.detection is None
            else [self.detection.row, self.detection.onset, self.detection.evidence, self.detection.level],
        }

    @classmethod
    def from_state(cls, stored: Mapping[str, Any]) -> EDetector:
        """A detector that goes on from what `state` gave, now or in format 1 (`Watch.from_first_format`).

        Raises:
            ValueError: if another format wrote it, or the numbers do not fit together.
        """
        if stored.get("format") not in (1, _FORMAT):
            raise ValueError(f"this is no state of the detector in format 1 or {_FORMAT}")
        watch = Watch.from_first_format(stored) if stored["format"] == 1 else Watch.from_json(stored)
        found = cls(watch.baseline, float(stored["limit"]), groups=len(watch.of_group), dependence=watch.told)
        if watch.wealth.shape != found._watch.wealth.shape:
            raise ValueError("a state of the detector has a wealth for each of its bets")
        found._watch = watch
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
            self._watch = self._watch.passed_over(losses.size)
            return
        evidence, after = self._watch.after(losses, members)
        passed = np.flatnonzero(~(evidence < self.limit))
        if passed.size:
            here = int(passed[0]) + 1
            _, stopped = self._watch.after(losses[:here], members[:here])  # what the detector stands still at
            level = float(self._watch.baseline.levels(losses[:here])[0][-1])
            self.detection = Detection(stopped.rows - 1, round(stopped.onset), math.log(evidence[here - 1]), level)
            after = stopped.passed_over(losses.size - here)
        self._watch = after
