"""The people of the demo decide by what the product shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aiqu_desktop.core.words import AlarmState, ReleaseKind, Role
from aiqu_desktop.demo.operator import ScriptedOperator
from aiqu_desktop.demo.people import sign_in_name
from aiqu_desktop.demo.story import DemoModel, Mistake, SignedPolicy, Story
from aiqu_desktop.services import automatic
from aiqu_desktop.services import people as accounts
from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.model_page import model_page
from tests.factories.people import APPROVER, vouched
from tests.factories.plant_site import DAY, START, PlantSite, plant_site

TOY = DemoModel(
    name="toy", first_version=1, source=Path("toy.parquet"), label="label", label_delay=timedelta(0), read_out=DAY,
    features=(), reason="The old one is worn.", checks={},
)  # fmt: skip
STORY = Story(
    site="Toy plant", folder=Path(), start=START, handover=START, end=START + 400 * DAY, people={
        Role.OPERATOR: "Elin", Role.ENGINEER: "Jonas", Role.APPROVER: "Birgit", Role.ADMINISTRATOR: "Karin"
    }, models=(TOY,), arrivals=(),
    mistake=Mistake("toy", 2, START + DAY, "Jonas", "It looks better.", "It was not."),
    automatic=SignedPolicy("toy", START, timedelta(hours=2), 1, "nights"),
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PlantSite]:
    with plant_site(tmp_path) as made:
        yield made


@pytest.fixture
def people(site: PlantSite) -> ScriptedOperator:
    """Beside the staff of the test plant, who have another password."""
    for role, full_name in STORY.people.items():
        name = sign_in_name(full_name)
        accounts.add(site.registry, name, full_name, (role,), accounts.DEMO_PASSWORD, vouched(APPROVER))
    return ScriptedOperator(site.registry, STORY)


def _releases(site: PlantSite) -> list[tuple[ReleaseKind, int, str, str]]:
    rows = sorted(model_page(site.registry, "toy").releases, key=lambda row: row.intended_at)
    return [(row.kind, row.to_version, row.requested_by, row.reason) for row in rows][1:]


def test_nobody_acts_while_all_is_well(site: PlantSite, people: ScriptedOperator) -> None:
    for _ in range(3):
        site.day()
        people.act()
    assert _releases(site) == []


def test_without_a_successor_an_alarm_is_only_acknowledged(site: PlantSite, people: ScriptedOperator) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    people.act()
    (alarm,) = [alarm for alarm in list_alarms(site.registry) if alarm.key == "performance"]
    assert (alarm.state, alarm.acknowledged_by) == (AlarmState.ACKNOWLEDGED, "Elin")
    assert alarm.note
    assert _releases(site) == []


def test_an_aged_version_is_replaced_by_the_newest_successor(site: PlantSite, people: ScriptedOperator) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    site.import_version(2)
    site.import_version(3)
    people.act()
    people.act()
    assert _releases(site) == [(ReleaseKind.PROMOTION, 3, "Jonas", "The old one is worn.")]
    site.day(rows=5)
    people.act()
    assert len(_releases(site)) == 1, "the alarm spoke of a version that no longer serves"


def test_the_mistake_is_made_once_and_taken_back_when_it_rings(site: PlantSite, people: ScriptedOperator) -> None:
    for _ in range(3):
        site.day()
    site.import_version(2)
    people.make_the_mistake()
    people.make_the_mistake()  # as after a kill in the middle of that day
    made = (ReleaseKind.PROMOTION, 2, "Jonas", "It looks better.")
    assert _releases(site) == [made]
    for _ in range(3):
        site.day(wrong=0.9)
        people.act()
    assert _releases(site) == [made, (ReleaseKind.ROLLBACK, 1, "Elin", "It was not.")]
    site.day()
    people.act()
    assert len(_releases(site)) == 2


def test_two_people_sign_for_automatic_rollback_once(site: PlantSite, people: ScriptedOperator) -> None:
    people.sign_the_policy()
    people.sign_the_policy()  # as after a kill in the middle of that day
    view = automatic.show(site.registry, "toy")
    assert view.policy is not None and view.policy.number == 1
    assert (view.policy.proposed_by, view.policy.approved_by) == ("Jonas", "Birgit")
