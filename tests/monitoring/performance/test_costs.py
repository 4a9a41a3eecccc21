import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Task
from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.performance import CostMatrix, ErrorCosts
from aiqu_desktop.monitoring.performance.costs import cost_sentence, currency_of, per_thousand, read_costs
from tests.factories.bundles import toy_schema

CLASSES, NUMBERS = toy_schema(), toy_schema(Task.REGRESSION)


def test_a_text_becomes_a_matrix_and_what_is_not_named_costs_nothing() -> None:
    found = read_costs(" SEK: broken>good 5000; good > broken 200,5 ;", CLASSES)
    assert isinstance(found, CostMatrix)
    assert found.currency == "SEK" == currency_of(" SEK: broken>good 5000")
    assert found.classes == ("good", "worn", "broken")
    assert found.amounts[2, 0] == 5000 and found.amounts[0, 2] == 200.5 and found.amounts.sum() == 5200.5


def test_a_regressor_has_a_cost_for_each_unit_over_and_under() -> None:
    assert read_costs("EUR: over 2; under 7.5", NUMBERS) == ErrorCosts(2.0, 7.5, "EUR")
    assert read_costs("EUR: under 3", NUMBERS) == ErrorCosts(0.0, 3.0, "EUR")


@pytest.mark.parametrize("schema", [CLASSES, NUMBERS])
def test_no_text_is_no_cost(schema: object) -> None:
    assert read_costs("", schema) is None and read_costs("  ", schema) is None
    assert currency_of("") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("good>worn 5", "no currency with amounts after it"),
        ("SEK:", "no currency with amounts"),
        ("SEK: good>worn", "no name with an amount"),
        ("SEK: good>worn inf", "no name with an amount"),
        ("SEK: good 5", "of no label and prediction"),
        ("SEK: good>bad 5", "names no class; classes are good, worn, broken"),
        ("SEK: good>worn 5; good>worn 6", "twice"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_costs(text, CLASSES)


def test_a_regressors_costs_know_only_over_and_under() -> None:
    with pytest.raises(UserError, match="not 'beside'"):
        read_costs("SEK: beside 4", NUMBERS)


def test_the_cost_is_said_for_a_thousand_predictions() -> None:
    cost = per_thousand({"cost_per_decision": Estimate("cost_per_decision", 0.4125, 0.02, 1.5, 400)})
    assert cost is not None and (cost.value, cost.low, cost.high, cost.n) == (412.5, 20.0, 1500.0, 400)
    assert cost_sentence(cost, "SEK") == "A thousand predictions cost 412 SEK [20 to 1,500]."
    assert per_thousand({}) is None and cost_sentence(None, "SEK") == ""


def test_errors_cost_by_their_side() -> None:
    costs = ErrorCosts(over=2.0, under=5.0)
    assert costs.of_errors(np.array([3.0, -2.0, 0.0])).tolist() == [6.0, 10.0, 0.0]
    with pytest.raises(UserError, match="finite"):
        ErrorCosts(float("nan"), 1.0)
