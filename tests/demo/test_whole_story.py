"""`aiqu demo --headless`, whole: what the product shows for itself about thirty months of real data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from aiqu_desktop.demo.beside import sentences
from aiqu_desktop.demo.story import DemoModel, Story, load_story
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import automatic
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.opening import open_site

pytestmark = pytest.mark.campaign


def _aiqu(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aiqu_desktop.cli.main", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "site"


@pytest.fixture(scope="module")
def result(site: Path) -> dict[str, Any]:
    """The whole demo, once."""
    done = _aiqu("demo", "--headless", "--site", site, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def registry(result: dict[str, Any], site: Path) -> Iterator[Registry]:
    registry = open_site(site)
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def story() -> Story:
    return load_story()


def _model(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(model for model in result["models"] if model["name"] == name)


def _performance_alarms(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [alarm for alarm in model["alarms"] if alarm["key"] == "performance"]


def test_the_wall_time_is_told(result: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nthe whole demo: {result['wall_seconds']} s; detection {json.dumps(result['detection'])}")
    assert result["wall_seconds"] > 0


def test_the_first_version_decays_rings_and_is_replaced_by_one_that_recovers(
    result: dict[str, Any], registry: Registry, story: Story
) -> None:
    model = _model(result, "gas-classifier")
    alarm = _performance_alarms(model)[0]
    replaced = next(release for release in model["releases"] if (release["from"], release["to"]) == (1, 2))
    assert alarm["version"] == 1
    assert alarm["activated"] < replaced["at"] <= alarm["action"]
    assert alarm["returned"] is not None and alarm["state"] == "normal"
    series = model_page(registry, "gas-classifier").performance[0]
    rang, switch = (datetime.fromisoformat(at).timestamp() for at in (alarm["activated"], replaced["at"]))
    ringing = (series.times > rang) & (series.times < switch)
    recovered = (series.times > switch + 14 * 86_400) & (series.times < story.mistake.at.timestamp())
    assert np.nanmax(series.values[ringing]) < np.nanmin(series.limit[ringing])
    assert np.count_nonzero(~np.isnan(series.values[recovered])) > 20
    assert np.nanmin(series.values[recovered]) > np.nanmax(series.limit[recovered])


def test_the_mistake_goes_live_and_is_taken_back(result: dict[str, Any], story: Story) -> None:
    model = _model(result, "gas-classifier")
    releases = [(release["kind"], release["from"], release["to"], release["state"]) for release in model["releases"]]
    assert releases[:4] == [
        ("promotion", None, 1, "completed"),
        ("promotion", 1, 2, "completed"),
        ("promotion", 2, 3, "completed"),
        ("rollback", 3, 2, "completed"),
    ]
    mistake, taken_back = model["releases"][2:4]
    assert (mistake["by"], mistake["approved_by"]) == (story.mistake.by, story.approver)
    assert taken_back["by"] == "Automatic rollback, policy 1"
    assert taken_back["approved_by"] == f"{story.engineer} and {story.approver}, beforehand"
    (alarm,) = [alarm for alarm in _performance_alarms(model) if alarm["version"] == 3]
    assert mistake["at"] < alarm["activated"] < taken_back["at"], "the product noticed, then it acted"
    assert alarm["action"] == taken_back["at"]
    assert model["champion"] == max(model["versions"]), "the newest version serves in the end"
    assert 0 < result["detection"]["rollback_seconds_to_proof"][0] < 15


def test_the_automatic_rollback_is_told_from_onset_to_proof_beside_the_figures_of_others(
    result: dict[str, Any], registry: Registry, story: Story, site: Path
) -> None:
    (one,) = result["automatic"]["rollbacks"]
    assert (one["model"], one["from"], one["to"]) == (story.automatic.model, story.mistake.version, 2)
    truth, onset, alarm, due, acted = (
        datetime.fromisoformat(one[name]) for name in ("true_onset", "onset", "alarm", "due", "acted")
    )
    assert story.automatic.at < truth <= onset <= alarm < due == acted == alarm + story.automatic.countdown
    assert one["days_from_onset_to_rollback"] == pytest.approx((acted - onset).total_seconds() / 86_400, abs=0.01)
    assert 0 < one["seconds_to_proof"] < 15 and one["labels_by_then"] >= 30
    assert one["signed_beforehand_by"] == f"{story.engineer} and {story.approver}"
    assert "at most once in" in one["guarantee"]
    assert Path(one["report"]).parent == site / "reports" and Path(one["report"]).read_bytes().startswith(b"%PDF")
    beside = result["automatic"]["beside"]
    assert (beside["without_monitoring_days"], beside["best_practice_days"]) == (122.0, 9.0)
    (sentence,) = sentences(result["automatic"] | {"rollbacks": [one | {"true_onset": truth, "onset": onset}]})
    assert "four months" in sentence and "nine days" in sentence
    # No later alarm had a healthy version to go back to, and each of them says so.
    blocked = [row for row in automatic.show(registry, story.automatic.model).past if row.noted_at > acted]
    assert blocked and all(row.to_version is None and row.obstacle for row in blocked)


def test_the_healthy_model_never_rings_about_its_performance(result: dict[str, Any]) -> None:
    model = _model(result, "machine-failure")
    assert _performance_alarms(model) == []
    assert model["champion"] == 1


def test_an_alarm_has_an_onset_then_a_ring_then_an_action(result: dict[str, Any]) -> None:
    alarms = [alarm for model in result["models"] for alarm in model["alarms"]]
    assert len([alarm for alarm in alarms if alarm["key"] == "performance"]) >= 4
    for alarm in alarms:
        instants = [datetime.fromisoformat(alarm[name]) for name in ("onset", "activated", "action") if alarm[name]]
        assert instants == sorted(instants) and len(instants) >= 2, alarm
    answered = [alarm for alarm in alarms if alarm["key"] == "performance" and alarm["action"]]
    assert len(answered) >= 3
    assert all(alarm["acknowledged"] for alarm in alarms if alarm["state"] == "normal")


@pytest.mark.parametrize("name", ["gas-classifier", "gas-concentration", "machine-failure"])
def test_every_row_that_was_fed_is_in_the_store_once_with_its_label(
    result: dict[str, Any], registry: Registry, story: Story, name: str
) -> None:
    rows, labels = _fed(story, story.model(name))
    model = _model(result, name)
    assert (model["observations"], model["labels"]) == (len(rows), len(labels))
    assert len(rows) > 6000
    window = ObservationStore(registry).window(
        name, story.start, datetime(2011, 1, 1, tzinfo=UTC), columns=("label", "labelled_at", "served_digest")
    )
    assert Counter(window.columns["id"]) == Counter(rows), "each once on disk"
    labelled = ~np.isnat(window.columns["labelled_at"])
    assert Counter(window.columns["id"][labelled]) == Counter(labels)
    served = {version.digest for version in model_page(registry, name).versions}
    assert set(window.columns["served_digest"]) <= served
    assert set(result["files"]) == {"taken"}


def test_every_check_that_was_due_was_answered(result: dict[str, Any]) -> None:
    for model in result["models"]:
        assert set(model["check_runs"]) == {"done"} and model["check_runs"]["done"] > 900


def test_the_audit_chain_is_whole_and_the_report_is_there(result: dict[str, Any], site: Path) -> None:
    verified = _aiqu("audit", "verify", "--site", site, "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["head"] == result["audit"]["head"]
    assert result["audit"]["intact"] and result["audit"]["records"] > 5000
    assert Path(result["report"]).read_bytes().startswith(b"%PDF")
    assert Path(result["report"]).parent == site / "reports"


def test_the_demo_goes_on_where_it_stood_and_does_nothing_twice(result: dict[str, Any], site: Path) -> None:
    again = json.loads(_aiqu("demo", "--headless", "--site", site, "--json").stdout)
    assert again["models"] == result["models"]
    assert again["files"] == result["files"]


def _fed(story: Story, model: DemoModel) -> tuple[list[str], list[str]]:
    """The ids that the plant hands over until the end of the story, and those whose label comes until then."""
    last = story.end - (story.end - story.start) % model.read_out
    query = "SELECT id FROM read_parquet(?) WHERE event_time >= ? AND event_time <= ?"
    start = story.start.replace(tzinfo=None)
    with duckdb.connect() as connection:
        rows, labels = (
            connection.execute(query, [str(model.source), start, until.replace(tzinfo=None)]).fetchall()
            for until in (last, last - model.label_delay)
        )
    return [row[0] for row in rows], [row[0] for row in labels]
