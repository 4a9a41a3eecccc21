"""The input schema: what is written is read back, and anything else is refused in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task

_text = st.text(max_size=12)
_numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_features = st.builds(
    Feature,
    name=_text,
    kind=st.sampled_from([kind for kind in ColumnKind if kind is not ColumnKind.TIMESTAMP]),
    unit=_text,
    low=_numbers,
    high=_numbers,
    categories=st.lists(_text, max_size=4).map(tuple),
    importance=_numbers,
)
_schemas = st.builds(
    InputSchema,
    task=st.sampled_from(Task),
    features=st.lists(_features, max_size=5, unique_by=lambda feature: feature.name).map(tuple),
    classes=st.lists(_text, max_size=4).map(tuple),
    unit=_text,
)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)


def _plain() -> dict[str, Any]:
    return {
        "task": "regression",
        "unit": "ppmv",
        "features": [{"name": "temperature", "kind": "numeric", "unit": "°C", "low": -40, "high": 120}],
    }


@given(_schemas)
def test_a_schema_survives_its_json(schema: InputSchema) -> None:
    assert InputSchema.from_json(json.loads(json.dumps(schema.to_json()))) == schema


def test_what_may_be_left_out_has_a_harmless_default() -> None:
    schema = InputSchema.from_json({"task": "regression", "features": [{"name": "x", "kind": "numeric"}]})
    assert schema == InputSchema(Task.REGRESSION, (Feature("x", ColumnKind.NUMERIC),))
    assert schema.score_columns == ()


def test_score_columns_follow_the_order_of_the_classes() -> None:
    schema = InputSchema(Task.CLASSIFICATION, (Feature("x", ColumnKind.NUMERIC),), classes=("Toluene", "Acetone"))
    assert schema.score_columns == ("score_Toluene", "score_Acetone")
    assert schema.feature_names == ("x",)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("task",), "clustering"),
        (("features",), None),
        (("features",), "temperature"),
        (("features",), [["temperature"]]),
        (("classes",), 3),
        (("features", 0, "kind"), "colour"),
        (("features", 0, "low"), "cold"),
        (("features", 0, "low"), 10**400),
        (("features", 0, "importance"), []),
        (("features", 0, "categories"), 3),
    ],
    ids=lambda argument: str(argument)[:40],
)
def test_a_field_of_the_wrong_type_is_the_users_error(path: tuple[str | int, ...], value: Any) -> None:
    data = _plain()
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(UserError, match="input schema cannot be read"):
        InputSchema.from_json(data)


@pytest.mark.parametrize("field", ["task", "features"])
def test_a_missing_field_is_named(field: str) -> None:
    data = _plain()
    del data[field]
    with pytest.raises(UserError, match=field):
        InputSchema.from_json(data)


@pytest.mark.parametrize("field", ["name", "kind"])
def test_a_missing_field_of_a_feature_is_named(field: str) -> None:
    data = _plain()
    del data["features"][0][field]
    with pytest.raises(UserError, match=field):
        InputSchema.from_json(data)


def test_a_feature_named_twice_is_refused() -> None:
    data = _plain()
    data["features"] *= 2
    with pytest.raises(UserError, match="twice"):
        InputSchema.from_json(data)


@given(_anything, st.sampled_from(["task", "features", "classes", "unit"]))
def test_no_value_of_a_field_gets_past_as_our_own_bug(value: Any, field: str) -> None:
    try:
        schema = InputSchema.from_json(_plain() | {field: value})
    except UserError:
        return
    assert isinstance(schema, InputSchema)


@given(_anything, st.sampled_from(["name", "kind", "unit", "low", "high", "categories", "importance"]))
def test_no_value_of_a_features_field_gets_past_as_our_own_bug(value: Any, field: str) -> None:
    data = _plain()
    data["features"][0][field] = value
    try:
        schema = InputSchema.from_json(data)
    except UserError:
        return
    assert len(schema.features) == 1


def test_a_time_is_no_feature() -> None:
    plain = InputSchema(Task.REGRESSION, (Feature("x", ColumnKind.NUMERIC),)).to_json()
    plain["features"][0]["kind"] = "timestamp"
    with pytest.raises(UserError, match="'x' is a time, which no model can take"):
        InputSchema.from_json(plain)
