"""What the decisions cost, in the site's own money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import Estimate
from aiqu_desktop.drift.performance.coding import CodedRows
from aiqu_desktop.drift.performance.probabilities import mean_loss
from aiqu_desktop.drift.values import Floats, Ints


@dataclass(frozen=True, slots=True)
class CostMatrix:
    """What each answer costs for each label; a gain is a negative cost.

    amounts: [classes (labels), classes (predictions)], in `currency`. A missing prediction costs as much as the dearest
    answer for its label.
    """

    classes: tuple[str, ...]
    amounts: Floats
    currency: str = ""

    def __post_init__(self) -> None:
        size = len(self.classes)
        if self.amounts.shape != (size, size) or not np.isfinite(self.amounts).all():
            raise UserError(f"The costs must be {size} by {size} finite amounts, a row for each label.")

    @classmethod
    def of(cls, classes: Sequence[str], amounts: Mapping[tuple[str, str], float], currency: str = "") -> CostMatrix:
        """From {(label, prediction): amount}; pairs that are not named cost nothing.

        Raises:
            UserError: if a pair names no class.
        """
        places = {str(name): index for index, name in enumerate(classes)}
        table = np.zeros((len(places), len(places)))
        for (label, prediction), amount in amounts.items():
            if label not in places or prediction not in places:
                raise UserError(
                    f"The cost of {prediction!r} for {label!r} names no class; classes are {', '.join(places)}."
                )
            table[places[label], places[prediction]] = amount
        return cls(tuple(places), table, currency)

    def of_rows(self, labels: Ints, answers: Ints) -> Floats:
        """Cost of each row, [rows]; an answer of len(classes) is a missing prediction."""
        with_missing = np.column_stack([self.amounts, self.amounts.max(axis=1)])
        found: Floats = with_missing[labels, answers]
        return found

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {"classes": list(self.classes), "amounts": self.amounts.tolist(), "currency": self.currency}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CostMatrix:
        """Read what `to_json` wrote."""
        amounts = np.asarray(data["amounts"], dtype=np.float64)
        return cls(tuple(map(str, data["classes"])), amounts, str(data["currency"]))


@dataclass(frozen=True, slots=True)
class ErrorCosts:
    """What a regressor's errors cost, in `currency` for each unit of the label: `over` where the prediction is too
    high, `under` where it is too low."""

    over: float
    under: float
    currency: str = ""

    def __post_init__(self) -> None:
        if not np.isfinite([self.over, self.under]).all():
            raise UserError("The costs of errors must be finite amounts for each unit.")

    def of_errors(self, errors: Floats) -> Floats:
        """Cost of each error (prediction minus label), [rows]."""
        return np.where(errors > 0, self.over * errors, -self.under * errors)


def cost_metrics(coded: CodedRows, costs: CostMatrix, *, dependent: bool) -> dict[str, Estimate]:
    """cost_per_decision and total_cost of the labelled rows, with a skewness-corrected t interval.

    Raises:
        UserError: if a label or a prediction is none of the cost matrix's classes.
    """
    places = {name: index for index, name in enumerate(costs.classes)}
    met = set(np.unique(np.concatenate([coded.labels, coded.answers])).tolist()) - {len(coded.names)}
    for code in sorted(met):
        if coded.names[code] not in places:
            raise UserError(f"The class {coded.names[code]!r} has no costs; add it to the cost matrix.")
    translate = np.array([*(places.get(name, -1) for name in coded.names), len(places)])
    return cost_figures(costs.of_rows(translate[coded.labels], translate[coded.answers]), dependent=dependent)


def cost_figures(rows: Floats, *, dependent: bool) -> dict[str, Estimate]:
    """cost_per_decision and total_cost of what each row cost, [rows]; nothing for no row."""
    mean = mean_loss("cost_per_decision", rows, dependent=dependent, least=-np.inf)
    if mean is None:
        return {}
    total = Estimate("total_cost", mean.value * mean.n, mean.low * mean.n, mean.high * mean.n, mean.n)
    return {mean.name: mean, total.name: total}
