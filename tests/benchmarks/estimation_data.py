"""Cases for the estimation benchmark that this project makes itself: planted shifts, and the demo's plant data.

A case is a .npz file as `peers/nannyml_estimation.py` describes it. Every reference is held-out labelled data, every
analysis is what came later; the labels of the analysis are used to judge, never to estimate.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from aiqu_desktop.bundles.manifest import parse_manifest
from aiqu_desktop.drift.values import Floats
from aiqu_desktop.inference import OnnxModel

DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
_TABLE = {"gas-classifier": "gas", "gas-concentration": "gas", "machine-failure": "machine"}
_LABEL = {
    "gas-classifier": "gas",
    "gas-concentration": "concentration_ppmv",
    "machine-failure": "Machine_failure",
}
_VERSIONS = (
    ("gas-classifier", 1, 200), ("gas-classifier", 2, 200), ("gas-classifier", 4, 200), ("gas-classifier", 5, 200),
    ("gas-concentration", 1, 200), ("gas-concentration", 2, 200), ("gas-concentration", 3, 200),
    ("gas-concentration", 4, 200), ("machine-failure", 1, 500), ("machine-failure", 2, 500),
)  # fmt: skip


def write_cases(folder: Path) -> None:
    """Write every case of ours into `folder`."""
    for sharpness, name in ((1.0, "honest"), (2.5, "overconfident"), (0.5, "underconfident")):
        _shifted_binary(folder / f"synthetic_binary_{name}.npz", sharpness)
    _shifted_multiclass(folder / "synthetic_multiclass.npz")
    for noise in (0.5, 2.0):
        _shifted_regression(folder / f"synthetic_regression_{noise:g}.npz", noise)
    for model, version, size in _VERSIONS:
        _demo(folder / f"{model}_v{version}.npz", model, version, size)


def _save(file: Path, task: str, size: int, reference: dict[str, Any], analysis: dict[str, Any]) -> None:
    parts = {f"reference_{name}": values for name, values in reference.items()}
    parts |= {f"analysis_{name}": values for name, values in analysis.items()}
    np.savez(file, task=task, size=size, **parts)


def _shifted_binary(file: Path, sharpness: float) -> None:
    """A score whose log-odds are `sharpness` times the truth's, in windows whose inputs move by up to 1.5 sd."""
    rng = np.random.default_rng(81)

    def rows(shift: Floats) -> dict[str, Any]:
        signal = rng.normal(0.0, 1.5, shift.size) + shift - 0.5
        positive = 1 / (1 + np.exp(-sharpness * (signal + 0.3)))
        labels = (rng.random(shift.size) < 1 / (1 + np.exp(-signal))).astype(int)
        return {
            "scores": np.column_stack([1 - positive, positive]),
            "predictions": (positive >= 0.5).astype(int),
            "labels": labels,
        }

    shifts = np.repeat(1.5 * np.sin(np.arange(30) / 3), 500)
    _save(file, "classification", 500, rows(np.zeros(3000)), rows(shifts))


def _shifted_multiclass(file: Path) -> None:
    """Four classes, overconfident scores, and windows in which the mix of the classes moves."""
    rng = np.random.default_rng(82)

    def rows(shift: Floats) -> dict[str, Any]:
        direction = np.array([1.0, -0.5, 0.3, -0.8])
        logits = rng.normal(0.0, 1.2, (shift.size, 4)) + shift[:, np.newaxis] * direction
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        scores = np.exp(2.0 * logits + np.array([0.4, 0.0, -0.4, 0.2]))
        scores /= scores.sum(axis=1, keepdims=True)
        labels = (rng.random((shift.size, 1)) > np.cumsum(chances, axis=1)[:, :3]).sum(axis=1)
        return {"scores": scores, "predictions": scores.argmax(axis=1), "labels": labels}

    _save(file, "classification", 500, rows(np.zeros(3000)), rows(np.repeat(1.2 * np.sin(np.arange(30) / 3), 500)))


def _shifted_regression(file: Path, noise: float) -> None:
    """Noise that depends on two of eight features, a model that is wrong where a third is large, and moving inputs."""
    rng = np.random.default_rng(83)

    def rows(shift: Floats) -> dict[str, Any]:
        features = rng.normal(size=(shift.size, 8)) + shift[:, np.newaxis] * np.array([1, 0.5, -1, 0, 0, 0, 0, 0])
        truth = features[:, 0] * 2 + features[:, 1] ** 2 + 1.5 * np.maximum(0.0, features[:, 2])
        scale = noise * (0.3 + np.abs(features[:, 0]) * (features[:, 3] > 0))
        predictions = features[:, 0] * 2 + features[:, 1] ** 2 + 0.6
        return {
            "features": features,
            "predictions": predictions,
            "labels": truth + scale * rng.normal(size=shift.size),
        }

    _save(file, "regression", 500, rows(np.zeros(3000)), rows(np.repeat(1.2 * np.sin(np.arange(30) / 3), 500)))


def _demo(file: Path, model: str, version: int, size: int) -> None:
    """The reference of a bundle, and every plant row after the months that it was trained on."""
    folder = DEMO / "bundles" / model / f"v{version}"
    manifest = json.loads((folder / "manifest.json").read_text())
    schema = parse_manifest((folder / "manifest.json").read_bytes()).schema
    onnx = OnnxModel.from_bytes((folder / "model.onnx").read_bytes(), schema)
    with duckdb.connect() as connection:
        reference = connection.execute(
            "SELECT * FROM read_parquet(?)", [str(folder / "reference.parquet")]
        ).fetchnumpy()
        plant = connection.execute(
            "SELECT * FROM read_parquet(?) WHERE event_time > CAST(? AS TIMESTAMP) ORDER BY event_time",
            [str(DEMO / "plant" / f"{_TABLE[model]}.parquet"), manifest["trained_on"]["to"].rstrip("Z")],
        ).fetchnumpy()
    answers = onnx.predict(plant)
    labels = plant[_LABEL[model]]
    if not schema.classes:
        inputs = [np.column_stack([np.asarray(part[f.name], dtype=float) for f in schema.features])
                  for part in (reference, plant)]  # fmt: skip
        _save(
            file, "regression", size,
            {"features": inputs[0], "predictions": reference["prediction"].astype(float),
             "labels": reference["label"].astype(float)},
            {"features": inputs[1], "predictions": answers.values, "labels": labels.astype(float)},
        )  # fmt: skip
        return
    if labels.dtype.kind in "iub":
        labels = np.array(schema.classes)[labels.astype(int)]
    places = {name: index for index, name in enumerate(schema.classes)}

    def coded(names: Any) -> Any:
        return np.array([places[str(name)] for name in names])

    scores = np.column_stack([np.asarray(reference[f"score_{name}"], dtype=float) for name in schema.classes])
    _save(
        file, "classification", size,
        {"scores": scores, "predictions": coded(reference["prediction"]), "labels": coded(reference["label"])},
        {"scores": answers.scores, "predictions": coded(answers.values), "labels": coded(labels)},
    )  # fmt: skip
