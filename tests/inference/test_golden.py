from __future__ import annotations

import json

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Task
from aiqu_desktop.inference import GoldenCases, OnnxModel
from tests.inference import tiny


@pytest.mark.parametrize("task", list(Task))
def test_the_accepted_model_passes_its_own_cases(task: Task) -> None:
    data = tiny.classifier() if task is Task.CLASSIFICATION else tiny.regressor()
    schema = tiny.schema(task)
    result = GoldenCases.from_bytes(tiny.golden(data, schema)).run(OnnxModel.from_bytes(data, schema))
    assert result.ok
    assert (result.passed, result.total) == (5, 5)
    assert result.largest_error < 1e-6


@pytest.mark.parametrize("task", list(Task))
def test_another_model_fails_and_each_failure_is_a_sentence(task: Task) -> None:
    schema = tiny.schema(task)
    accepted, other = (
        (tiny.classifier(), tiny.classifier(-np.eye(3)))
        if task is Task.CLASSIFICATION
        else (tiny.regressor(), tiny.regressor((1.0, 10.1, 100.0)))
    )
    result = GoldenCases.from_bytes(tiny.golden(accepted, schema)).run(OnnxModel.from_bytes(other, schema))
    assert not result.ok
    assert len(result.failures) == result.total - result.passed > 0
    assert result.largest_error > 1e-4
    assert all("Golden case" in sentence and sentence.endswith(".") for sentence in result.failures)


def test_scores_that_moved_fail_although_the_class_is_the_same() -> None:
    schema = tiny.schema()
    data = tiny.classifier()
    content = json.loads(tiny.golden(data, schema))
    content["cases"][2]["scores"]["good"] += 0.001
    result = GoldenCases.from_bytes(json.dumps(content).encode()).run(OnnxModel.from_bytes(data, schema))
    assert result.passed == 4
    assert result.largest_error == pytest.approx(0.001, rel=0.01)
    assert "case 3" in result.failures[0]


def test_a_missing_number_is_null_and_takes_part() -> None:
    schema = tiny.schema(Task.REGRESSION)
    model = OnnxModel.from_bytes(tiny.regressor((0.0, 1.0, 0.0)), schema)
    case = {"features": {"pressure": 1.0, "flow": None, "grade": None}, "prediction": 1.0}
    result = GoldenCases.from_bytes(json.dumps({"tolerance": 1e-4, "cases": [case]}).encode()).run(model)
    assert not result.ok  # the linear model answers not-a-number, which is not 1
    assert result.largest_error == float("inf")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"tolerance": 1e-4, "cases": []}',
        b'{"tolerance": "wide", "cases": [{"features": {}, "prediction": 1}]}',
        b'{"tolerance": NaN, "cases": [{"features": {}, "prediction": 1}]}',
        b'{"tolerance": 1, "cases": [{"features": 7, "prediction": 1}]}',
        b'{"tolerance": 1, "cases": [{"prediction": 1}]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_list_of_cases_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match="olden cases"):
        GoldenCases.from_bytes(content)


def test_a_case_without_a_feature_is_refused_not_guessed() -> None:
    schema = tiny.schema(Task.REGRESSION)
    content = json.loads(tiny.golden(tiny.regressor(), schema))
    del content["cases"][1]["features"]["flow"]
    result = GoldenCases.from_bytes(json.dumps(content).encode()).run(OnnxModel.from_bytes(tiny.regressor(), schema))
    assert result.passed == 0
    assert "case 2 lacks the feature 'flow'" in result.failures[0]
