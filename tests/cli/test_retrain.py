"""`aiqu retrain`: the request as a folder, without what stays here."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Aiqu
from tests.factories.plant_site import PlantSite


def test_a_request_is_written_recorded_and_never_over_another(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    root, wishes = site.registry.paths.root, tmp_path / "wishes.md"
    wishes.write_text("Fewer false alarms.")
    site.day()
    order = ("retrain", "toy", "--output", tmp_path / "out", "--wishes-file", wishes, "--by", "Eva", "--site", root)
    done = aiqu(*order, "--without", "recipe", "--json")
    assert done.status == 0
    assert (done.json["rows"], done.json["labelled"], done.json["left_out"]) == (60, 60, 1)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["features_left_out"] == 1
    assert (tmp_path / "out" / "wishes.md").read_text() == "Fewer false alarms.\n"
    record = aiqu("audit", "list", "--text", "retraining.requested", "--site", root, "--json").json[0]
    assert record["new"]["manifest"] == done.json["manifest_sha256"]
    again = aiqu(*order)
    assert again.status == 2 and "is there already" in again.said_one_sentence()
    people = aiqu("retrain", "toy", "--output", tmp_path / "other", "--site", root)
    assert people.status == 0 and "60 observations of toy, 60 of them with labels" in people.out


def test_wishes_that_cannot_be_read_are_said_before_anything_is_written(
    aiqu: Aiqu, site: PlantSite, tmp_path: Path
) -> None:
    root = site.registry.paths.root
    site.day()
    answer = aiqu("retrain", "toy", "--output", tmp_path / "out", "--wishes-file", tmp_path / "none", "--site", root)
    assert answer.status == 2 and "cannot be read as text" in answer.said_one_sentence()
    assert not (tmp_path / "out").exists()
