"""A manifest either holds together or is turned away with one sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.bundles.manifest import parse_manifest
from aiqu_desktop.bundles.names import is_model_name
from aiqu_desktop.bundles.schema_rules import difference
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from tests.factories.bundles import make_bundle, toy_schema

Content = dict[str, Any]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Content:
    folder = make_bundle(tmp_path_factory.mktemp("bundle"), "gas-classifier", 2)
    return json.loads((folder / "manifest.json").read_text())


def test_a_good_manifest_is_read_into_types(good: Content) -> None:
    manifest = parse_manifest(json.dumps(good).encode())
    assert (manifest.model, manifest.version, manifest.primary_metric) == ("gas-classifier", 2, "accuracy")
    assert manifest.created.tzinfo is not None
    assert manifest.digest == good["files"]["model.onnx"]["sha256"]
    metric = manifest.metrics["accuracy"]
    assert metric.low < metric.value < metric.high


def _set(path: str, value: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        *way, last = path.split("/")
        for step in way:
            content = content[int(step)] if isinstance(content, list) else content[step]
        content[last] = value

    return change


def _drop(name: str) -> Callable[[Content], None]:
    return lambda content: content.pop(name)


FAULTS: dict[str, tuple[Callable[[Content], Any], str]] = {
    "another format": (_set("format", "aiqu-bundle-9"), "format"),
    "no model": (_drop("model"), "'model'"),
    "a path for a name": (_set("model", "../../etc"), "model's name"),
    "a device for a name": (_set("model", "com1"), "model's name"),
    "upper case in a name": (_set("model", "Gas"), "model's name"),
    "a name that ends in a newline": (_set("model", "gas\n"), "model's name"),
    "version zero": (_set("version", 0), "version number"),
    "version true": (_set("version", True), "'version'"),
    "version as text": (_set("version", "2"), "'version'"),
    "no owner": (_set("owner", " "), "'owner'"),
    "no time zone": (_set("created", "2008-02-01T00:00:00"), "zone"),
    "no date at all": (_set("created", "yesterday"), "created"),
    "a metric without an interval": (_set("metrics/accuracy", {"value": 0.9, "n": 3}), "accuracy"),
    "a metric outside its interval": (
        _set("metrics/accuracy", {"value": 0.9, "low": 0.1, "high": 0.2, "n": 3}),
        "outside its own interval",
    ),
    "a metric on no rows": (_set("metrics/accuracy", {"value": 0.9, "low": 0.8, "high": 1, "n": 0}), "no rows"),
    "a primary metric without a figure": (_set("primary_metric", "balanced_accuracy"), "no figure"),
    "an error as a classifier's metric": (_set("primary_metric", "mae"), "mae"),
    "a file too many": (_set("files/run.py", {"sha256": "0" * 64, "size": 3}), "run.py"),
    "a path as a file's name": (_set("files/..", {"sha256": "0" * 64, "size": 3}), "'..'"),
    "a file too few": (lambda content: content["files"].pop("golden.json"), "golden.json"),
    "no digest": (_set("files/model.onnx", {"size": 3}), "model.onnx"),
    "an upper-case digest": (_set("files/model.onnx", {"sha256": "A" * 64, "size": 3}), "model.onnx"),
    "a negative size": (_set("files/model.onnx/size", -1), "size"),
    "a size beyond 2 GiB": (_set("files/model.onnx/size", 1 << 31), "size"),
    "no features": (_set("schema/features", []), "no features"),
    "an unknown kind": (_set("schema/features/0/kind", "complex"), "schema"),
    "a feature called id": (_set("schema/features/0/name", "id"), "'id'"),
    **{
        f"a feature called {name}": (_set("schema/features/0/name", name), f"'{name}' cannot be a feature's name")
        for name in (
            "ID",
            "event_time",
            "Prediction",
            "label",
            "Labelled_At",
            "served_digest",
            "Received_at",
            "SCORE_good",
            "file_row_number",
        )
    },
    "features that differ by case": (_set("schema/features/0/name", "RECIPE"), "'RECIPE' and 'recipe' differ by case"),
    "classes that differ by case": (_set("schema/classes", ["good", "Good"]), "'good' and 'Good' differ by case"),
    "a feature like a score": (_set("schema/features/0/name", "score_good"), "score_good"),
    "a categorical feature without categories": (_set("schema/features/3/categories", []), "recipe"),
    "a range upside down": (_set("schema/features/0/low", 500), "range"),
    "a classifier with one class": (_set("schema/classes", ["good"]), "classes"),
    "a class named twice": (_set("schema/classes", ["good", "good"]), "classes"),
    "a task of its own": (_set("schema/task", "poetry"), "schema"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_in_one_sentence(good: Content, fault: str) -> None:
    change, named = FAULTS[fault]
    content = copy.deepcopy(good)
    change(content)
    with pytest.raises(UserError) as caught:
        parse_manifest(json.dumps(content).encode())
    assert named in str(caught.value)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_name_said_twice_is_refused_because_two_readers_may_choose_differently(good: Content) -> None:
    text = json.dumps(good)
    with pytest.raises(UserError, match="'version' is said twice"):
        parse_manifest(text.replace('"version": 2', '"version": 2, "version": 3').encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b'{"format": NaN}', b"[" * 100_000, b"null"])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match="manifest"):
        parse_manifest(data)


@given(st.binary(max_size=200))
def test_no_bytes_get_past_without_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError):
        parse_manifest(data)


@given(st.text(max_size=70))
def test_a_model_name_can_never_leave_its_folder(text: str) -> None:
    if is_model_name(text):
        assert Path(text).name == text and text not in (".", "..") and not set(text) & set('\\/:*?"<>| .\n\0')


def _changed(**feature: Any) -> InputSchema:
    data = toy_schema().to_json()
    data["features"][0] |= feature
    return InputSchema.from_json(data)


def test_the_first_difference_between_schemas_is_named() -> None:
    model = toy_schema()
    assert difference(model, model) == ""
    assert "'temperature' is missing" in difference(model, _changed(name="heat"))
    assert "'temperature' is integer" in difference(model, _changed(kind="integer"))
    assert "K" in difference(model, _changed(unit="K"))
    fewer = InputSchema.from_json(model.to_json() | {"classes": ["good", "worn"]})
    assert "'broken' is missing" in difference(model, fewer)
    assert "'broken' is not one" in difference(fewer, model)


def test_order_ranges_and_importances_are_the_versions_own_affair() -> None:
    data = toy_schema().to_json()
    data["features"].reverse()
    data["classes"].reverse()
    data["features"][0]["importance"] = 0.9
    data["features"][-1]["low"] = -500.0
    assert difference(toy_schema(), InputSchema.from_json(data)) == ""
