"""`aiqu stop`, `resume` and `fallback`: the guards of the window, with exit statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.services.audit import verify_chain
from tests.cli.conftest import Aiqu
from tests.factories.people import PASSWORD
from tests.factories.plant_site import PlantSite

CARD = """instead = "Sort by hand at station 4."
decides = "The shift leader"
call = "Maria Ek, 4711"
at_most_hours = 8
"""


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    return file


def test_a_model_is_stopped_by_one_person_and_resumed_by_two(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root, given = site.registry.paths.root, ("--password-file", password)
    shown = aiqu("stop", "toy", "--preview", "--site", root)
    assert shown.status == 0 and "version 1 → nothing" in shown.out and "NO FALLBACK CARD" in shown.out
    silent = aiqu("stop", "toy", "--yes", "--by", "olle", *given, "--site", root)
    assert silent.status == 2 and "needs a reason" in silent.said_one_sentence()
    done = aiqu("stop", "toy", "--yes", "--reason", "wrong answers", "--by", "olle", *given, "--site", root, "--json")
    assert done.status == 0 and done.json["done"] and done.json["outcome"]["stopped"]
    assert done.json["outcome"]["wall_seconds"] > 0
    again = aiqu("stop", "toy", "--yes", "--reason", "x", "--by", "olle", *given, "--site", root)
    assert again.status == 1 and "is stopped already" in again.out
    served = aiqu("served", "toy", "--site", root)
    assert served.status == 0 and "stopped" in served.out
    assert aiqu("doctor", "--site", root).out.count("Stopped since") == 1
    drilled = aiqu("drill", "toy", "--site", root)
    assert drilled.status == 2 and "is stopped, so nothing is drilled" in drilled.out

    asked = aiqu("resume", "toy", "--reason", "sensor cleaned", "--by", "eva", *given, "--site", root)
    assert asked.status == 0 and "resume toy version 1, asked for by Eva" in asked.out and "aiqu approve" in asked.out
    assert aiqu("resume", "toy", "--site", root).status == 1, "it waits"
    alone = aiqu("approve", "--by", "eva", *given, "--yes", "--site", root)
    assert alone.status == 1 and "needs the signature of an approver" in alone.said_one_sentence()
    done = aiqu("approve", "--by", "maria", *given, "--yes", "--site", root)
    assert done.status == 0 and "Version 1 is live" in done.out.splitlines()[-1]
    over = aiqu("resume", "toy", "--reason", "x", "--by", "eva", *given, "--site", root)
    assert over.status == 1 and "is not stopped, so there is nothing to resume" in over.out
    assert verify_chain(site.registry).intact


def test_an_instant_of_a_stop_is_a_bad_answer_to_what_served(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root = site.registry.paths.root
    aiqu("stop", "toy", "--yes", "--reason", "x", "--by", "olle", "--password-file", password, "--site", root)
    every = aiqu("served", "toy", "--site", root, "--json")
    assert (every.status, [one["serves"] for one in every.json]) == (0, [True, False])
    instant = datetime.fromisoformat(every.json[1]["since"]).replace(microsecond=0) + timedelta(seconds=1)
    assert wait_until(lambda: datetime.now(UTC) > instant, 10), "the option knows whole seconds only"
    answer = aiqu("served", "toy", "--at", f"{instant:%Y-%m-%dT%H:%M:%S}", "--site", root, "--json")
    assert (answer.status, answer.json["serves"], answer.json["kind"]) == (1, False, "stop")


def test_a_fallback_card_is_signed_by_an_engineer_and_kept_with_its_past(
    aiqu: Aiqu, site: PlantSite, password: Path, tmp_path: Path
) -> None:
    root, given = site.registry.paths.root, ("--password-file", password)
    card = tmp_path / "card.toml"
    card.write_text(CARD)
    none = aiqu("fallback", "toy", "--site", root)
    assert none.status == 1 and "NO FALLBACK CARD" in none.out
    put = ("fallback", "toy", "--set", card, "--by", "eva", *given, "--site", root)
    assert "needs a reason" in aiqu(*put).said_one_sentence()
    assert aiqu(*put, "--reason", "first card").status == 0
    operator = aiqu("fallback", "toy", "--set", card, "--by", "olle", *given, "--reason", "x", "--site", root)
    assert operator.status == 1 and "signature of an engineer" in operator.said_one_sentence()
    assert "says just this already" in aiqu(*put, "--reason", "again").said_one_sentence()
    card.write_text(CARD.replace("4711", "4712"))
    assert aiqu(*put, "--reason", "new number").status == 0
    shown = aiqu("fallback", "toy", "--site", root, "--json").json
    assert (shown["card"]["number"], shown["card"]["card"]["call"]) == (2, "Maria Ek, 4712")
    assert [(old["number"], old["reason"]) for old in shown["earlier"]] == [(1, "first card")]
    text = aiqu("fallback", "toy", "--toml", "--site", root).out
    card.write_text(text)
    assert "says just this already" in aiqu(*put, "--reason", "round").said_one_sentence()
    assert "Sort by hand at station 4." in aiqu("stop", "toy", "--preview", "--site", root).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("instead = ", "is no TOML file"),
        (CARD + "colour = 1\n", "has no field 'colour'"),
        (CARD.replace("decides", "# decides"), "lacks decides"),
        (CARD.replace("= 8", "= 0"), "at_most_hours"),
        (CARD.replace('"The shift leader"', '" "'), "say who decides by hand"),
        (CARD.replace('"The shift leader"', "7"), "expected a text"),
        (CARD.replace("Sort", "S" * 601), "can be read in time"),
    ],
)
def test_a_card_that_cannot_be_used_is_said_in_one_sentence(
    aiqu: Aiqu, site: PlantSite, tmp_path: Path, text: str, said: str
) -> None:
    card = tmp_path / "card.toml"
    card.write_text(text)
    answer = aiqu("fallback", "toy", "--set", card, "--reason", "x", "--by", "eva", "--site", site.registry.paths.root)
    assert answer.status == 2 and said in answer.said_one_sentence()
