"""`aiqu check`, `monitor --once`, `alarms` and `report` on a plant whose model decayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import AlarmState, CheckKind
from aiqu_desktop.services.alarms import list_alarms
from aiqu_desktop.services.audit import verify_chain
from tests.cli.conftest import Aiqu
from tests.factories.plant_site import DAY, START, PlantSite


def test_check_takes_in_what_waits_and_finds_the_model_well(aiqu: Aiqu, site: PlantSite) -> None:
    site.clock.move_to(START + DAY)
    site.monitor.tick()
    site.write(60, START + DAY)
    answer = aiqu("check", "toy", "--kind", "performance", "--site", site.registry.paths.root, "--json")
    assert answer.status == 0, answer.out
    (row,) = answer.json
    assert (row["kind"], row["state"], row["verdict"], row["rows"]) == ("performance", "done", "good", 60)
    assert not list(site.drop.glob("*.csv")), "the files were taken in"
    assert aiqu("check", "toy", "--kind", "performance", "--site", site.registry.paths.root).status == 0


def test_check_answers_each_kind_and_is_bad_when_one_is(aiqu: Aiqu, decayed: PlantSite) -> None:
    people = aiqu("check", "--site", decayed.registry.paths.root)
    assert (people.status, people.err) == (1, "")
    assert [line.split()[1] for line in people.out.splitlines()[1:] if line.startswith("toy")] == [
        kind.value for kind in CheckKind
    ]
    machine = aiqu("check", "--kind", "performance", "--site", decayed.registry.paths.root, "--json")
    assert machine.status == 1
    assert [row["verdict"] for row in machine.json] == ["bad"]


def test_check_without_data_could_not_be_asked(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    one = aiqu("check", "--kind", "drift", "--site", root, "--json")
    assert [(row["state"], row["verdict"]) for row in one.json] == [("done", "unknown")]
    assert one.status == 2, "an unknown answer is never green"
    whole = aiqu("check", "--site", root, "--json")
    assert {row["verdict"] for row in whole.json} == {"good", "unknown"}
    assert whole.status == 0, "what could be asked is well"


def test_a_warning_counts_beside_an_unknown_answer(aiqu: Aiqu, site: PlantSite) -> None:
    site.day(shift=5.0, labels=False)
    answer = aiqu("check", "--site", site.registry.paths.root, "--json")
    verdicts = {row["kind"]: row["verdict"] for row in answer.json}
    assert (verdicts["drift"], verdicts["performance"]) == ("warning", "unknown")
    assert answer.status == 1


def test_a_check_that_breaks_could_not_be_answered(aiqu: Aiqu, site: PlantSite) -> None:
    site.day()
    for segment in (site.registry.paths.observations / "toy").glob("observations-*.parquet"):
        segment.write_bytes(b"bit rot")
    answer = aiqu("check", "--kind", "drift", "--site", site.registry.paths.root, "--json")
    assert answer.status == 2
    assert (answer.json[0]["state"], answer.json[0]["verdict"]) == ("failed", "unknown")


@pytest.mark.parametrize("command", ["check", "report"])
def test_a_model_that_is_not_there_is_answered_with_those_that_are(
    aiqu: Aiqu, decayed: PlantSite, command: str
) -> None:
    answer = aiqu(command, "toi", "--site", decayed.registry.paths.root)
    assert (answer.status, answer.out) == (2, "")
    assert "'toi'" in (said := answer.said_one_sentence()) and "toy" in said.replace("'toi'", "")


def test_monitor_once_does_what_is_due_and_ends(aiqu: Aiqu, site: PlantSite) -> None:
    assert site.monitor.run_until_idle(60)
    site.clock.move_to(START + DAY)
    site.write(60, START + DAY)
    site.monitor.stop()
    root = site.registry.paths.root
    answer = aiqu("monitor", "--once", "--settle-seconds", "0", "--site", root, "--json")
    assert (answer.status, answer.err) == (0, "")
    assert [run["state"] for run in answer.json[:5]] == ["done"] * 5
    assert {run["scheduled_for"] for run in answer.json[:5]} == {iso(START + DAY)}
    assert not list(site.drop.glob("*.csv"))
    again = aiqu("monitor", "--once", "--site", root)
    assert (again.status, again.out) == (0, "Everything that was due has run.\n"), "the lease was given up"


@pytest.mark.parametrize("machine", [(), ("--json",)], ids=["people", "machine"])
def test_monitor_once_leaves_a_site_to_the_process_that_schedules_there(
    aiqu: Aiqu, site: PlantSite, machine: tuple[str, ...]
) -> None:
    site.day()
    answer = aiqu("monitor", "--once", "--site", site.registry.paths.root, *machine)
    assert (answer.status, answer.out) == (2, "")
    assert "Another process schedules on this site" in answer.said_one_sentence()


def test_an_unseen_alarm_is_a_bad_answer_worst_first(aiqu: Aiqu, decayed: PlantSite) -> None:
    root = decayed.registry.paths.root
    machine = aiqu("alarms", "--site", root, "--json")
    assert machine.status == 1
    first = machine.json[0]
    assert (first["key"], first["priority"], first["state"]) == ("performance", "high", "unacknowledged")
    assert first["onset_at"] <= first["activated_at"]
    people = aiqu("alarms", "--model", "toy", "--site", root)
    assert people.status == 1
    assert f"{first['id']} " in people.out and first["activated_at"] in people.out
    assert aiqu("alarms", "--model", "toi", "--site", root).status == 2


def test_a_quiet_site_says_so(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    assert aiqu("alarms", "--site", root).out == "No alarm is open.\n"
    assert aiqu("alarms", "--all", "--site", root).out == "There was never an alarm.\n"
    machine = aiqu("alarms", "--site", root, "--json")
    assert (machine.status, machine.json) == (0, [])


def test_acknowledging_takes_an_existing_alarm_a_name_and_a_note(aiqu: Aiqu, site: PlantSite) -> None:
    for _ in range(3):
        site.day(wrong=0.9)
    root = site.registry.paths.root
    open_ids = [alarm.id for alarm in list_alarms(site.registry)]
    acknowledge = [word for alarm_id in open_ids for word in ("--ack", str(alarm_id))]
    no_note = aiqu("alarms", *acknowledge, "--by", "Elin", "--site", root)
    assert (no_note.status, no_note.out) == (2, "")
    assert "needs a name and a note" in no_note.said_one_sentence()
    one_wrong = aiqu("alarms", *acknowledge, "--ack", "999", "--by", "Elin", "--note", "seen", "--site", root)
    assert one_wrong.status == 2 and "no alarm 999" in one_wrong.said_one_sentence()
    assert all(alarm.state is AlarmState.UNACKNOWLEDGED for alarm in list_alarms(site.registry)), "all or none"
    done = aiqu("alarms", *acknowledge, "--by", "Elin", "--note", "calling the laboratory", "--site", root, "--json")
    assert done.status == 0
    assert {(row["acknowledged_by"], row["note"]) for row in done.json} == {("Elin", "calling the laboratory")}
    twice = aiqu("alarms", *acknowledge, "--by", "Elin", "--note", "again", "--site", root)
    assert twice.status == 2 and "needs no acknowledgement" in twice.said_one_sentence()
    assert verify_chain(site.registry).intact


def test_a_report_goes_where_it_is_told_and_onto_the_chain(aiqu: Aiqu, decayed: PlantSite, tmp_path: Path) -> None:
    root, file = decayed.registry.paths.root, tmp_path / "new folder" / "report.pdf"
    told = aiqu("report", "toy", "--output", file, "--by", "Eva", "--site", root, "--json")
    assert (told.status, told.json) == (0, {"report": str(file)})
    assert file.read_bytes().startswith(b"%PDF")
    made = aiqu("audit", "list", "--text", "report.made", "--limit", "1", "--site", root, "--json").json[0]
    assert (made["actor"], made["new"]["file"]) == ("Eva", "report.pdf")


def test_a_report_of_a_period_lies_in_the_sites_folder(aiqu: Aiqu, decayed: PlantSite) -> None:
    period = ("--from", f"{START + DAY:%Y-%m-%d}", "--to", f"{START + 3 * DAY:%Y-%m-%dT%H:%M:%S}")
    answer = aiqu("report", "toy", *period, "--site", decayed.registry.paths.root)
    assert (answer.status, answer.err) == (0, "")
    (file,) = decayed.registry.paths.reports.glob("toy-20260102-20260104-*.pdf")
    assert str(file) in answer.out


def test_a_report_that_cannot_be_made_says_why(aiqu: Aiqu, decayed: PlantSite, tmp_path: Path) -> None:
    root = decayed.registry.paths.root
    (tmp_path / "file").write_text("in the way")
    turned = aiqu("report", "toy", "--from", iso(START + DAY)[:-1], "--to", iso(START)[:-1], "--site", root)
    assert turned.status == 2 and "period is empty" in turned.said_one_sentence()
    nowhere = aiqu("report", "toy", "--output", tmp_path / "file" / "report.pdf", "--site", root)
    assert nowhere.status == 2 and "cannot be written" in nowhere.said_one_sentence()
    nobody = aiqu("report", "toy", "--by", " ", "--site", root)
    assert nobody.status == 2 and "needs the name" in nobody.said_one_sentence()
