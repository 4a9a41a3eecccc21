"""What a shelved alarm does, and does not do, to the rest of the product."""

from __future__ import annotations

from aiqu_desktop.core.words import AlarmState, Health, PlantState, ShelfTime
from aiqu_desktop.lifecycle.gates.site import alarms_are_quiet
from aiqu_desktop.services.alarm_holding import list_suppressed, shelve
from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.overview import overview
from aiqu_desktop.services.plant import set_plant_state
from tests.factories.bundles import make_bundle
from tests.factories.plant_site import PlantSite


def test_a_model_is_not_shown_as_good_because_its_alarm_was_shelved(site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    (before,) = overview(site.registry).tiles
    assert before.health is Health.ALARM
    open_ids = [alarm.id for alarm in list_alarms(site.registry)]
    shelve(site.registry, open_ids, ShelfTime.EIGHT_HOURS, by="Elin", reason="the line is being rebuilt")
    seen = overview(site.registry)
    (tile,) = seen.tiles
    assert tile.health is Health.WARNING
    assert "Not told: shelved until" in tile.reason and "the line is being rebuilt" in tile.reason
    assert (tile.open_alarms, seen.open_alarms, seen.worst_alarm, seen.waiting) == (0, 0, None, ())


def test_a_shelved_alarm_about_the_data_still_counts_at_the_gates(site: PlantSite) -> None:
    site.day()
    for _ in range(4):
        site.day(rows=0)
    stale = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "freshness-data")
    shelve(site.registry, [stale.id], ShelfTime.EIGHT_HOURS, by="Elin", reason="holiday")
    with site.registry.read() as session:
        gate = alarms_are_quiet(session, 1, ["freshness-data"])
    assert gate.passed is False
    assert [alarm for alarm in list_alarms(site.registry) if alarm.key == "freshness-data"] == []


def test_the_monitor_brings_a_shelved_alarm_back_by_itself(site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    alarm = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "performance")
    shelve(site.registry, [alarm.id], ShelfTime.EIGHT_HOURS, by="Elin", reason="known")
    site.day(wrong=0.9)
    assert list_suppressed(site.registry) == ()
    back = next(row for row in list_alarms(site.registry) if row.key == "performance")
    assert (back.id, back.state) == (alarm.id, AlarmState.UNACKNOWLEDGED)


def test_a_model_that_comes_while_the_plant_is_cleaned_is_covered_too(site: PlantSite) -> None:
    set_plant_state(site.registry, PlantState.CLEANING, model=None, by="Elin", reason="wash")
    import_version(site.registry, make_bundle(site.folder / "other", "other", 1), by="Eva")
    site.monitor.tick()
    keys = {name: {row.key for row in list_suppressed(site.registry) if row.model == name} for name in ("toy", "other")}
    assert keys["other"] == keys["toy"] != set()
