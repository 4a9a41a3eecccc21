"""`aiqu versions`: an import is followed by its tests, which the monitor runs."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Aiqu
from tests.factories.bundles import make_bundle
from tests.factories.plant_site import PlantSite


def test_an_import_waits_for_its_tests_and_the_monitor_runs_them(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    root = site.registry.paths.root
    site.day()
    assert aiqu("import", make_bundle(tmp_path / "new", "toy", 2), "--site", root).status == 0
    waiting = aiqu("versions", "toy", "--site", root)
    assert waiting.status == 0 and "waiting, 0 of 5 steps" in waiting.out
    site.day()
    newest, first = aiqu("versions", "toy", "--site", root, "--json").json
    assert (newest["number"], newest["tests"]["state"], first["tests"]["state"]) == (2, "ready", "ready")
    assert [step["step"] for step in newest["tests"]["steps"]] == ["verify", "golden", "evaluation", "budget", "shadow"]
    shown = aiqu("versions", "toy", "--steps", "--site", root)
    assert "Ready for approval" in shown.out and "pass   Golden cases: All 10 golden cases pass" in shown.out


def test_tests_are_asked_for_again_and_stopped(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    site.day()
    again = aiqu("versions", "toy", "--test", "1", "--by", "Eva", "--site", root)
    assert again.status == 0 and "waiting" in again.out
    twice = aiqu("versions", "toy", "--test", "1", "--by", "Eva", "--site", root)
    assert twice.status == 1 and "already" in twice.said_one_sentence()
    stopped = aiqu("versions", "toy", "--stop", "1", "--by", "Olle", "--site", root)
    assert "Stopped by Olle." in stopped.out
    assert aiqu("versions", "toy", "--stop", "1", "--site", root).status == 1
    assert aiqu("versions", "toy", "--test", "9", "--site", root).status == 2
    assert aiqu("versions", "toy", "--test", "1", "--by", " ", "--site", root).status == 2


def test_a_version_that_is_worse_ends_as_not_ready_with_exit_status_1(aiqu: Aiqu, site: PlantSite) -> None:
    for _ in range(4):
        site.day()
    site.import_version(2, off=3.0)
    site.day()
    found = aiqu("versions", "toy", "--steps", "--site", site.registry.paths.root)
    assert found.status == 1 and "Not ready: Evaluated on the site's data" in found.out
    assert "worse by more than" in found.out
