"""A retraining request carries the drifted window, its evidence and wishes, and nothing that stays here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.lifecycle.policy import policy_file
from aiqu_desktop.lifecycle.retraining import LEFT_OUT, without_names
from aiqu_desktop.services.audit import list_audit, verify_chain
from aiqu_desktop.services.retraining import features_of, request_retraining
from tests.factories.plant_site import PlantSite, plant_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantSite]:
    """Three good days and three shifted and bad ones."""
    with plant_site(tmp_path_factory.mktemp("retraining")) as made:
        for wrong in (0.02, 0.02, 0.02, 0.9, 0.9, 0.9):
            made.day(wrong=wrong, shift=3.0 if wrong > 0.5 else 0.0)
        yield made


@pytest.fixture(autouse=True)
def no_policy(site: PlantSite) -> Iterator[None]:
    yield
    policy_file(site.registry.paths, "toy").unlink(missing_ok=True)


def _columns(folder: Path) -> list[str]:
    with duckdb.connect() as connection:
        query = "DESCRIBE SELECT * FROM read_parquet(?)"
        return [row[0] for row in connection.execute(query, [str(folder / "observations.parquet")]).fetchall()]


def test_it_holds_the_window_the_evidence_and_the_wishes(site: PlantSite, tmp_path: Path) -> None:
    made = request_retraining(
        site.registry, "toy", tmp_path / "out" / "request", by="Eva", wishes="# Please\n\nFewer false alarms."
    )
    assert (made.rows, made.labelled, made.left_out) == (360, 360, 0)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (manifest["format"], manifest["model"], manifest["version"]) == ("aiqu-retraining-1", "toy", 1)
    assert sorted(manifest["files"]) == ["evidence.json", "observations.parquet", "wishes.md"]
    for name, facts in manifest["files"].items():
        assert hashlib.sha256((made.folder / name).read_bytes()).hexdigest() == facts["sha256"]
    assert hashlib.sha256((made.folder / "manifest.json").read_bytes()).hexdigest() == made.manifest_sha256
    assert {"id", "event_time", "temperature", "recipe", "prediction", "label"} <= set(_columns(made.folder))
    with duckdb.connect() as connection:
        query = "SELECT count(*), count(label), typeof(any_value(event_time)) FROM read_parquet(?)"
        counted = connection.execute(query, [str(made.folder / "observations.parquet")]).fetchone()
    assert counted == (360, 360, "TIMESTAMP WITH TIME ZONE")
    evidence = json.loads((made.folder / "evidence.json").read_text())
    assert "performance" in {alarm["key"] for alarm in evidence["alarms"]}
    assert {"drift", "performance"} <= {run["kind"] for run in evidence["check_runs"]}
    assert evidence["why_it_drifted"]["reasons"] and evidence["releases"][0]["to"] == 1
    assert (made.folder / "wishes.md").read_text() == "# Please\n\nFewer false alarms.\n"
    record = list_audit(site.registry, text="retraining.requested")[0]
    assert (record.actor, record.new["manifest"]) == ("Eva", made.manifest_sha256)
    assert verify_chain(site.registry).intact


def test_what_is_confidential_or_deselected_is_in_no_file_not_even_by_name(site: PlantSite, tmp_path: Path) -> None:
    policy_file(site.registry.paths, "toy").write_text('[retraining]\nconfidential = ["temperature"]\n')
    assert dict(features_of(site.registry, "toy"))["temperature"] is True
    made = request_retraining(
        site.registry, "toy", tmp_path / "request", by="Eva", wishes="The temperature drifts.", without=["recipe"]
    )
    assert made.left_out == 2
    assert not {"temperature", "recipe"} & set(_columns(made.folder))
    for file in made.folder.iterdir():
        content = file.read_bytes()
        assert b"temperature" not in content and b"recipe" not in content, file.name
    assert LEFT_OUT in (made.folder / "wishes.md").read_text()
    assert list_audit(site.registry, text="retraining.requested")[0].new["left_out"] == ["recipe", "temperature"]


@pytest.mark.parametrize(("how", "said"), [
    ({"without": ["colour"]}, "has no feature 'colour'"),
    ({"by": " "}, "needs the name"),
    ({"days": 0.0}, "is no span"),
    ({"days": 0.001}, "No observation"),
])  # fmt: skip
def test_what_cannot_be_asked_writes_and_records_nothing(
    site: PlantSite, tmp_path: Path, how: dict[str, object], said: str
) -> None:
    before = len(list_audit(site.registry, text="retraining.requested"))
    with pytest.raises(UserError, match=said):
        request_retraining(site.registry, "toy", tmp_path / "request", **{"by": "Eva", **how})
    assert list(tmp_path.iterdir()) == [] and len(list_audit(site.registry, text="retraining.requested")) == before


def test_a_folder_that_is_there_is_left_as_it_is(site: PlantSite, tmp_path: Path) -> None:
    (tmp_path / "request").mkdir()
    with pytest.raises(UserError, match="is there already"):
        request_retraining(site.registry, "toy", tmp_path / "request", by="Eva")
    assert [path.name for path in tmp_path.iterdir()] == ["request"]


def test_nothing_leaves_while_nobody_can_read_what_is_confidential(site: PlantSite, tmp_path: Path) -> None:
    policy_file(site.registry.paths, "toy").write_text("[retraining]\nconfidental = []\n")
    with pytest.raises(UserError, match="Nothing leaves the site"):
        request_retraining(site.registry, "toy", tmp_path / "request", by="Eva")


def test_only_whole_names_are_taken_out_of_texts() -> None:
    said = {"sentence": "press, press_max and pressure drifted.", "press": 3, "kept": ["press=1"]}
    assert without_names(said, {"press", "press_max"}) == {
        "sentence": f"{LEFT_OUT}, {LEFT_OUT} and pressure drifted.",
        "kept": [f"{LEFT_OUT}=1"],
    }
