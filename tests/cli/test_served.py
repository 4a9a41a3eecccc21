"""`aiqu served`: what answered, at any instant of the past."""

from __future__ import annotations

from datetime import timedelta

from aiqu_desktop.core.clock import iso
from tests.cli.conftest import Aiqu
from tests.factories.plant_site import DAY, START, PlantSite


def _history(site: PlantSite) -> None:
    """Version 1 from the first day, version 2 from the second, version 1 again from the third."""
    site.day()
    site.import_version(2)
    assert site.promote(2).done
    site.day()
    site.roll_back()


def test_each_instant_has_the_version_that_was_live_then(aiqu: Aiqu, site: PlantSite) -> None:
    _history(site)
    for instant, version in ((START, 1), (START + DAY, 2), (START + 1.5 * DAY, 2), (START + 2 * DAY, 1)):
        answer = aiqu("served", "toy", "--at", iso(instant), "--site", site.folder / "site", "--json")
        assert (answer.status, answer.json["version"]) == (0, version)
        assert len(answer.json["digest"]) == 64
        assert "golden cases pass" in answer.json["proof"]


def test_the_list_has_every_champion_without_a_gap(aiqu: Aiqu, site: PlantSite) -> None:
    _history(site)
    rows = aiqu("served", "toy", "--site", site.folder / "site", "--json").json
    assert [(row["version"], row["kind"]) for row in rows] == [(1, "promotion"), (2, "promotion"), (1, "rollback")]
    assert [row["until"] for row in rows] == [rows[1]["since"], rows[2]["since"], None]


def test_before_the_first_release_and_in_the_future_it_says_that_nothing_is_known(aiqu: Aiqu, site: PlantSite) -> None:
    for instant, said in ((START - DAY, "No version"), (START + timedelta(days=900), "future")):
        answer = aiqu("served", "toy", "--at", iso(instant), "--site", site.folder / "site")
        assert (answer.status, answer.out) == (1, "")
        assert said in answer.said_one_sentence()


def test_a_time_that_is_none_is_refused(aiqu: Aiqu, site: PlantSite) -> None:
    answer = aiqu("served", "toy", "--at", "last Tuesday", "--site", site.folder / "site")
    assert answer.status == 2
    assert "last Tuesday" in answer.err
