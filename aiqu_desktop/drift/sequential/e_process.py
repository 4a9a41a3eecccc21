"""Whether a live model's risk has passed what was tolerated: an e-process, valid whenever it is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.mixture import log_evidence, log_evidence_unbounded, predictions
from aiqu_desktop.drift.sequential.scale import Bounds, to_unit
from aiqu_desktop.drift.values import Floats

_FORMAT = "risk-e-process-1"
_UNIT_IN_TOLERATED = 2.0  # losses without upper bound are counted in twice the tolerated mean


class RiskEProcess:
    """Evidence that the mean loss since the start exceeds the tolerated one (Podkopaev & Ramdas, ICLR 2022).

    If the running mean of the conditional expectations of the losses stays at or below `tolerated`, the e-value passes
    1/alpha at any time whatever with a probability of at most alpha. The losses may depend on the past and their level
    may change. `bounds`: (low, high) of a loss, or (0, None) for losses >= 0 without upper bound (absolute errors).

    Raises:
        ValueError: if the tolerated mean lies outside the bounds, or is not positive for losses without upper bound.
    """

    def __init__(self, tolerated: float, bounds: Bounds = (0.0, 1.0)) -> None:
        low, high = bounds
        if high is None:
            if low != 0.0 or not tolerated > 0.0:
                raise ValueError("Losses without upper bound need the lower bound 0 and a tolerated mean above 0.")
        elif not low <= tolerated <= high:
            raise ValueError(f"The tolerated mean {tolerated} lies outside the bounds {low} to {high}.")
        self.tolerated = tolerated
        self.bounds = bounds
        self._unit: Bounds = (0.0, _UNIT_IN_TOLERATED * tolerated) if high is None else bounds
        self._count = 0
        self._total = 0.0
        self._spread = 0.0
        self._carried = (0.0, 0.0)

    def update(self, losses: Floats) -> Floats:
        """Log e-values after each of the `losses` [rows]; an alarm at level alpha where one is >= log(1/alpha).

        Raises:
            UserError: if a loss is missing or outside the bounds.
        """
        unit = to_unit(losses, self._unit, capped=self.bounds[1] is not None)
        if unit.size == 0:
            return unit
        tolerated = float((self.tolerated - self._unit[0]) / (self._unit[1] - self._unit[0]))  # type: ignore[operator]
        expected, self._carried = predictions(unit, tolerated, self._carried)
        totals = np.cumsum(np.concatenate(([self._total], unit)))[1:]
        spreads = np.cumsum(np.concatenate(([self._spread], (unit - np.minimum(expected, 1.0)) ** 2)))[1:]
        counts = self._count + np.arange(1.0, unit.size + 1.0)
        self._count += unit.size
        self._total, self._spread = float(totals[-1]), float(spreads[-1])
        if self.bounds[1] is None:
            return log_evidence_unbounded(totals - counts * tolerated, spreads)
        return log_evidence(np.full(1, tolerated), totals, counts, spreads)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on later: plain numbers for JSON."""
        return {
            "format": _FORMAT,
            "tolerated": self.tolerated,
            "bounds": list(self.bounds),
            "count": self._count,
            "total": self._total,
            "spread": self._spread,
            "carried": list(self._carried),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> RiskEProcess:
        """Go on from what `state` returned.

        Raises:
            ValueError: if it is the state of something else.
        """
        if state.get("format") != _FORMAT:
            raise ValueError(f"This is no state of {_FORMAT}: {state.get('format')!r}.")
        low, high = state["bounds"]
        process = cls(state["tolerated"], (low, high))
        process._count, process._total, process._spread = state["count"], state["total"], state["spread"]
        process._carried = (state["carried"][0], state["carried"][1])
        return process


def risk_e_process(losses: Floats, tolerated: float, bounds: Bounds = (0.0, 1.0)) -> Floats:
    """Log e-values after each loss that the mean loss exceeds `tolerated`; see `RiskEProcess`."""
    return RiskEProcess(tolerated, bounds).update(losses)
