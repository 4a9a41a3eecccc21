"""An alarm budget: how many false alarms a year are accepted, and the level of each check that keeps to it.

If a check calls drift, where there is none, with a chance of at most a, then n checks a year call it n a times in the
mean, however much they depend on each other (they share one reference, and windows overlap): means add up. So the level
of one check is the budget divided by the checks of a year, and there is no state to keep or to lose. Within one check
Benjamini-Hochberg at that level keeps the chance of any call, without drift, at the level, for independent and
positively dependent features. `OnlineFdr` and the e-processes of `sequential` spend over time in other ways.
"""

from __future__ import annotations

from dataclasses import dataclass

HOURS_PER_YEAR = 8_760.0


@dataclass(frozen=True)
class AlarmBudget:
    """At most `per_year` false calls of drift a year in the mean, from `checks_per_year` checks.

    >>> AlarmBudget(per_year=1.0, checks_per_year=24 * 365).level
    0.00011415525114155251

    Raises:
        ValueError: if either is not above zero.
    """

    per_year: float = 1.0
    checks_per_year: float = HOURS_PER_YEAR
    highest: float = 0.01

    def __post_init__(self) -> None:
        if not (self.per_year > 0 and self.checks_per_year > 0 and 0 < self.highest < 1):
            raise ValueError(f"a budget of {self.per_year} a year over {self.checks_per_year} checks")

    @property
    def level(self) -> float:
        """The `alpha` of one check's `DriftLimits`; never above `highest`, so that rare checks stay strict."""
        return min(self.highest, self.per_year / self.checks_per_year)

    @property
    def expected(self) -> float:
        """False calls a year that the level allows in the mean: `per_year`, or fewer."""
        return self.level * self.checks_per_year
