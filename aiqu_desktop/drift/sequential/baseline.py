"""What the losses were before any change: the level that the bets of a change detector are laid against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiqu_desktop.drift.values import Floats

_PRIOR = 0.5  # Jeffreys' prior of a rate: half an error in one row


@dataclass(frozen=True, slots=True)
class Baseline:
    """Rows seen and losses summed before a change, and how long they go on being learned.

    `Baseline.stated(level)` fixes the expected loss. `Baseline.learned()` estimates it from the stream itself until
    `learn` rows are seen (with `rows` and `total` of earlier losses, say of the held-out data, as a head start); later
    rows leave it alone, so that a slow decline is not learned as normal.

    tolerance: a rise of the mean loss up to which nobody wants an alarm; it also covers bounded dependence of the
    losses, see `EDetector`.
    """

    rows: int = 0
    total: float = 0.0
    learn: int = 10_000
    level: float | None = None
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.level is not None and not 0.0 < self.level < 1.0:
            raise ValueError(f"a baseline lies between 0 and 1, {self.level} does not")
        if not 0.0 <= self.tolerance < 1.0:
            raise ValueError(f"a tolerance lies in [0, 1), {self.tolerance} does not")
        if self.rows < 0 or not 0.0 <= self.total <= self.rows or self.learn < 0:
            raise ValueError(f"losses of {self.rows} rows do not add up to {self.total}")

    @classmethod
    def stated(cls, level: float, *, tolerance: float = 0.0) -> Baseline:
        """The expected loss is at most `level`, 0 < level < 1, by decree."""
        return cls(learn=0, level=level, tolerance=tolerance)

    @classmethod
    def learned(cls, *, rows: int = 0, total: float = 0.0, learn: int = 10_000, tolerance: float = 0.0) -> Baseline:
        """Learned from the stream, until `learn` rows besides the earlier `rows` with losses `total` are seen.

        Raises:
            ValueError: if there is nothing to learn from.
        """
        if rows + learn <= 0:
            raise ValueError("a baseline that is not stated needs rows to learn from")
        return cls(rows=rows, total=total, learn=learn, tolerance=tolerance)

    def estimate(self) -> float:
        """The level now, tolerance included."""
        return float(self._raised(np.asarray(self._mean(self.rows, self.total))))

    def levels(self, losses: Floats) -> tuple[Floats, Baseline]:
        """The level that each row is held against, from the rows before it alone, and the baseline after them all.

        losses: [rows] in [0, 1]. With Jeffreys' prior the level is the chance of an error given the rows before it,
        which makes bets against it fair on average over all baselines: no allowance for its own uncertainty is due.
        """
        if self.level is not None or self.learn == 0:
            return np.full(losses.size, self.estimate()), self
        learning = losses[: self.learn]
        totals = self.total + np.concatenate(([0.0], np.cumsum(learning)))
        counts = self.rows + np.arange(totals.size, dtype=np.float64)
        means = self._mean(counts, totals)
        seen = self.rows + learning.size
        after = replace(self, rows=seen, total=min(float(totals[-1]), seen), learn=self.learn - learning.size)
        held = np.concatenate((means[:-1], np.full(losses.size - learning.size, means[-1])))
        return self._raised(held), after

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "rows": self.rows, "total": self.total, "learn": self.learn, "level": self.level,
            "tolerance": self.tolerance,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Baseline:
        """Read what `to_json` wrote."""
        level = stored["level"]
        return cls(
            int(stored["rows"]), float(stored["total"]), int(stored["learn"]), None if level is None else float(level),
            float(stored["tolerance"]),
        )  # fmt: skip

    def _mean(self, rows: Any, total: Any) -> Any:
        return self.level if self.level is not None else (total + _PRIOR) / (rows + 2.0 * _PRIOR)

    def _raised(self, level: Floats) -> Floats:
        """`level` with the tolerance; still below 1, since a rise is to be seen above it."""
        return np.minimum(level + self.tolerance, 0.5 * (1.0 + level))
