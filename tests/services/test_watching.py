"""A model decays and recovers: what the overview, the alarms and the model page say on the way."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmState, Health, Priority, RunState
from aiqu_desktop.services.alarms import acknowledge, list_alarms
from aiqu_desktop.services.audit import list_audit, verify_chain
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.overview import overview
from aiqu_desktop.services.runs import list_runs
from tests.factories.plant_site import DAY, START, PlantSite


def _tile(site: PlantSite):
    (tile,) = overview(site.registry).tiles
    return tile


def _performance_alarm(site: PlantSite):
    return next((a for a in list_alarms(site.registry, only_open=False) if a.key == "performance"), None)


def test_a_model_that_does_well_is_good_and_quiet(site: PlantSite) -> None:
    for _ in range(4):
        site.day(wrong=0.05)
    tile = _tile(site)
    assert tile.health is Health.GOOD
    assert tile.serving_proven
    assert (tile.champion, tile.open_alarms) == (1, 0)
    assert tile.value == pytest.approx(0.95, abs=0.01)
    assert tile.low < tile.value < tile.high
    assert tile.n == 240
    assert not [alarm for alarm in list_alarms(site.registry) if alarm.priority is Priority.HIGH]


def test_a_decayed_model_rings_after_its_on_delay_with_an_onset_near_the_truth(site: PlantSite) -> None:
    for _ in range(5):
        site.day(wrong=0.02)
    onset = START + 5 * DAY
    for _ in range(3):
        site.day(wrong=0.9)
    alarm = _performance_alarm(site)
    assert alarm is not None
    assert alarm.state is AlarmState.UNACKNOWLEDGED
    assert alarm.priority is Priority.HIGH
    assert abs(alarm.onset_at - onset) < timedelta(hours=12)
    assert alarm.activated_at > onset + DAY, "one bad answer alone must not ring"
    assert _tile(site).health is Health.ALARM
    assert overview(site.registry).worst_alarm.id == alarm.id
    assert "at most once in 10 years" in alarm.guarantee
    recorded = next(each for each in list_audit(site.registry) if each.action == "alarm.activated")
    assert recorded.new["guarantee"] == alarm.guarantee


def test_acknowledging_needs_a_name_and_a_note_and_is_recorded(site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    alarm = _performance_alarm(site)
    for name, note in (("", "seen"), ("Elin", " ")):
        with pytest.raises(UserError, match="needs a name and a note"):
            acknowledge(site.registry, [alarm.id], by=name, note=note)
    (row,) = acknowledge(site.registry, [alarm.id], by="Elin", note="calling the laboratory")
    assert (row.state, row.acknowledged_by, row.note) == (AlarmState.ACKNOWLEDGED, "Elin", "calling the laboratory")
    with pytest.raises(UserError, match="needs no acknowledgement"):
        acknowledge(site.registry, [alarm.id], by="Elin", note="again")
    assert verify_chain(site.registry).intact


def test_a_new_version_ends_the_old_ones_alarm_and_starts_unknown(site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    site.import_version(2)
    assert site.promote(2).done
    site.day(rows=10)
    assert _performance_alarm(site).state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert _tile(site).health is Health.UNKNOWN, "ten labels of the new version prove nothing yet"
    for _ in range(3):
        site.day()
    assert _tile(site).health in (Health.GOOD, Health.WARNING)


def test_what_was_measured_of_the_former_version_is_not_shown_as_the_new_ones(site: PlantSite) -> None:
    for _ in range(3):
        site.day()
    assert _tile(site).health is Health.GOOD
    site.import_version(2)
    assert site.promote(2).done
    tile = _tile(site)
    assert tile.health is Health.UNKNOWN
    assert tile.value is None
    assert "Version 2 has just gone live" in tile.reason


def test_moved_inputs_warn_but_do_not_alarm(site: PlantSite) -> None:
    for _ in range(4):
        site.day(shift=3.0)
    drift = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "drift")
    assert drift.priority is Priority.LOW
    assert "temperature" in drift.message
    page = model_page(site.registry, "toy")
    row = page.heat.features.index("temperature")
    assert page.heat.effects[row, -1] > 1
    assert page.heat.drifted[row, -1]


def test_silence_makes_a_model_unknown(site: PlantSite) -> None:
    for _ in range(3):
        site.day()
    assert _tile(site).health is Health.GOOD
    for _ in range(5):
        site.day(rows=0)
    tile = _tile(site)
    assert tile.health is Health.UNKNOWN
    assert "No observation has come for" in tile.reason


def test_green_expires_when_nobody_checks(site: PlantSite) -> None:
    for _ in range(3):
        site.day()
    site.clock.move_to(site.clock.now() + 3 * DAY)
    tile = _tile(site)
    assert tile.health is Health.UNKNOWN
    assert "too old" in tile.reason


def test_a_model_whose_line_is_gone_is_not_green(site: PlantSite) -> None:
    for _ in range(3):
        site.day()
    assert _tile(site).health is Health.GOOD
    site.line.kill()
    assert wait_until(lambda: not _tile(site).serving_proven, 15)
    assert _tile(site).health is Health.UNKNOWN
    assert "see whether it runs" in _tile(site).reason


def test_a_file_in_quarantine_alarms_and_the_rest_is_taken(site: PlantSite) -> None:
    site.day()
    (site.drop / "bad.csv").write_text("id,event_time,temp\n1,2026-01-01T00:00:00Z,3\n")
    site.day()
    alarm = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "quarantine")
    assert "bad.csv" in alarm.message
    assert (site.drop / "quarantine" / "bad.csv").exists()
    assert model_page(site.registry, "toy").volume.values.sum() == 120


def test_a_broken_sensor_is_a_data_quality_alarm(site: PlantSite) -> None:
    site.day(shift=40.0)
    alarm = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "quality")
    assert "temperature" in alarm.message
    assert "out of range" in alarm.message


def test_a_check_that_fails_is_visible_and_alarms(site: PlantSite) -> None:
    site.day()
    for segment in (site.registry.paths.observations / "toy").glob("observations-*.parquet"):
        segment.write_bytes(b"bit rot")
    from aiqu_desktop.services.opening import open_site

    site.monitor.stop()
    site.registry.close()
    again = open_site(site.registry.paths.root, clock=site.clock)  # nothing cached: the segments are read from disk
    from aiqu_desktop.scheduling import Monitor

    site.registry, site.monitor = again, Monitor(again, settle_seconds=0.0)
    site.day()
    failed = [run for run in list_runs(again) if run.state is RunState.FAILED]
    assert failed
    assert "missing or damaged" in failed[0].summary
    assert any(alarm.key.startswith("check-") for alarm in list_alarms(again))


def test_the_model_page_draws_what_was_measured(site: PlantSite) -> None:
    for wrong in (0.0, 0.1, 0.2):
        site.day(wrong=wrong)
    page = model_page(site.registry, "toy")
    primary = page.performance[0]
    assert primary.name == "performance.accuracy"
    assert np.all(np.diff(primary.times) > 0)
    assert primary.values[-1] == pytest.approx(0.9, abs=0.01)
    assert primary.limit[-1] > 0
    assert [mark.kind for mark in page.marks] == ["promotion"]
    assert page.served[-1].end is None
    assert not page.roll_back.enabled
    assert page.roll_back.why_not


def test_an_unknown_model_is_answered_with_the_names_that_there_are(site: PlantSite) -> None:
    with pytest.raises(UserError, match="toy"):
        model_page(site.registry, "toi")
