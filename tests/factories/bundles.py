"""Valid bundle folders for tiny models, made in a few hundredths of a second.

    folder = make_bundle(tmp_path / "v1", "toy", 1)
    (folder / "golden.json").write_text("{}")
    reseal(folder)                                  # digests and sizes fit again, so the content itself is judged

The toy model takes temperature, pressure, speed and recipe; a linear layer and a softmax tell three classes apart
(or, as a regression, one number). Versions differ in weights, so they differ in digest.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import OnnxModel

CLASSES = ("good", "worn", "broken")
RECIPES = ("A", "B")
FEATURES = (
    Feature("temperature", ColumnKind.NUMERIC, "°C", -20.0, 120.0, importance=0.5),
    Feature("pressure", ColumnKind.NUMERIC, "bar", 0.0, 10.0, importance=0.3),
    Feature("speed", ColumnKind.INTEGER, "rpm", 0.0, 3000.0, importance=0.15),
    Feature("recipe", ColumnKind.CATEGORICAL, categories=RECIPES, importance=0.05),
)
_CENTRE = np.array([60.0, 5.0, 1500.0, 0.5])
_SPREAD = np.array([15.0, 1.5, 400.0, 0.5])
_TRUTH = np.array([[-1.5, 0.2, 1.5], [-1.0, 0.4, 0.8], [-0.6, 0.9, -0.2], [0.1, -0.2, 0.1]])


def toy_schema(task: Task = Task.CLASSIFICATION) -> InputSchema:
    """The schema of the toy model."""
    if task is Task.REGRESSION:
        return InputSchema(task, FEATURES, unit="µm")
    return InputSchema(task, FEATURES, classes=CLASSES)


def toy_columns(rows: int, seed: int = 0, shift: float = 0.0) -> dict[str, NDArray[Any]]:
    """Feature columns as the plant gives them; `shift` moves the temperature by so many of its standard deviations."""
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=(rows, 3))
    return {
        "temperature": np.round(_CENTRE[0] + _SPREAD[0] * (normal[:, 0] + shift), 3),
        "pressure": np.round(np.clip(_CENTRE[1] + _SPREAD[1] * normal[:, 1], 0, 10), 3),
        "speed": np.clip(_CENTRE[2] + _SPREAD[2] * normal[:, 2], 0, 3000).astype(np.int64),
        "recipe": np.array(RECIPES, dtype=object)[rng.integers(0, 2, rows)],
    }


def toy_labels(columns: Mapping[str, NDArray[Any]], task: Task = Task.CLASSIFICATION, seed: int = 1) -> NDArray[Any]:
    """What the rows really were: the plant's own law with a little noise."""
    logits = _scaled(columns) @ _TRUTH
    noise = np.random.default_rng(seed).normal(size=logits.shape)
    if task is Task.REGRESSION:
        return np.round(10.0 + 3.0 * logits[:, 2] + 0.3 * noise[:, 0], 6)
    return np.array(CLASSES, dtype=object)[np.argmax(logits + 0.3 * noise, axis=1)]


