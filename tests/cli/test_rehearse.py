"""`aiqu rehearse`: replay, plant, and save a limit only with its rehearsal."""

from __future__ import annotations

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.services.rehearsing import check_settings
from tests.cli.conftest import Aiqu
from tests.factories.plant_site import PlantSite


def test_rehearse_shows_the_past_and_changes_nothing(aiqu: Aiqu, decayed: PlantSite) -> None:
    root = decayed.registry.paths.root
    before = check_settings(decayed.registry, "toy", CheckKind.PERFORMANCE)
    answer = aiqu("rehearse", "toy", "--limit", 0.9, "--plant", 0.5, "--site", root, "--json")
    assert answer.status == 0
    rehearsal = answer.json["rehearsal"]["rehearsal"]
    assert rehearsal["settings"]["limit"] == 0.9 and len(rehearsal["alarms"]) == 1
    people = aiqu("rehearse", "toy", "--limit", 0.9, "--plant", 0.5, "--site", root)
    assert people.status == 0
    assert people.out.startswith("Replayed from 2026-01-01")
    assert "Nothing was changed. Rehearsal 2 is kept" in people.out
    assert check_settings(decayed.registry, "toy", CheckKind.PERFORMANCE) == before


def test_a_limit_is_saved_with_a_reason_only(aiqu: Aiqu, decayed: PlantSite) -> None:
    root = decayed.registry.paths.root
    words = ("rehearse", "toy", "--check", "drift", "--limit", 0.5, "--plant", 1.0, "--save", "--site", root)
    without = aiqu(*words)
    assert without.status == 2 and "needs a reason" in without.err
    saved = aiqu(*words, "--reason", "Agreed.", "--by", "Anna")
    assert saved.status == 0 and "are now the check's own" in saved.out
    assert check_settings(decayed.registry, "toy", CheckKind.DRIFT)["share_limit"] == 0.5
    again = aiqu(*words, "--reason", "Again.")
    assert again.status == 1 and "nothing was changed" in again.said_one_sentence()


def test_what_cannot_be_rehearsed_is_one_sentence(aiqu: Aiqu, decayed: PlantSite) -> None:
    root = decayed.registry.paths.root
    unknown = aiqu("rehearse", "other", "--site", root)
    assert unknown.status == 2 and "no model 'other'" in unknown.said_one_sentence()
    impossible = aiqu("rehearse", "toy", "--limit", 1.5, "--site", root)
    assert impossible.status == 2 and "it must lie above 0" in impossible.said_one_sentence()


def test_segments_are_set_the_same_way_and_taken_back_with_nothing(aiqu: Aiqu, decayed: PlantSite) -> None:
    root = decayed.registry.paths.root
    words = ("rehearse", "toy", "--check", "drift", "--plant", 1.0, "--save", "--reason", "Agreed.", "--site", root)
    saved = aiqu(*words, "--segment-by", "recipe", "--compare-like", "recipe")
    assert saved.status == 0
    settings = check_settings(decayed.registry, "toy", CheckKind.DRIFT)
    assert (settings["segment_by"], settings["compare_like"]) == (["recipe"], "recipe")
    assert "each row compared with its own recipe" in aiqu("check", "toy", "--kind", "drift", "--site", root).out
    assert aiqu(*words, "--segment-by", "", "--compare-like", "").status == 0
    settings = check_settings(decayed.registry, "toy", CheckKind.DRIFT)
    assert (settings["segment_by"], settings["compare_like"]) == ([], "")
    unknown = aiqu(*words, "--segment-by", "product")
    assert unknown.status == 2 and "no categorical feature 'product'" in unknown.said_one_sentence()
