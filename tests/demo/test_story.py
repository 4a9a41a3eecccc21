"""The story that the product ships fits together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiqu_desktop.bundles.manifest import parse_manifest
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import resources
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.demo.story import Story, load_story
from aiqu_desktop.monitoring.settings import from_json


@pytest.fixture(scope="module")
def story() -> Story:
    return load_story()


def test_it_has_three_models_and_an_order_of_events(story: Story) -> None:
    assert [model.name for model in story.models] == ["gas-classifier", "gas-concentration", "machine-failure"]
    assert story.start < story.mistake.at < story.handover < story.end
    assert all(story.start < arrival.at < story.end for arrival in story.arrivals)
    assert story.mistake.reason and story.mistake.rollback_reason and story.mistake.by != story.operator


def test_each_version_of_it_is_a_bundle_that_is_what_it_is_called(story: Story) -> None:
    first = [(model.name, model.first_version) for model in story.models]
    for name, version in [*first, *((arrival.model, arrival.version) for arrival in story.arrivals)]:
        manifest = parse_manifest((story.bundle(name, version) / "manifest.json").read_bytes())
        assert (manifest.model, manifest.version) == (name, version)
        assert manifest.schema.feature_names == story.model(name).features


def test_two_people_sign_for_automatic_rollback_before_anybody_knows_of_the_mistake(story: Story) -> None:
    arrived = [a.at for a in story.arrivals if (a.model, a.version) == (story.mistake.model, story.mistake.version)]
    assert story.automatic.model == story.mistake.model and story.start < story.automatic.at < min(arrived)
    assert story.engineer != story.approver and 10 <= story.automatic.countdown.total_seconds() < 86_400


def test_the_mistake_has_arrived_before_it_is_made(story: Story) -> None:
    mistake = story.mistake
    (arrival,) = [a for a in story.arrivals if (a.model, a.version) == (mistake.model, mistake.version)]
    assert arrival.at <= mistake.at


def test_its_checks_have_settings_that_the_checks_know(story: Story) -> None:
    for model in story.models:
        assert set(model.checks) == set(CheckKind)
        for kind, changes in model.checks.items():
            settings = {name: value for name, value in changes.items() if name != "every_seconds"}
            base = {"metric": "accuracy", "limit": 0.9} if kind is CheckKind.PERFORMANCE else {}
            from_json(kind, base | settings)


def test_read_outs_fall_on_replayed_days(story: Story) -> None:
    assert all(model.read_out.total_seconds() % 86_400 == 0 for model in story.models)


@pytest.mark.parametrize("damage", ["gone", "no JSON", "no mistake", "not an instant", "no bundle"])
def test_a_damaged_story_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    demo = tmp_path / "demo"
    demo.mkdir()
    shutil.copytree(resources() / "demo" / "bundles", demo / "bundles", ignore=lambda *_: ["model.onnx"])
    told = json.loads((resources() / "demo" / "story.json").read_text("utf-8"))
    if damage == "no mistake":
        del told["mistake"]
    elif damage == "not an instant":
        told["start"] = "spring"
    elif damage == "no bundle":
        shutil.rmtree(demo / "bundles" / "gas-classifier" / "v1")
    if damage != "gone":
        (demo / "story.json").write_text("{" if damage == "no JSON" else json.dumps(told))
    monkeypatch.setenv("AIQU_RESOURCES", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="install AiQu Desktop again"):
        load_story()
