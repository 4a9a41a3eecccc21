"""The bundles that travel with the product are what their manifests say, and the story is told with them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from aiqu_desktop.core.files import sha256_file
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import Task
from aiqu_desktop.inference import GoldenCases, OnnxModel

DEMO = Path(__file__).parents[2] / "resources" / "demo"
BUNDLES = sorted(path.parent for path in DEMO.glob("bundles/*/*/manifest.json"))
STORY = json.loads((DEMO / "story.json").read_text(encoding="utf-8"))
PLANT = {"gas-classifier": "gas", "gas-concentration": "gas", "machine-failure": "machine"}
LABEL = {"gas-classifier": "gas", "gas-concentration": "concentration_ppmv", "machine-failure": "Machine_failure"}


def loaded(bundle: Path) -> OnnxModel:
    schema = InputSchema.from_json(json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["schema"])
    return OnnxModel.from_bytes((bundle / "model.onnx").read_bytes(), schema)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_bundle_holds_the_files_of_its_manifest_and_answers_its_golden_cases(bundle: Path) -> None:
    content = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert (content["model"], f"v{content['version']}") == (bundle.parent.name, bundle.name)
    assert {path.name for path in bundle.iterdir()} == {"manifest.json", *content["files"]}
    for name, said in content["files"].items():
        assert said == {"sha256": sha256_file(bundle / name), "size": (bundle / name).stat().st_size}
    result = GoldenCases.from_bytes((bundle / "golden.json").read_bytes()).run(loaded(bundle))
    assert result.ok, result.failures
    assert 10 <= result.total <= 30


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_stated_metric_is_that_of_the_reference_rows(bundle: Path) -> None:
    content = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    rows = duckdb.sql(f"SELECT prediction, label FROM '{bundle / 'reference.parquet'}'").fetchnumpy()
    said = content["metrics"][content["primary_metric"]]
    prediction, label = rows["prediction"], rows["label"]
    if content["primary_metric"] == "mae":
        found = np.abs(prediction - label).mean()
    elif content["primary_metric"] == "accuracy":
        found = (prediction == label).mean()
    else:
        found = np.mean([(prediction == label)[label == name].mean() for name in np.unique(label)])
    assert said["value"] == pytest.approx(float(found), abs=1e-6)
    assert said["low"] <= said["value"] <= said["high"]
    assert said["n"] == len(label)


def monthly(model: str, version: int) -> dict[str, float]:
    """Accuracy or mean absolute error of one version on each month of the plant, "2009-02" and so on."""
    rows = duckdb.sql(f"SELECT * FROM '{DEMO}/plant/{PLANT[model]}.parquet'").fetchnumpy()
    labels = rows[LABEL[model]]
    runner = loaded(DEMO / "bundles" / model / f"v{version}")
    values = runner.predict(rows).values
    regression = runner.schema.task is Task.REGRESSION
    loss = np.abs(values - labels) if regression else (values.astype(str) == labels.astype(str)).astype(float)
    months = rows["event_time"].astype("datetime64[M]").astype(str)
    return {str(month): float(loss[months == month].mean()) for month in np.unique(months)}


def test_the_story_is_true_the_mistake_looked_better_and_is_worse() -> None:
    second, third = monthly("gas-classifier", 2), monthly("gas-classifier", 3)
    stated = {
        version: json.loads((DEMO / f"bundles/gas-classifier/v{version}/manifest.json").read_text())["metrics"][
            "accuracy"
        ]
        for version in (2, 3)
    }
    assert stated[3]["value"] > stated[2]["value"]
    assert third["2009-01"] > second["2009-01"]
    for month in ("2009-02", "2009-03", "2009-04"):
        assert second[month] > third[month] + 0.1
        assert second[month] >= 0.85


def test_the_story_is_true_the_sensors_age_and_the_replacement_is_better() -> None:
    second, fourth = monthly("gas-classifier", 2), monthly("gas-classifier", 4)
    for month in ("2009-06", "2009-07", "2009-08"):
        assert second[month] < 0.7
        assert fourth[month] > 0.95
    first, second, third = (monthly("gas-concentration", version) for version in (1, 2, 3))
    assert second["2008-12"] < first["2008-12"] / 2
    assert second["2009-03"] > 3 * second["2008-12"]
    assert third["2009-07"] < second["2009-07"]


def test_the_plan_names_versions_that_exist_and_none_is_ready_before_its_training_ends() -> None:
    assert set(STORY["models"]) == set(PLANT)
    for model, plan in STORY["models"].items():
        ready = {plan["initial_version"]: STORY["start"]} | {
            item["version"]: item["available"] for item in plan["imports"]
        }
        assert sorted(f"v{version}" for version in ready) == sorted(
            path.name for path in (DEMO / "bundles" / model).iterdir()
        )
        for version, instant in ready.items():
            content = json.loads((DEMO / f"bundles/{model}/v{version}/manifest.json").read_text(encoding="utf-8"))
            trained_until = datetime.fromisoformat(content["trained_on"]["to"])
            assert trained_until < datetime.fromisoformat(content["created"]) <= datetime.fromisoformat(instant)
    mistake = STORY["mistake"]
    available = {item["version"]: item["available"] for item in STORY["models"][mistake["model"]]["imports"]}
    assert available[mistake["version"]] < mistake["at"] < STORY["handover"] < STORY["end"]


def test_the_demo_travels_lightly_and_with_its_credits() -> None:
    sizes = [path.stat().st_size for path in DEMO.rglob("*") if path.is_file()]
    assert sum(sizes) < 12 * 2**20
    credits = (DEMO / "CREDITS.md").read_text(encoding="utf-8")
    assert credits.count("CC BY 4.0") >= 1
    assert "Vergara" in credits
    assert "Matzka" in credits
