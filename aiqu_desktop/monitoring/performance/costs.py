"""What predictions cost, as a person writes it into the performance check and as the statistics take it.

One line of text: the currency, a colon, and amounts with semicolons between them. For a classifier each amount belongs
to a pair "label>prediction", for a regressor to "over" and "under", for each unit of error:

    SEK: failure>ok 5000; ok>failure 200
    EUR: over 2; under 7.5
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import Task
from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.performance import CostMatrix, ErrorCosts

COST = "cost_per_thousand"
_THOUSAND = 1000.0
_HOW = {
    Task.CLASSIFICATION: "write them as 'SEK: label>prediction 400; label>prediction 15'",
    Task.REGRESSION: "write them as 'SEK: over 2; under 5', for each unit of error",
}


def read_costs(text: str, schema: InputSchema) -> CostMatrix | ErrorCosts | None:
    """The costs that a check was set to; None for an empty text. What is not named costs nothing.

    Raises:
        UserError: if the text cannot be read, or names what the model does not have.
    """
    if not text.strip():
        return None
    how = _HOW[schema.task]
    currency, colon, rest = text.partition(":")
    if not colon or not currency.strip() or not rest.strip():
        raise UserError(f"The costs {text!r} have no currency with amounts after it; {how}.")
    amounts = {}
    for part in (part.strip() for part in rest.split(";") if part.strip()):
        what, amount = _part(part, how)
        if what in amounts:
            raise UserError(f"The costs give {what!r} twice; give it once.")
        amounts[what] = amount
    if schema.task is Task.REGRESSION:
        return _of_errors(amounts, currency.strip(), how)
    return _of_pairs(amounts, currency.strip(), schema, how)


def currency_of(text: str) -> str:
    """The currency of a check's costs; "" without any."""
    return text.partition(":")[0].strip()


def per_thousand(estimates: Mapping[str, Estimate]) -> Estimate | None:
    """The expected cost of a thousand predictions, from `cost_per_decision`; None where no cost is known."""
    one = estimates.get("cost_per_decision")
    if one is None:
        return None
    return replace(one, name=COST, value=_THOUSAND * one.value, low=_THOUSAND * one.low, high=_THOUSAND * one.high)


def cost_sentence(cost: Estimate | None, currency: str) -> str:
    """The cost in words; "" without one."""
    if cost is None:
        return ""
    value, low, high = (_money(amount) for amount in (cost.value, cost.low, cost.high))
    return f"A thousand predictions cost {value} {currency} [{low} to {high}]."


def _part(part: str, how: str) -> tuple[str, float]:
    what, _, number = part.rpartition(" ")
    try:
        amount = float(number.replace(",", "."))
    except ValueError:
        amount = math.nan
    if not what.strip() or not math.isfinite(amount):
        raise UserError(f"The cost {part!r} is no name with an amount after it; {how}.")
    return what.strip(), amount


def _of_errors(amounts: Mapping[str, float], currency: str, how: str) -> ErrorCosts:
    if unknown := sorted(set(amounts) - {"over", "under"}):
        raise UserError(f"An error of a regressor is over or under, not {unknown[0]!r}; {how}.")
    return ErrorCosts(amounts.get("over", 0.0), amounts.get("under", 0.0), currency)


def _of_pairs(amounts: Mapping[str, float], currency: str, schema: InputSchema, how: str) -> CostMatrix:
    pairs = {}
    for what, amount in amounts.items():
        label, arrow, prediction = what.partition(">")
        if not arrow:
            raise UserError(f"The cost of {what!r} is of no label and prediction; {how}.")
        pairs[label.strip(), prediction.strip()] = amount
    return CostMatrix.of(schema.classes, pairs, currency)


def _money(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"
