"""Data quality counted against the schema."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.drift import count_quality

SCHEMA = InputSchema(
    Task.REGRESSION,
    (
        Feature("pressure", ColumnKind.NUMERIC, "bar", low=0.0, high=10.0),
        Feature("batches", ColumnKind.INTEGER, low=0.0),
        Feature("recipe", ColumnKind.CATEGORICAL, categories=("A", "B")),
        Feature("open", ColumnKind.BOOLEAN),
    ),
)


def _good(rows=6):
    return {
        "pressure": np.linspace(0.0, 10.0, rows),
        "batches": np.arange(rows, dtype=float),
        "recipe": np.array(["A", "B"] * (rows // 2), dtype=object),
        "open": np.array([True, False] * (rows // 2)),
    }


def test_a_window_that_keeps_to_the_schema_has_no_fault():
    result = count_quality(_good(), SCHEMA)
    assert result.rate == 0 and result.worst is None and result.rows == 6


def test_every_kind_of_fault_is_counted_once():
    columns = _good() | {
        "pressure": np.array([np.nan, np.inf, -0.1, 10.1, 5.0, 10.0]),
        "batches": np.array([1.5, -2.5, 3.0, np.nan, 1e9, 0.0]),
        "recipe": np.array(["A", "C", None, "C", "D", "B"], dtype=object),
        "open": np.array([1, 0, "maybe", None, "True", False], dtype=object),
    }
    result = count_quality(columns, SCHEMA)
    pressure, batches, recipe, opened = result.features
    assert (pressure.missing, pressure.infinite, pressure.out_of_range, pressure.faulty) == (1, 1, 2, 4)
    assert (batches.missing, batches.out_of_range, batches.non_integer) == (1, 1, 1)
    assert (recipe.missing, recipe.unseen_category, recipe.unseen) == (1, 3, ("C", "D"))
    assert (opened.missing, opened.unseen_category, opened.unseen) == (1, 1, ("maybe",))
    assert result.worst == pressure and result.rate == pytest.approx(13 / 24)


def test_a_column_that_is_not_there_counts_as_missing_throughout():
    columns = _good()
    del columns["batches"]
    batches = count_quality(columns, SCHEMA).features[1]
    assert batches.absent and batches.missing == 6 and batches.rate == 1.0


def test_an_empty_window_says_nothing():
    result = count_quality(_good(0), SCHEMA)
    assert not result.enough_data and result.rate == 0
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["rows"] == 0


def test_text_in_a_number_is_an_error_that_names_the_column():
    with pytest.raises(UserError, match="'pressure' holds a value that is no number"):
        count_quality(_good() | {"pressure": np.array(["high"] * 6)}, SCHEMA)
