"""`aiqu alarms …` and `aiqu plant` on a plant with an alarm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.audit import verify_chain
from tests.cli.conftest import Aiqu
from tests.factories.plant_site import Columns, PlantSite


def _quality_fails(columns: Columns) -> None:
    name = next(name for name, values in columns.items() if values.dtype.kind == "f")
    columns[name][:30] = float("nan")


@pytest.fixture
def ringing(site: PlantSite) -> PlantSite:
    """A quality alarm is open."""
    site.day(change=_quality_fails)
    return site


def _quality(site: PlantSite) -> int:
    return next(row.id for row in list_alarms(site.registry) if row.key == "quality")


def test_an_alarm_is_shelved_listed_and_taken_off_the_shelf(aiqu: Aiqu, ringing: PlantSite) -> None:
    root, number = ringing.registry.paths.root, str(_quality(ringing))
    unnamed = aiqu("alarms", "shelve", number, "--for", "8h", "--site", root)
    assert (unnamed.status, unnamed.out) == (2, "")
    assert "needs a name and a reason" in unnamed.said_one_sentence()
    done = aiqu(
        "alarms", "shelve", number, "--for", "8h", "--reason", "washed", "--by", "Elin", "--site", root, "--json"
    )
    assert done.status == 0
    assert [(row["key"], row["kind"], row["by"], row["present"]) for row in done.json] == [
        ("quality", "shelved", "Elin", True)
    ]
    listed = aiqu("alarms", "--site", root)
    assert "1 held back; 'aiqu alarms suppressed' lists them." in listed.out
    assert "washed" in aiqu("alarms", "suppressed", "--site", root).out
    back = aiqu("alarms", "unshelve", "toy", "quality", "--reason", "dry", "--by", "Elin", "--site", root)
    assert (back.status, back.out) == (0, "Nothing is held back.\n")
    steps = aiqu("alarms", "history", number, "--site", root, "--json").json
    assert [(step["event"], step["after"]) for step in steps] == [
        ("activated", "unacknowledged"), ("shelved", "shelved"), ("unshelved", "unacknowledged"),
    ]  # fmt: skip
    assert verify_chain(ringing.registry).intact


def test_an_alarm_is_out_of_service_until_it_is_put_back(aiqu: Aiqu, ringing: PlantSite) -> None:
    root = ringing.registry.paths.root
    words = ("alarms", "out-of-service", "toy", "quality", "--by", "Eva", "--site", root)
    assert aiqu(*words, "--reason", "new sensor").status == 0
    assert "quality" not in [row["key"] for row in aiqu("alarms", "--site", root, "--json").json]
    again = aiqu(*words, "--reason", "new sensor")
    assert again.status == 2 and "out of service already" in again.said_one_sentence()
    assert aiqu(*words, "--end", "--reason", "calibrated").status == 0
    assert _quality(ringing)


def test_a_type_is_shown_in_full_changed_with_a_reason_and_refused_without_one(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    shown = aiqu("alarms", "types", "quality", "--site", root)
    for said in ("cause:", "consequence:", "response:", "time to respond: 8 h", "deadband: 10%", "changeover"):
        assert said in shown.out
    refused = aiqu("alarms", "types", "quality", "--on-delay", "2", "--site", root)
    assert refused.status == 2 and "needs a name and a reason" in refused.said_one_sentence()
    changed = aiqu(
        "alarms", "types", "quality", "--on-delay", "2", "--suppressed-in", "none", "--reason", "calmer",
        "--by", "Eva", "--site", root, "--json",
    )  # fmt: skip
    assert changed.status == 0
    assert (changed.json["on_delay"], changed.json["suppressed_in"], changed.json["changed_by"]) == (2, [], "Eva")
    assert len(aiqu("alarms", "types", "--site", root, "--json").json) > 20
    assert aiqu("alarms", "types", "smell", "--site", root).status == 2
    assert aiqu("alarms", "types", "--on-delay", "2", "--site", root).status == 2


def test_the_figures_come_for_people_and_for_machines(aiqu: Aiqu, ringing: PlantSite) -> None:
    root = ringing.registry.paths.root
    figures = aiqu("alarms", "kpi", "--site", root, "--json")
    assert figures.status == 0
    assert figures.json["annunciated"] == sum(row["count"] for row in figures.json["most_frequent"]) >= 1
    said = aiqu("alarms", "kpi", "--site", root)
    assert "recommended 80%" in said.out and "in flood: 0.00% of the time" in said.out
    late = aiqu("alarms", "kpi", "--from", "2030-01-01", "--site", root)
    assert late.status == 2 and "ends before it begins" in late.said_one_sentence()


def test_the_plants_state_is_set_by_a_person(aiqu: Aiqu, ringing: PlantSite) -> None:
    root = ringing.registry.paths.root
    unnamed = aiqu("plant", "set", "cleaning", "--site", root)
    assert unnamed.status == 2 and "name and a reason" in unnamed.said_one_sentence()
    done = aiqu("plant", "set", "cleaning", "--reason", "wash", "--by", "Elin", "--site", root, "--json")
    assert [(row["model"], row["state"], row["by"]) for row in done.json["models"]] == [("toy", "cleaning", "Elin")]
    assert "quality" not in [row["key"] for row in aiqu("alarms", "--site", root, "--json").json]
    assert "cleaning" in aiqu("plant", "show", "--site", root).out
    shifts = aiqu("plant", "shifts", "06:00", "18:00", "--zone", "Europe/Stockholm", "--by", "Eva", "--site", root)
    assert "Shifts begin at 06:00, 18:00 (Europe/Stockholm)." in shifts.out
    wrong = aiqu("plant", "shifts", "6", "--by", "Eva", "--site", root)
    assert wrong.status == 2 and "cannot begin at '6'" in wrong.said_one_sentence()


def test_a_column_of_the_data_tells_the_plants_state(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    words = ("plant", "column", "toy", "--by", "Eva", "--site", root)
    for arguments, why in (
        (("mode", "1=cleaning"), "no feature 'mode'"),
        (("recipe", "A=asleep"), "no state of the plant"),
        (("recipe", "A"), "not VALUE=STATE"),
        ((), "or give --end"),
    ):
        answer = aiqu(*words[:3], *arguments, *words[3:])
        assert answer.status == 2 and why in answer.said_one_sentence()
    assert aiqu(*words[:3], "recipe", "A=running", "B=cleaning", *words[3:]).status == 0

    def states() -> tuple[str, str]:
        row = aiqu("plant", "show", "--site", root, "--json").json["models"][0]
        return row["state"], row["by"]

    def on(recipe: str) -> Callable[[Columns], None]:  # what the last row of the day has
        def change(columns: Columns) -> None:
            columns["recipe"][-1] = recipe

        return change

    site.day(change=on("B"))
    assert states() == ("cleaning", "monitor")
    aiqu("plant", "set", "running", "--reason", "it was a sample only", "--by", "Elin", "--site", root)
    site.day(change=on("B"))
    assert states() == ("running", "Elin"), "what a person says stands until the column says something new"
    site.day(change=on("A"))
    site.day(change=on("B"))
    assert states() == ("cleaning", "monitor")
    assert aiqu(*words[:3], "--end", *words[3:]).status == 0
