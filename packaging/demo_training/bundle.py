"""Writes one version as a bundle folder: manifest, model, golden cases, reference rows, model card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.files import sha256_bytes, sha256_file
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import GoldenCases, OnnxModel
from demo_training import measure, plant, story
from demo_training.models import SEED, train
from demo_training.versions import CLASSIFIER, CONCENTRATION, GASES, MACHINE, OWNERS, TITLES, Recipe

REFERENCE_ROWS = 800  # at most: the reference travels with each version
GOLDEN_ROWS = 16
_TOLERANCE = 1e-4
_MARGIN = 0.5  # of the training range, on both sides: what a drifting but sound sensor may still show
LABELS = {CLASSIFIER: "gas", CONCENTRATION: "concentration_ppmv", MACHINE: plant.MACHINE_LABEL}
PRIMARY = {CLASSIFIER: "accuracy", CONCENTRATION: "mae", MACHINE: "balanced_accuracy"}


@dataclass(frozen=True)
class Built:
    """A finished version, for the table and the checks that follow."""

    recipe: Recipe
    model: OnnxModel
    metrics: dict[str, dict[str, float]]
    size: int


def build(recipe: Recipe, source: plant.Plant, folder: Path) -> Built:
    """Train, judge on held-out rows, and write the bundle to `folder`."""
    chosen = (source.month >= recipe.first) & (source.month <= recipe.last)
    rows = matrix(source)[chosen]
    labels = source.columns[LABELS[recipe.model]][chosen]
    model = train(recipe, rows, labels)
    values, scores = measure.held_out(recipe, rows, labels)
    random = np.random.default_rng(SEED)
    kept = np.sort(random.choice(len(rows), min(REFERENCE_ROWS, len(rows)), replace=False))
    classes = _classes(recipe.model)
    found = measure.metrics(labels[kept], values[kept], classes)
    weights = measure.importance(model.answer, rows[kept], labels[kept], classes)
    schema = _schema(recipe.model, source, rows, weights)

    folder.mkdir(parents=True, exist_ok=True)
    onnx_bytes = model.to_onnx()
    (folder / "model.onnx").write_bytes(onnx_bytes)
    columns = {name: values[chosen][kept] for name, values in source.columns.items() if name in source.features}
    _write_reference(folder, columns, values[kept], None if scores is None else scores[kept], labels[kept], schema)
    loaded = OnnxModel.from_bytes(onnx_bytes, schema)
    _write_golden(folder, loaded, columns)
    period = (source.columns["event_time"][chosen][0], source.columns["event_time"][chosen][-1])
    _write_card(folder, recipe, found, len(rows), weights, schema)
    _write_manifest(folder, recipe, schema, found, period, len(rows))
    return Built(recipe, loaded, found, len(onnx_bytes))


def matrix(source: plant.Plant) -> NDArray[np.float32]:
    """All rows as the model takes them: features in schema order, categories by index."""
    stacked = [
        np.array([plant.MACHINE_CATEGORIES.index(value) for value in source.columns[name]], dtype=np.float32)
        if name == "Type"
        else source.columns[name]
        for name in source.features
    ]
    return np.column_stack(stacked).astype(np.float32)


def _classes(model: str) -> tuple[str, ...]:
    return {CLASSIFIER: GASES, CONCENTRATION: (), MACHINE: ("ok", "failure")}[model]


def _schema(model: str, source: plant.Plant, rows: NDArray[np.float32], weights: NDArray[np.float64]) -> InputSchema:
    shares = [round(float(weight), 6) for weight in weights]
    if model == MACHINE:
        features = [Feature("Type", ColumnKind.CATEGORICAL, categories=plant.MACHINE_CATEGORIES, importance=shares[0])]
        for (name, _, unit, low, high), share in zip(plant.MACHINE_FEATURES, shares[1:], strict=True):
            features.append(Feature(name, ColumnKind.NUMERIC, unit, low, high, importance=share))
    else:
        features = []
        for place, name in enumerate(source.features):
            low, high = float(rows[:, place].min()), float(rows[:, place].max())
            margin = _MARGIN * (high - low)
            bounds = (float(f"{low - margin:.4g}"), float(f"{high + margin:.4g}"))
            features.append(Feature(name, ColumnKind.NUMERIC, "", *bounds, importance=shares[place]))
    task = Task.REGRESSION if model == CONCENTRATION else Task.CLASSIFICATION
    return InputSchema(task, tuple(features), _classes(model), "ppmv" if model == CONCENTRATION else "")


def _write_reference(
    folder: Path,
    columns: dict[str, NDArray[Any]],
    values: NDArray[Any],
    scores: NDArray[np.float64] | None,
    labels: NDArray[Any],
    schema: InputSchema,
) -> None:
    table = dict(columns) | {"prediction": values}
    if scores is not None:
        table |= {name: scores[:, place] for place, name in enumerate(schema.score_columns)}
    plant.write(table | {"label": labels}, folder / "reference.parquet")


def _write_golden(folder: Path, model: OnnxModel, columns: dict[str, NDArray[Any]]) -> None:
    """Cases spread evenly over the reference, answered by ONNX Runtime; the last has a missing number."""
    places = np.linspace(0, len(next(iter(columns.values()))) - 1, GOLDEN_ROWS).astype(int)
    inputs = {name: values[places].copy() for name, values in columns.items()}
    numeric = [feature.name for feature in model.schema.features if feature.kind is ColumnKind.NUMERIC]
    inputs[numeric[0]] = inputs[numeric[0]].astype(np.float64)
    inputs[numeric[0]][-1] = np.nan
    answers = model.predict(inputs)
    cases = []
    for place in range(GOLDEN_ROWS):
        case: dict[str, Any] = {"features": {name: _plain(values[place]) for name, values in inputs.items()}}
        case["prediction"] = _plain(answers.values[place])
        if answers.scores is not None:
            case["scores"] = {
                name: round(float(score), 7)
                for name, score in zip(model.schema.classes, answers.scores[place], strict=True)
            }
        cases.append(case)
    content = json.dumps({"tolerance": _TOLERANCE, "cases": cases}, indent=1).encode()
    result = GoldenCases.from_bytes(content).run(model)
    if not result.ok:
        raise ValueError(f"{folder}: the golden cases do not pass: {result.failures}")
    (folder / "golden.json").write_bytes(content + b"\n")


def _plain(value: Any) -> str | float | None:
    if isinstance(value, str):
        return str(value)
    return None if np.isnan(value) else float(value)


def _write_card(
    folder: Path,
    recipe: Recipe,
    found: dict[str, dict[str, float]],
    rows: int,
    weights: NDArray[np.float64],
    schema: InputSchema,
) -> None:
    primary = found[PRIMARY[recipe.model]]
    unit = f" {schema.unit}" if schema.unit else ""
    strongest = [schema.feature_names[place] for place in np.argsort(-weights)[:5]]
    folder.joinpath("card.md").write_text(
        f"# {TITLES[recipe.model]}, version {recipe.version}\n\n"
        f"{recipe.notes} Author: {recipe.author}. Owner: {OWNERS[recipe.model]}.\n\n"
        f"- **For**: {story.PURPOSE[recipe.model]}\n"
        f"- **Method**: {story.METHOD[recipe.model]}\n"
        f"- **Trained on**: {rows} rows, months {recipe.first} to {recipe.last} of the plant's record "
        "(1 is January 2008).\n"
        f"- **Held out**: {PRIMARY[recipe.model]} {primary['value']:.3f}{unit} (95 % interval {primary['low']:.3f} to "
        f"{primary['high']:.3f}, {primary['n']} rows), by five-fold cross-validation inside these months.\n"
        f"- **Rests most on**: {', '.join(strongest)}.\n"
        f"- **Limits**: {story.LIMITS[recipe.model]}\n",
        encoding="utf-8",
    )


def _write_manifest(
    folder: Path,
    recipe: Recipe,
    schema: InputSchema,
    found: dict[str, dict[str, float]],
    period: tuple[np.datetime64, np.datetime64],
    rows: int,
) -> None:
    files = ("model.onnx", "golden.json", "reference.parquet", "card.md")
    manifest = {
        "format": "aiqu-bundle-1",
        "model": recipe.model,
        "title": TITLES[recipe.model],
        "owner": OWNERS[recipe.model],
        "version": recipe.version,
        "notes": recipe.notes,
        "author": recipe.author,
        "created": f"{recipe.available}T00:00:00Z",
        "trained_on": {"from": iso(period[0].item()), "to": iso(period[1].item()), "rows": rows},
        "schema": schema.to_json(),
        "metrics": found,
        "primary_metric": PRIMARY[recipe.model],
        "files": {
            name: {"sha256": sha256_file(folder / name), "size": (folder / name).stat().st_size} for name in files
        },
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def digest(folder: Path) -> str:
    """The digest that names a built version."""
    return sha256_bytes((folder / "model.onnx").read_bytes())
