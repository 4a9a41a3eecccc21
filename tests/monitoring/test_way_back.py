"""Standby and drill as checks: the way back is verified before it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from aiqu_desktop.core.words import CheckKind, Priority, Verdict
from aiqu_desktop.line.protocol import MODEL_FILE, TargetFolder
from aiqu_desktop.registry.tables import Check, CheckRun, Metric, Schedule
from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.checking import check_now
from tests.factories.plant_site import PlantSite, plant_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PlantSite]:
    """Version 2 is live, version 1 before it was healthy."""
    with plant_site(tmp_path) as made:
        made.import_version(2)
        assert made.promote(2).done
        yield made


def test_the_last_known_good_is_laid_ready_again_where_it_is_missing(site: PlantSite) -> None:
    folder = TargetFolder(site.registry.paths.line / "toy")
    digest = next(place.name for place in folder.versions.iterdir() if place.name != site.digest())
    staged = folder.version_folder(digest) / MODEL_FILE
    staged.write_bytes(b"rust")
    (run,) = check_now(site.registry, model="toy", kind=CheckKind.STANDBY)
    assert run.verdict is Verdict.GOOD, run.summary
    assert "Version 1 lies ready" in run.summary
    assert folder.is_staged(digest)


def test_a_last_known_good_that_is_damaged_here_rings(site: PlantSite) -> None:
    for artifact in site.registry.paths.artifacts.rglob("*"):
        if artifact.is_file():
            artifact.chmod(0o644)
            artifact.write_bytes(b"overwritten")
    (run,) = check_now(site.registry, model="toy", kind=CheckKind.STANDBY)
    assert run.verdict is Verdict.BAD
    (alarm,) = [alarm for alarm in list_alarms(site.registry) if alarm.key == "standby"]
    assert alarm.priority is Priority.MEDIUM
    assert "version 1" in alarm.message


def test_a_drill_keeps_its_seconds_and_puts_them_on_the_chain(site: PlantSite) -> None:
    (run,) = check_now(site.registry, model="toy", kind=CheckKind.DRILL)
    assert run.verdict is Verdict.GOOD, run.summary
    with site.registry.read() as session:
        seconds = session.scalars(select(Metric.value).where(Metric.name == "drill.back_seconds")).one()
        result = session.get_one(CheckRun, run.id).result
    assert seconds is not None and seconds > 0
    assert (result["champion"], result["last_good"]) == (2, 1)
    assert verify_chain(site.registry).intact


def test_a_drill_on_a_dead_line_rings(site: PlantSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.line.kill()
    site.line.wait()
    monkeypatch.setattr("aiqu_desktop.lifecycle.drill.PATIENCE", 0.5)
    (run,) = check_now(site.registry, model="toy", kind=CheckKind.DRILL)
    assert run.verdict is Verdict.BAD
    assert [alarm.key for alarm in list_alarms(site.registry)] == ["drill"]


def test_a_first_version_has_no_way_back_and_that_is_said_without_an_alarm(tmp_path: Path) -> None:
    with plant_site(tmp_path) as first:
        for kind in (CheckKind.STANDBY, CheckKind.DRILL):
            (run,) = check_now(first.registry, model="toy", kind=kind)
            assert run.verdict is Verdict.UNKNOWN
        assert list_alarms(first.registry) == ()


def test_a_site_of_an_older_product_gets_the_new_checks_when_its_monitor_starts(site: PlantSite) -> None:
    with site.registry.write() as session:
        old = select(Check.id).where(Check.kind.in_((CheckKind.STANDBY, CheckKind.DRILL)))
        session.execute(delete(Schedule).where(Schedule.check_id.in_(old)))
        session.execute(delete(Check).where(Check.kind.in_((CheckKind.STANDBY, CheckKind.DRILL))))
    site.day()
    with site.registry.read() as session:
        kinds = session.scalars(select(Check.kind)).all()
    assert sorted(kinds) == sorted(CheckKind)
    assert verify_chain(site.registry).intact
