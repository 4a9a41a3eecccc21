"""What a change detector knows between two rows, and how some more rows change it: a pure step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.bets import RISES, payoffs, wagers
from aiqu_desktop.drift.sequential.blocking import Blocking
from aiqu_desktop.drift.sequential.following import Following
from aiqu_desktop.drift.sequential.shiryaev_roberts import scan
from aiqu_desktop.drift.values import Floats, Ints

# Shares of the evidence: that all rows rise together, that every group rises alike from its own level (without groups
# the first has this share, too), that the groups rise as they did of late. Memories (rows), shrinkages and shares were
# chosen on the tuning seeds of tests/benchmarks/detector_delay.py.
_ALL, _EVERY = 0.1, 0.2
_FOLLOWED = ((120.0, 10.0, 0.56), (1_000.0, 30.0, 0.14))


@dataclass(frozen=True, slots=True)
class Watch:
    """rows seen; baselines of all rows and of each group; wealth [2, bets] of the fixed bets together, of those on
    every group where there are any, of the following ones; dependence as it was told, or None and then as measured."""

    rows: int
    baseline: Baseline
    of_group: tuple[Baseline, ...]
    wealth: Floats
    following: tuple[Following, ...]
    measured: Blocking
    told: float | None

    @classmethod
    def begin(cls, baseline: Baseline, groups: int, told: float | None) -> Watch:
        """Before the first row. A stated baseline needs no measure of dependence: its promise holds under any."""
        if baseline.level is not None and told is None:
            told = 1.0
        following = tuple(
            Following.of(max(groups, 1), memory=memory, shrinkage=shrinkage) for memory, shrinkage, _ in _FOLLOWED
        )
        bets = RISES.size * (2 if groups else 1) + len(following)
        of_group = (Baseline(learn=0, tolerance=baseline.tolerance),) * groups
        return cls(0, baseline, of_group, np.zeros((2, bets)), following, Blocking.nothing(), told)

    @property
    def dependence(self) -> float:
        """The autocorrelation time that bets are tempered by."""
        return self.measured.time if self.told is None else self.told

    @property
    def at_once(self) -> int | None:
        """Rows that may be stepped over at once; None: any number."""
        return self.measured.until_check if self.told is None else None

    @property
    def evidence(self) -> float:
        """The evidence, not its logarithm."""
        return float(self.wealth[0] @ self._shares())

    @property
    def onset(self) -> float:
        """The row that the rise is expected to have begun at: by the fixed bets, since one that follows the losses has
        been there before the rise."""
        fixed = slice(None, -len(self.following))
        value, weighted = self.wealth[:, fixed] @ self._shares()[fixed]
        return float(weighted / value) if value > 0.0 else float(self.rows)

    def passed_over(self, rows: int) -> Watch:
        """After rows that are counted and nothing else."""
        return replace(self, rows=self.rows + rows)

    def emptied(self, baseline: Baseline | None) -> Watch:
        """Without evidence; with another baseline, which groups then learn anew, too, or with the one it has."""
        fresh = Watch.begin(baseline or self.baseline, len(self.of_group), self.told)
        of_group = self.of_group if baseline is None else fresh.of_group
        return replace(fresh, rows=self.rows, of_group=of_group, measured=self.measured)

    def after(self, losses: Floats, members: Ints) -> tuple[Floats, Watch]:
        """The evidence after each row, [rows], and what is known then.

        losses, members: [rows], at most `at_once`.
        """
        numbers = np.arange(self.rows, self.rows + losses.size, dtype=np.float64)
        levels, baseline = self.baseline.levels(losses)
        factors = [wagers(losses, levels, RISES)]
        own, of_group = levels, self.of_group
        if of_group:
            own, of_group = self._own_levels(losses, members, min(self.baseline.learn, losses.size))
            factors.append(wagers(losses, own, RISES))
        following = []
        for each in self.following:
            rates, known = each.rates(losses, own, members, self.dependence)
            factors.append(payoffs(losses, own, rates)[:, np.newaxis])
            following.append(known)
        bets = np.hstack(factors)
        if self.dependence > 1.0:
            np.power(bets, 1.0 / self.dependence, out=bets)
        if self.told is None and not self.measured.known:
            bets = np.zeros_like(bets)  # nobody knows yet what a run of errors means: no bet begins
        path = scan(bets, numbers, self.wealth, self._shares())
        measured = self.measured.after(losses) if self.told is None else self.measured
        after = Watch(self.rows + losses.size, baseline, of_group, path.last, tuple(following), measured, self.told)
        return path.evidence, after

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "rows": self.rows,
            "baseline": self.baseline.to_json(),
            "of_group": [each.to_json() for each in self.of_group],
            "wealth": self.wealth.tolist(),
            "following": [each.to_json() for each in self.following],
            "measured": self.measured.to_json(),
            "told": self.told,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Watch:
        """Read what `to_json` wrote."""
        return cls(
            int(stored["rows"]),
            Baseline.from_json(stored["baseline"]),
            tuple(Baseline.from_json(each) for each in stored["of_group"]),
            np.asarray(stored["wealth"], dtype=np.float64),
            tuple(Following.from_json(each) for each in stored["following"]),
            Blocking.from_json(stored["measured"]),
            None if stored["told"] is None else float(stored["told"]),
        )

    @classmethod
    def from_first_format(cls, stored: Mapping[str, Any]) -> Watch:
        """Read a state of format 1: its fixed bets go on with their wealth, those on single groups are gone, the
        following ones begin here. Evidence that begins later is no more than it would have been, so the limit's
        promise stays."""
        of_group = tuple(Baseline.from_json(each) for each in stored["of_group"])
        fresh = cls.begin(Baseline.from_json(stored["baseline"]), len(of_group), float(stored["dependence"]))
        kept = ("together", "every") if of_group else ("together",)
        wealth = np.hstack([*(np.asarray(stored[name]) for name in kept), np.zeros((2, len(fresh.following)))])
        return replace(fresh, rows=int(stored["rows"]), of_group=of_group, wealth=wealth)

    def _shares(self) -> Floats:
        fixed = np.full(RISES.size, 1.0 / RISES.size)
        parts = [_ALL * fixed, _EVERY * fixed] if self.of_group else [(_ALL + _EVERY) * fixed]
        return np.concatenate([*parts, [share for _, _, share in _FOLLOWED]])

    def _own_levels(self, losses: Floats, members: Ints, learning: int) -> tuple[Floats, tuple[Baseline, ...]]:
        """Level of each row's own group; groups learn from the first `learning` rows, as long as the whole does."""
        levels = np.empty(losses.size)
        after = list(self.of_group)
        for group in np.unique(members):
            mine = np.flatnonzero(members == group)
            willing = replace(after[group], learn=int(np.searchsorted(mine, learning)))
            levels[mine], learned = willing.levels(losses[mine])
            after[group] = replace(learned, learn=0)
        return levels, tuple(after)
