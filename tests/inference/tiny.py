"""Small real ONNX models and schemas, made on the spot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import OnnxModel

FEATURES = ("pressure", "flow", "grade")
CLASSES = ("good", "bad", "scrap")
GRADES = ("A", "B", "C")


def schema(task: Task = Task.CLASSIFICATION) -> InputSchema:
    """Two numbers and a category; three classes, or a number in bar."""
    return InputSchema(
        task,
        (
            Feature("pressure", ColumnKind.NUMERIC, "bar"),
            Feature("flow", ColumnKind.NUMERIC, "l/min"),
            Feature("grade", ColumnKind.CATEGORICAL, categories=GRADES),
        ),
        CLASSES if task is Task.CLASSIFICATION else (),
        "" if task is Task.CLASSIFICATION else "bar",
    )


def packed(nodes: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any], constants: Sequence[Any]) -> ModelProto:
    """A model of one graph."""
    graph = helper.make_graph(list(nodes), "tiny", list(inputs), list(outputs), list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def classifier(weights: NDArray[Any] | None = None, width: int = 3) -> bytes:
    """Softmax of a linear map of the stacked features; labels are indices."""
    weights = np.eye(3, width) if weights is None else weights
    return packed(
        [
            helper.make_node("MatMul", ["x", "w"], ["z"]),
            helper.make_node("ArgMax", ["z"], ["label"], axis=1, keepdims=0),
            helper.make_node("Softmax", ["z"], ["scores"], axis=1),
        ],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, weights.shape[0]])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, weights.shape[1]]),
        ],
        [numpy_helper.from_array(weights.astype(np.float32), "w")],
    ).SerializeToString()


def regressor(weights: Sequence[float] = (1.0, 10.0, 100.0)) -> bytes:
    """A linear map of the stacked features."""
    column = np.array(weights, dtype=np.float32).reshape(-1, 1)
    return packed(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, len(column)])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [numpy_helper.from_array(column, "w")],
    ).SerializeToString()


def failing_regressor() -> bytes:
    """0 for most rows; fails on those whose flow is 1,000 or more."""
    return packed(
        [
            helper.make_node("Gather", ["x", "second"], ["flow"], axis=1),
            helper.make_node("Div", ["flow", "thousand"], ["share"]),
            helper.make_node("Relu", ["share"], ["positive"]),
            helper.make_node("Cast", ["positive"], ["place"], to=TensorProto.INT64),
            helper.make_node("Gather", ["zero", "place"], ["y"], axis=0),
        ],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [
            numpy_helper.from_array(np.array([1], dtype=np.int64), "second"),
            numpy_helper.from_array(np.array([1000.0], dtype=np.float32), "thousand"),
            numpy_helper.from_array(np.array([0.0], dtype=np.float32), "zero"),
        ],
    ).SerializeToString()


def hanging_regressor() -> bytes:
    """0 for each row, after as many rounds of doing nothing as the largest flow says."""
    one = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_on"], ["still"]),
            helper.make_node("Identity", ["held"], ["kept"]),
        ],
        "round",
        [one("round", TensorProto.INT64, []), one("go_on", TensorProto.BOOL, []), one("held", TensorProto.FLOAT, None)],
        [one("still", TensorProto.BOOL, []), one("kept", TensorProto.FLOAT, None)],
    )
    return packed(
        [
            helper.make_node("Gather", ["x", "second"], ["flow"], axis=1),
            helper.make_node("ReduceMax", ["flow"], ["most"], keepdims=0),
            helper.make_node("Cast", ["most"], ["rounds"], to=TensorProto.INT64),
            helper.make_node("Sub", ["flow", "flow"], ["nothing"]),
            helper.make_node("Loop", ["rounds", "yes", "nothing"], ["y"], body=body),
        ],
        [one("x", TensorProto.FLOAT, [None, 3])],
        [one("y", TensorProto.FLOAT, [None, 1])],
        [
            numpy_helper.from_array(np.array([1], dtype=np.int64), "second"),
            numpy_helper.from_array(np.array(True), "yes"),
        ],
    ).SerializeToString()


def by_name() -> bytes:
    """One input a feature, the grade as text: pressure + flow, and 1000 more for grade C."""
    return packed(
        [
            helper.make_node("Equal", ["grade", "c"], ["is_c"]),
            helper.make_node("Cast", ["is_c"], ["c_number"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["c_number", "thousand"], ["extra"]),
            helper.make_node("Add", ["pressure", "flow"], ["sum"]),
            helper.make_node("Add", ["sum", "extra"], ["y"]),
        ],
        [
            helper.make_tensor_value_info("pressure", TensorProto.FLOAT, [None, 1]),
            helper.make_tensor_value_info("flow", TensorProto.FLOAT, [None, 1]),
            helper.make_tensor_value_info("grade", TensorProto.STRING, [None, 1]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [
            numpy_helper.from_array(np.array(["C"], dtype=object), "c"),
            numpy_helper.from_array(np.array([1000.0], dtype=np.float32), "thousand"),
        ],
    ).SerializeToString()


def rows(count: int, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Columns of `count` random rows."""
    random = np.random.default_rng(seed)
    return {
        "pressure": random.normal(size=count).astype(np.float32).astype(np.float64),
        "flow": random.normal(size=count).astype(np.float32).astype(np.float64),
        "grade": random.choice(np.array(GRADES, dtype=object), count),
    }


def golden(model: bytes, of: InputSchema, count: int = 5, spoilt: bool = False) -> bytes:
    """Golden cases from the model itself; `spoilt` changes what the last one expects."""
    columns = rows(count, seed=99)
    answers = OnnxModel.from_bytes(model, of).predict(columns)
    cases: list[dict[str, Any]] = []
    for place in range(count):
        case: dict[str, Any] = {"features": {name: values[place] for name, values in columns.items()}}
        case["prediction"] = answers.values[place].item() if of.task is Task.REGRESSION else str(answers.values[place])
        if answers.scores is not None:
            case["scores"] = dict(zip(of.classes, answers.scores[place].tolist(), strict=True))
        cases.append(case)
    if spoilt:
        last = cases[-1]
        last["prediction"] = last["prediction"] + 1 if of.task is Task.REGRESSION else "no such answer"
    return json.dumps({"tolerance": 1e-4, "cases": cases}).encode()
