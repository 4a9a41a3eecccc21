"""`aiqu import`, `promote` and `rollback`: the guards of the window, with exit statuses."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.services import releases
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.requests import list_requests
from tests.cli.conftest import Aiqu
from tests.factories.bundles import make_bundle, reseal, toy_schema
from tests.factories.people import APPROVER, PASSWORD
from tests.factories.plant_site import PlantSite


class Terminal(io.StringIO):
    """A person at the keyboard."""

    def isatty(self) -> bool:
        return True


def _champion(site: PlantSite) -> int | None:
    with site.registry.read() as session:
        champion = champion_of(model_named(session, "toy"))
        return champion.number if champion else None


def test_an_import_says_what_it_did_and_again_that_nothing_changed(aiqu: Aiqu, tmp_path: Path) -> None:
    bundle, root = make_bundle(tmp_path / "v1"), tmp_path / "site"
    first = aiqu("import", bundle, "--create", "--by", "Eva", "--reason", "from the stick", "--site", root, "--json")
    assert (first.status, first.err) == (0, "")
    assert {name: first.json[name] for name in ("model", "version_number", "created_model", "changed")} == {
        "model": "toy", "version_number": 1, "created_model": True, "changed": True,
    }  # fmt: skip
    again = aiqu("import", bundle, "--site", root)
    assert (again.status, again.err) == (0, "")
    assert "nothing was changed" in again.out
    record = aiqu("audit", "list", "--text", "from the stick", "--site", root, "--json").json[0]
    assert record["actor"] == "Eva"


def test_an_import_makes_a_site_only_when_told(aiqu: Aiqu, tmp_path: Path) -> None:
    answer = aiqu("import", make_bundle(tmp_path / "v1"), "--site", tmp_path / "site")
    assert (answer.status, answer.out) == (2, "")
    assert "There is no site" in answer.said_one_sentence()
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("damage", ["gone", "empty", "no manifest", "flipped byte", "no JSON", "a file too many"])
def test_a_broken_bundle_is_turned_away_and_leaves_no_version(aiqu: Aiqu, tmp_path: Path, damage: str) -> None:
    bundle, root = tmp_path / "v1", tmp_path / "site"
    if damage == "empty":
        bundle.mkdir()
    elif damage != "gone":
        make_bundle(bundle)
    if damage == "no manifest":
        (bundle / "manifest.json").unlink()
    elif damage == "flipped byte":
        content = bytearray((bundle / "model.onnx").read_bytes())
        content[50] ^= 1
        (bundle / "model.onnx").write_bytes(content)
    elif damage == "no JSON":
        (bundle / "manifest.json").write_text("{")
    elif damage == "a file too many":
        (bundle / "setup.py").write_text("import os")
    answer = aiqu("import", bundle, "--create", "--site", root)
    assert (answer.status, answer.out) == (2, "")
    answer.said_one_sentence()
    assert aiqu("check", "toy", "--site", root).status == 2, "there is no model"


def test_a_bundle_that_does_not_fit_its_model_is_a_bad_answer(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    other = make_bundle(tmp_path / "other", "toy", 1, weights=99)
    answer = aiqu("import", other, "--site", site.registry.paths.root)
    assert (answer.status, answer.out) == (1, "")
    assert "versions never change" in answer.said_one_sentence()


def test_an_import_needs_a_name(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    answer = aiqu("import", make_bundle(tmp_path / "v2", version=2), "--by", " ", "--site", site.registry.paths.root)
    assert answer.status == 2 and "needs the name" in answer.said_one_sentence()


def test_a_promotion_shows_its_gates_waits_for_another_person_acts_and_proves(
    aiqu: Aiqu, site: PlantSite, password: Path
) -> None:
    site.import_version(2)
    root, given = site.registry.paths.root, ("--password-file", password)
    looked = aiqu("promote", "toy", "2", "--preview", "--site", root)
    assert (looked.status, _champion(site)) == (0, 1)
    assert "Promotion of toy: version 1 → version 2" in looked.out and "pass" in looked.out
    asked = aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", *given, "--site", root)
    assert (asked.status, _champion(site)) == (0, 1), "a request switches nothing"
    assert "An approver must sign: aiqu approve " in asked.out and "asked for by Eva (eva)" in asked.out
    again = aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", *given, "--site", root, "--json")
    assert (again.status, again.json["done"], again.json["request"]["state"]) == (1, False, "pending")
    own = aiqu("approve", "--by", "eva", *given, "--yes", "--site", root)
    assert (own.status, _champion(site)) == (1, 1) and "needs the signature of an approver" in own.err
    done = aiqu("approve", "--by", "maria", *given, "--yes", "--site", root, "--json")
    assert (done.status, _champion(site)) == (0, 2)
    assert done.json["done"] and done.json["outcome"]["state"] == "completed"
    assert done.json["preview"]["to"]["number"] == 2 and done.json["request"]["requested_by"] == "Eva"
    assert "staged" in done.err, "progress goes to the other stream"
    champion = aiqu("promote", "toy", "2", "--reason", "better", "--site", root)
    assert (champion.status, champion.out) == (1, "")
    assert "is the champion already" in champion.said_one_sentence()


def test_an_approved_request_that_was_not_carried_out_is_at_the_next_promote(
    aiqu: Aiqu, site: PlantSite, password: Path
) -> None:
    site.import_version(2)
    root, given = site.registry.paths.root, ("--password-file", password)
    aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", *given, "--site", root)
    registry = open_site(root)
    (row,) = list_requests(registry)
    releases.approve(registry, row.id, APPROVER)
    registry.close()
    done = aiqu("promote", "toy", "2", "--yes", "--site", root, "--json")
    assert (done.status, _champion(site), done.json["request"]["decided_by"]) == (0, 2, "Maria")


def test_a_request_is_listed_and_declined_with_a_reason(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    site.import_version(2)
    root, given = site.registry.paths.root, ("--password-file", password)
    assert "No request waits" in aiqu("approve", "--site", root).out
    aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", *given, "--site", root)
    (row,) = aiqu("approve", "--list", "--site", root, "--json").json
    assert (row["version"], row["state"], row["reason"]) == (2, "pending", "better")
    silent = aiqu("approve", row["id"], "--decline", "--by", "maria", *given, "--site", root)
    assert silent.status == 2 and "needs a reason" in silent.said_one_sentence()
    declined = aiqu(
        "approve", row["id"], "--decline", "--reason", "too few rows", "--by", "maria", *given, "--site", root
    )
    assert declined.status == 0 and "Declined by Maria: too few rows" in declined.out
    late = aiqu("approve", row["id"], "--by", "maria", *given, "--yes", "--site", root)
    assert (late.status, _champion(site)) == (1, 1) and "is declined" in late.said_one_sentence()
    assert aiqu("approve", 99, "--by", "maria", *given, "--yes", "--site", root).status == 2


def test_a_rollback_goes_to_the_last_known_good(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    site.import_version(2)
    assert site.promote(2).done
    root = site.registry.paths.root
    seen = aiqu("rollback", "toy", "--preview", "--site", root, "--json")
    assert (seen.status, seen.json["done"], seen.json["preview"]["to"]["number"]) == (0, False, 1)
    done = aiqu(
        "rollback", "toy", "--yes", "--reason", "scrap", "--by", "olle", "--password-file", password, "--site", root
    )
    assert (done.status, _champion(site)) == (0, 1)
    assert "Version 1 is live" in done.out.splitlines()[-1]
    assert verify_chain(site.registry).intact


def test_a_rollback_without_a_last_known_good_is_a_bad_answer(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    people = aiqu("rollback", "toy", "--yes", "--reason", "scrap", "--site", root)
    assert people.status == 1
    assert "Blocked: toy has no last known good" in people.out
    machine = aiqu("rollback", "toy", "--yes", "--reason", "scrap", "--site", root, "--json")
    assert (machine.status, machine.json["done"]) == (1, False)
    assert "no last known good" in machine.json["preview"]["blocking"]
    other = aiqu("rollback", "toy", "--to", "1", "--yes", "--reason", "scrap", "--site", root, "--json")
    assert other.status == 1 and "is the champion already" in other.json["preview"]["blocking"]
    assert aiqu("rollback", "toy", "--to", "9", "--site", root).status == 2


@pytest.mark.parametrize("machine", [(), ("--json",)], ids=["people", "machine"])
def test_a_promotion_that_a_gate_blocks_is_a_bad_answer(aiqu: Aiqu, site: PlantSite, machine: tuple[str, ...]) -> None:
    site.import_version(2, metric=0.2)
    answer = aiqu(
        "promote", "toy", "2", "--yes", "--reason", "x", "--site", site.registry.paths.root, *machine
    )  # fmt: skip
    assert (answer.status, answer.err, _champion(site)) == (1, "", 1)
    if machine:
        assert not answer.json["done"] and answer.json["preview"]["blocking"]
        assert False in [gate["passed"] for gate in answer.json["preview"]["gates"]]
    else:
        assert "FAIL" in answer.out and "Blocked: " in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("promote", "toi", "2"), "'toi'"),
        (("promote", "toy", "9"), "version 9"),
        (("rollback", "toi"), "'toi'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_cannot_be_released(aiqu: Aiqu, site: PlantSite, words: tuple[str, ...], said: str) -> None:
    answer = aiqu(*words, "--yes", "--reason", "x", "--site", site.registry.paths.root)
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.said_one_sentence()


def test_an_approval_asks_before_it_acts_and_passwords_only_at_a_terminal(
    aiqu: Aiqu, site: PlantSite, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.import_version(2)
    root = site.registry.paths.root
    silent = aiqu("promote", "toy", "2", "--json", "--site", root)
    assert (silent.status, silent.out) == (2, "")
    assert "needs a reason" in silent.said_one_sentence()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    nobody = aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", "--json", "--site", root)
    assert (nobody.status, nobody.out) == (2, "")
    assert "no terminal to ask at" in nobody.said_one_sentence()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    piped = aiqu("promote", "toy", "2", "--reason", "better", "--by", "eva", "--password-file", "-", "--site", root)
    assert piped.status == 0, piped.err
    approve = ("approve", "--by", "maria", "--password-file", password, "--site", root)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert "add --yes" in aiqu(*approve, "--json").said_one_sentence()
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    no = aiqu(*approve)
    assert (no.status, _champion(site)) == (1, 1)
    assert "Nothing was changed." in no.err
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    no = aiqu(*approve, "--json")
    assert (no.status, no.json["done"]) == (1, False), "the question does not spoil the machine's answer"
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert aiqu(*approve).status == 0
    assert _champion(site) == 2


def test_a_bundle_of_other_inputs_names_the_odd_one(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "v2", "toy", 2)
    schema = json.loads((bundle / "manifest.json").read_text())["schema"]
    assert schema == toy_schema().to_json()
    schema["features"][0]["unit"] = "K"
    answer = aiqu("import", reseal(bundle, schema=schema), "--site", site.registry.paths.root)
    assert (answer.status, answer.out) == (1, "")
    assert "temperature" in answer.said_one_sentence()