def toy_onnx(
    version: int = 1, task: Task = Task.CLASSIFICATION, *, off: float = 0.05, lost_recipe: bool = False
) -> bytes:
    """A linear model as ONNX bytes; each version's weights are a little off the plant's law, each in its own way.

    off: how far they are off; from about 1 on the model is bad. lost_recipe: it calls all of recipe B good.
    """
    wrong = np.random.default_rng(1000 + version).normal(scale=off, size=_TRUTH.shape)
    weights = (_TRUTH + wrong) / _SPREAD[:, None]
    bias = -_CENTRE @ weights
    if lost_recipe:
        weights[3] += (50.0, 0.0, 0.0)
    if task is Task.REGRESSION:
        weights, bias = 3.0 * weights[:, 2:], 10.0 + 3.0 * bias[2:]
    constants = [_constant("weights", weights), _constant("bias", bias)]
    nodes = [helper.make_node("MatMul", ["input", "weights"], ["product"])]
    if task is Task.REGRESSION:
        nodes.append(helper.make_node("Add", ["product", "bias"], ["variable"]))
        outputs = [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])]
    else:
        nodes += [
            helper.make_node("Add", ["product", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
            helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
        ]
        outputs = [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(CLASSES)]),
        ]
    matrix = helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, len(FEATURES)])
    graph = helper.make_graph(nodes, "toy", [matrix], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def make_bundle(
    folder: Path,
    model: str = "toy",
    version: int = 1,
    *,
    task: Task = Task.CLASSIFICATION,
    schema: InputSchema | None = None,
    weights: int | None = None,
    metric: float | None = None,
    rows: int = 200,
    golden: int = 10,
    off: float = 0.05,
    lost_recipe: bool = False,
    created: str = "2008-02-01T00:00:00Z",
) -> Path:
    """Write a valid bundle into `folder` (made if absent) and return it.

    schema: what the manifest says in place of the toy's own schema (to make one that does not fit).
    weights: the seed of the weights where it shall differ from the version number (the same model twice).
    metric: the primary metric on the card, in place of the one measured on the reference rows.
    rows, golden: how many reference rows and golden cases. off, lost_recipe: as for `toy_onnx`.
    created: when the version was made: rows from then on are new to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    onnx_bytes = toy_onnx(version if weights is None else weights, task, off=off, lost_recipe=lost_recipe)
    honest = toy_schema(task)
    runner = OnnxModel.from_bytes(onnx_bytes, honest)
    columns = toy_columns(rows, seed=17)
    labels = toy_labels(columns, task)
    answers = runner.predict(columns)
    (folder / "model.onnx").write_bytes(onnx_bytes)
    (folder / "golden.json").write_text(json.dumps(_golden(columns, answers.values, answers.scores, golden)))
    (folder / "card.md").write_text(f"# {model} {version}\n\nA toy for tests.\n")
    reference = {**columns, "prediction": answers.values}
    if answers.scores is not None:
        reference |= {name: answers.scores[:, place] for place, name in enumerate(honest.score_columns)}
    write_parquet(folder / "reference.parquet", reference | {"label": labels})
    measure = _mae if task is Task.REGRESSION else _accuracy
    primary = "mae" if task is Task.REGRESSION else "accuracy"
    manifest = {
        "format": "aiqu-bundle-1",
        "model": model,
        "title": model.replace("-", " ").capitalize(),
        "owner": "Line 1",
        "version": version,
        "notes": f"trained on sample {version}",
        "author": "D. Scientist",
        "created": created,
        "schema": (schema or honest).to_json(),
        "metrics": {primary: measure(answers.values, labels, metric)},
        "primary_metric": primary,
        "files": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return reseal(folder)


def reseal(folder: Path, **changes: Any) -> Path:
    """Make digests and sizes fit the files again after a test changed one; `changes` replace the manifest's fields."""
    place = folder / "manifest.json"
    manifest = json.loads(place.read_text()) | changes
    manifest["files"] = {
        file.name: {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "size": file.stat().st_size}
        for file in sorted(folder.iterdir())
        if file.name != "manifest.json"
    }
    place.write_text(json.dumps(manifest, indent=2))
    return folder


def write_parquet(path: Path, columns: Mapping[str, NDArray[Any]]) -> Path:
    """Write columns of equal length as one Parquet file."""
    connection = duckdb.connect(":memory:")
    try:
        connection.register("given", dict(columns))
        connection.execute(f"COPY (SELECT * FROM given) TO '{path}' (FORMAT parquet)")
    finally:
        connection.close()
    return path


def _scaled(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    recipe = np.array([RECIPES.index(name) for name in columns["recipe"]], dtype=np.float64)
    plain = [np.asarray(columns[name], dtype=np.float64) for name in ("temperature", "pressure", "speed")]
    return (np.column_stack([*plain, recipe]) - _CENTRE) / _SPREAD


def _constant(name: str, values: NDArray[np.float64]) -> onnx.TensorProto:
    return numpy_helper.from_array(values.astype(np.float32), name)


def _golden(
    columns: Mapping[str, NDArray[Any]], values: NDArray[Any], scores: NDArray[np.float64] | None, count: int
) -> dict[str, Any]:
    cases = []
    for row in range(count):
        case: dict[str, Any] = {"features": {name: _plain(column[row]) for name, column in columns.items()}}
        case["prediction"] = _plain(values[row])
        if scores is not None:
            case["scores"] = {name: float(scores[row, place]) for place, name in enumerate(CLASSES)}
        cases.append(case)
    return {"tolerance": 1e-4, "cases": cases}


def _accuracy(values: NDArray[Any], labels: NDArray[Any], said: float | None) -> dict[str, float]:
    """With Wilson's interval (E. B. Wilson, JASA 22, 1927)."""
    n, z = len(labels), 1.959964
    share = float(np.mean(values.astype(str) == labels.astype(str))) if said is None else said
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return {"value": share, "low": middle - half, "high": middle + half, "n": n}


def _mae(values: NDArray[Any], labels: NDArray[Any], said: float | None) -> dict[str, float]:
    errors = np.abs(values.astype(np.float64) - labels.astype(np.float64))
    value = float(errors.mean()) if said is None else said
    half = 1.959964 * float(errors.std()) / math.sqrt(len(errors))
    return {"value": value, "low": max(0.0, value - half), "high": value + half, "n": len(errors)}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
