from datetime import timedelta

import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.registry.tables import AuditRecord, Check
from aiqu_desktop.security import audit
from aiqu_desktop.services.rehearsing import check_settings, list_rehearsals, rehearse, save_limits
from tests.factories.plant_site import DAY, PlantSite


@pytest.fixture
def past(site: PlantSite) -> PlantSite:
    """Two weeks of good work, of which the last days were bad."""
    for day in range(14):
        site.day(60, wrong=0.5 if day >= 11 else 0.0)
    return site


def settings_of(site: PlantSite, kind: CheckKind) -> dict:
    with site.registry.read() as session:
        return dict(session.scalars(select(Check).where(Check.kind == kind)).one().settings)


def test_a_rehearsal_counts_the_alarms_of_the_past_and_changes_nothing(past: PlantSite) -> None:
    before = settings_of(past, CheckKind.PERFORMANCE)
    row = rehearse(past.registry, "toy", CheckKind.PERFORMANCE, {"limit": 0.9, "window_days": 5.0}, by="Eva")
    assert [alarm["version"] for alarm in row.rehearsal["alarms"]] == [1]
    lenient = rehearse(past.registry, "toy", CheckKind.PERFORMANCE, {"limit": 0.3, "window_days": 5.0}, by="Eva")
    assert lenient.rehearsal["alarms"] == []
    assert row.rehearsal["detections"][0]["trials"] > 0
    assert settings_of(past, CheckKind.PERFORMANCE) == before
    assert [kept.id for kept in list_rehearsals(past.registry, "toy")] == [lenient.id, row.id]


def test_limits_are_saved_with_their_rehearsal_in_the_chain(past: PlantSite) -> None:
    row = rehearse(past.registry, "toy", CheckKind.PERFORMANCE, {"limit": 0.7}, by="Eva", planted=(0.5,))
    save_limits(past.registry, row.id, by="Anna", reason="The plant bears 0.7.")
    assert check_settings(past.registry, "toy", CheckKind.PERFORMANCE)["limit"] == 0.7
    with past.registry.read() as session:
        changed = session.scalars(select(AuditRecord).where(AuditRecord.action == "check.limits-changed")).one()
        assert changed.new["sha256"] == row.sha256
        assert changed.actor == "Anna"
        assert audit.verify(session).intact


def test_an_old_or_overtaken_or_empty_rehearsal_saves_nothing(past: PlantSite) -> None:
    registry = past.registry
    same = rehearse(registry, "toy", CheckKind.DRIFT, {}, by="Eva", planted=(1.0,))
    with pytest.raises(Refused, match="nothing was changed"):
        save_limits(registry, same.id, by="Eva", reason="why not")
    first = rehearse(registry, "toy", CheckKind.DRIFT, {"share_limit": 0.5}, by="Eva", planted=(1.0,))
    second = rehearse(registry, "toy", CheckKind.DRIFT, {"share_limit": 0.4}, by="Eva", planted=(1.0,))
    save_limits(registry, first.id, by="Eva", reason="first")
    with pytest.raises(Refused, match="changed since"):
        save_limits(registry, second.id, by="Eva", reason="second")
    third = rehearse(registry, "toy", CheckKind.DRIFT, {"share_limit": 0.4}, by="Eva", planted=(1.0,))
    past.clock.move_to(past.clock.now() + 8 * DAY)
    with pytest.raises(Refused, match="older than 7 days"):
        save_limits(registry, third.id, by="Eva", reason="too late")
    assert settings_of(past, CheckKind.DRIFT)["share_limit"] == 0.5


def test_what_cannot_be_rehearsed_is_said(past: PlantSite) -> None:
    registry = past.registry
    with pytest.raises(UserError, match="no setting 'limitt'"):
        rehearse(registry, "toy", CheckKind.PERFORMANCE, {"limitt": 0.5}, by="Eva")
    with pytest.raises(UserError, match="has no limit to rehearse"):
        rehearse(registry, "toy", CheckKind.FRESHNESS, {}, by="Eva")
    with pytest.raises(UserError, match="needs the name"):
        rehearse(registry, "toy", CheckKind.DRIFT, {}, by=" ")
    with pytest.raises(UserError, match="no rehearsal 99"):
        save_limits(registry, 99, by="Eva", reason="x")
    with pytest.raises(UserError, match="nothing to replay"):
        rehearse(registry, "toy", CheckKind.DRIFT, {}, by="Eva", since=past.clock.now() + timedelta(days=400))


def test_a_stopped_rehearsal_leaves_nothing(past: PlantSite) -> None:
    class Stopped(Exception):
        pass

    def stop(fraction: float, what: str) -> None:
        if fraction > 0.1:
            raise Stopped

    with pytest.raises(Stopped):
        rehearse(past.registry, "toy", CheckKind.DRIFT, {}, by="Eva", on_progress=stop)
    assert list_rehearsals(past.registry, "toy") == ()
