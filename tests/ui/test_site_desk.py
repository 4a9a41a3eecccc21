"""The window's desk on a real site: two people promote through it, and the one who is signed in rolls back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import AlarmEvent, PlantState, RequestState, ShelfTime, Suppression
from aiqu_desktop.services import releases
from aiqu_desktop.ui.site_desk import SiteDesk
from tests.factories.people import APPROVER, ENGINEER, OPERATOR, by
from tests.factories.plant_site import PlantSite, plant_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PlantSite]:
    with plant_site(tmp_path) as made:
        made.import_version(2)
        yield made


def test_a_promotion_by_two_and_a_rollback_by_the_one_at_the_desk(site: PlantSite) -> None:
    desk = SiteDesk(site.registry)
    steps: list[str] = []
    shown = desk.preview_promotion("toy", 2)
    request = desk.request_release(shown, ENGINEER, "better", override=False)
    assert desk.list_requests("toy") == (request,) and desk.model_page("toy", None, None).request == request
    with pytest.raises(Refused, match="needs the signature of an approver"):
        desk.approve_and_promote(request.id, ENGINEER, "", shown)
    outcome = desk.approve_and_promote(request.id, APPROVER, "", shown, lambda step, _: steps.append(step))
    assert outcome.done and "completed" in steps and desk.list_requests() == ()
    release = next(row for row in desk.model_page("toy", None, None).releases if row.to_version == 2)
    assert (release.requested_by, release.approved_by, release.reason) == ("Eva", "Maria", "better")
    back = desk.preview_rollback("toy")
    with pytest.raises(Refused, match="Nobody is signed in"):
        desk.roll_back(back, None, "scrap")
    assert desk.sign_in(OPERATOR).full_name == "Olle"
    assert desk.roll_back(back, None, "scrap").done
    desk.sign_out()
    assert desk.signed_in() is None


def test_what_was_approved_and_not_carried_out_is_carried_out_without_another_signature(site: PlantSite) -> None:
    desk = SiteDesk(site.registry)
    shown = desk.preview_promotion("toy", 2)
    request = desk.request_release(shown, ENGINEER, "better", override=False)
    releases.approve(site.registry, request.id, APPROVER)
    assert desk.list_requests("toy")[0].state is RequestState.APPROVED
    assert desk.approve_and_promote(request.id, None, "", shown).done


def test_signing_in_over_somebody_ends_the_former_session(site: PlantSite) -> None:
    desk = SiteDesk(site.registry)
    desk.sign_in(OPERATOR)
    assert desk.sign_in(ENGINEER).name == "eva"
    with pytest.raises(Refused, match="do not fit together"):
        desk.sign_in(by("olle", "not this password"))
    present = desk.signed_in()
    assert present is not None and present.name == "eva", "a failure changes nothing"
    assert {row.name for row in desk.people()} == {"ada", "eva", "maria", "olle"}
    assert desk.demo_password(), "this site lives by a replayed clock"


def test_an_alarm_is_shelved_explained_counted_and_told_again(site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    desk = SiteDesk(site.registry)
    alarm = next(row for row in desk.list_alarms() if row.key == "performance")
    desk.shelve([alarm.id], ShelfTime.ONE_HOUR, by="Elin", reason="known")
    (held,) = desk.list_suppressed()
    assert (held.key, held.present) == ("performance", True)
    background = desk.alarm_background(alarm.id)
    assert background.type is not None and background.type.key == "performance"
    assert [step.event for step in background.history] == [AlarmEvent.ACTIVATED, AlarmEvent.SHELVED]
    desk.end_suppression("toy", "performance", Suppression.SHELVED, by="Elin", reason="looked at")
    figures = desk.alarm_figures(None, None)
    assert next(row.count for row in figures.most_frequent if row.key == "performance") == 2
    desk.take_out_of_service("toy", "performance", by="Eva", reason="maintenance")
    desk.set_plant_state(PlantState.STOPPED, model="toy", by="Elin", reason="holiday")
    assert [row.state for row in desk.plant_states()] == [PlantState.STOPPED]
    kinds = {(row.key, row.kind) for row in desk.list_suppressed()}
    assert kinds >= {("performance", Suppression.OUT_OF_SERVICE), ("freshness-data", Suppression.BY_DESIGN)}
