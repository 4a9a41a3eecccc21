"""`aiqu target`: shown, listed, and chosen by two people."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cli.conftest import Aiqu
from tests.factories.plant_site import PlantSite
from tests.lifecycle.targets.test_hook import PROGRAM, program


def test_two_people_move_a_live_model_to_a_hook_that_proves_it(
    aiqu: Aiqu, site: PlantSite, password: Path, tmp_path: Path
) -> None:
    root, plant = site.registry.paths.root, tmp_path / "plant"
    plant.mkdir()
    (word,) = program(tmp_path, PROGRAM.read_text().format(python=sys.executable, home=str(plant)))
    wanted = ("target", "set", "toy", "hook", f"command={word}", "seconds=20", "--reason", "line 2", "--site", root)
    alone = aiqu(*wanted, "--by", "eva", "--password-file", password)
    assert alone.status == 2 and "--approver" in alone.said_one_sentence()
    signed = ("--by", "eva", "--password-file", password, "--approver-password-file", password)
    same = aiqu(*wanted, *signed, "--approver", "eva")
    assert same.status == 1 and "signature of an approver" in same.said_one_sentence()
    assert "the site's own line" in aiqu("target", "show", "toy", "--site", root).out
    done = aiqu(*wanted, *signed, "--approver", "maria")
    assert done.status == 0 and "version 1 is proven there" in done.out, done.err
    shown = aiqu("target", "show", "toy", "--site", root).out
    assert word in shown and "chosen by Eva and Maria" in shown and "line 2" in shown
    (row,) = aiqu("target", "list", "--site", root, "--json").json
    assert (row["kind"], row["by"], row["settings"]["seconds"]) == ("hook", "Eva and Maria", 20.0)


def test_settings_that_are_none_are_told_in_one_sentence(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root = site.registry.paths.root
    signed = ("--by", "eva", "--approver", "maria", "--password-file", password, "--approver-password-file", password)
    for word, said in (
        ("here", "no setting; write name=value"),
        ("seconds=soon", "no number of seconds"),
        ("url=ftp://x", "url"),
    ):
        refused = aiqu("target", "set", "toy", "hook", word, "--reason", "x", "--site", root, *signed)
        assert refused.status == 2 and said in refused.said_one_sentence()
