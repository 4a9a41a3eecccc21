"""`aiqu automatic`, and a plant whose worse version is rolled back by itself: real checks, a real line, real labels."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from aiqu_desktop.core.words import AlarmState, AutomaticState
from aiqu_desktop.services import automatic
from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.served import served_spans
from tests.cli.conftest import Aiqu
from tests.factories.plant_site import PlantSite
from tests.reports.pdf_text import page_texts, squeezed


def _signed(aiqu: Aiqu, root: Path, password: Path, *more: object) -> None:
    """Eva proposes, Maria approves; a command lives in the site's time once somebody has scheduled there."""
    common = ("--site", root, "--password-file", password, "--json")
    proposed = aiqu("automatic", "toy", "--propose", "--reason", "nights", "--by", "eva", *more, *common)
    assert proposed.status == 0, proposed.err
    assert (proposed.json["mode"], proposed.json["proposal"]["proposed_by"]) == ("advise", "Eva")
    approved = aiqu("automatic", "toy", "--approve", "--by", "maria", *common)
    assert (approved.json["mode"], approved.json["policy"]["approved_by"]) == ("act", "Maria")


def test_one_person_proposes_another_approves_and_any_one_switches_back(
    aiqu: Aiqu, site: PlantSite, password: Path
) -> None:
    root = site.registry.paths.root
    assert "advise. No policy is signed" in aiqu("automatic", "toy", "--site", root).out
    _signed(aiqu, root, password, "--countdown", 3600, "--trigger", "performance", "--trigger", "golden")
    shown = aiqu("automatic", "toy", "--site", root)
    assert "countdown 3600 s, at most 1 in seven days" in shown.out and "approved by Maria" in shown.out
    back = aiqu(
        "automatic", "toy", "--advise", "--reason", "run-in", "--by", "olle", "--site", root,
        "--password-file", password,
    )  # fmt: skip
    assert back.status == 0 and "advise. It was set to advise only: run-in" in back.out


def test_what_cannot_be_is_one_sentence(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root, common = site.registry.paths.root, ("--by", "eva", "--password-file", password)
    answers = {
        "waits for an approver": aiqu("automatic", "toy", "--approve", "--site", root, *common),
        "needs a reason": aiqu("automatic", "toy", "--propose", "--site", root, *common),
        "10 to 86400": aiqu(
            "automatic", "toy", "--propose", "--countdown", 5, "--reason", "x", "--site", root, *common
        ),
        "nothing to veto": aiqu("automatic", "toy", "--veto", "no", "--site", root, *common),
        "no model 'other'": aiqu("automatic", "other", "--site", root),
    }
    for said, answer in answers.items():
        assert said in answer.said_one_sentence() and answer.status in (1, 2)


def _decayed(site: PlantSite) -> None:
    """Version 2 follows version 1, is well for a day, and then answers every row wrong until it rings."""
    for _ in range(3):
        site.day(wrong=0.02)
    site.import_version(2)
    assert site.promote(2).done
    site.day(wrong=0.02)
    for _ in range(4):
        site.day(wrong=1.0)
        if automatic.show(site.registry, "toy").pending is not None:
            return
    raise AssertionError("no performance alarm rang")


def test_a_version_that_gets_worse_is_rolled_back_by_itself_after_its_countdown(
    aiqu: Aiqu, site: PlantSite, password: Path
) -> None:
    root = site.registry.paths.root
    site.monitor.tick()
    _signed(aiqu, root, password, "--countdown", 3600)
    _decayed(site)
    waiting = aiqu("automatic", "toy", "--site", root, "--json").json["pending"]
    assert (waiting["state"], waiting["from_version"], waiting["to_version"]) == ("waiting", 2, 1), waiting
    assert "at most once in" in waiting["guarantee"]
    site.clock.move_to(datetime.fromisoformat(waiting["due_at"]))
    assert site.monitor.run_until_idle(60)
    (done, *_) = automatic.show(site.registry, "toy").past
    assert done.state is AutomaticState.DONE, done
    assert [span.version for span in served_spans(site.registry, "toy")] == [1, 2, 1]
    told = next(alarm for alarm in list_alarms(site.registry) if alarm.key == "automatic")
    assert told.state is AlarmState.RETURNED_UNACKNOWLEDGED
    report = squeezed(" ".join(page_texts(automatic.write_report(site.registry, done.id).read_bytes())))
    for part in ("Automatic rollbacks", "signed beforehand by Eva and Maria", "Press to proof", "at most once in"):
        assert squeezed(part) in report
    assert f"report: {root}" in aiqu("automatic", "toy", "--site", root).out


def test_one_person_vetoes_it_on_the_command_line(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root = site.registry.paths.root
    site.monitor.tick()
    _signed(aiqu, root, password, "--countdown", 3600)
    _decayed(site)
    vetoed = aiqu(
        "automatic", "toy", "--veto", "sensor cleaned", "--by", "olle", "--site", root, "--password-file", password
    )
    assert vetoed.status == 0 and "Vetoed by Olle: sensor cleaned." in vetoed.out
    site.clock.move_to(site.clock.now() + timedelta(hours=2))
    assert site.monitor.run_until_idle(60)
    assert [span.version for span in served_spans(site.registry, "toy")] == [1, 2]
