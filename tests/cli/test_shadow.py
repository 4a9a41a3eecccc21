"""`aiqu shadow` on a real line: begun by an engineer, compared on the very same rows, charted, ended by an operator."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

from aiqu_desktop.core.clock import iso, wait_until
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.services.model_page import model_page
from tests.cli.conftest import Aiqu
from tests.factories.bundles import toy_columns, toy_labels
from tests.factories.plant_site import PlantSite

ROWS = 40


def feed(site: PlantSite) -> None:
    """A file of rows for the line and one with their labels; returns when both versions have answered."""
    folder = TargetFolder(site.registry.paths.line / "toy")
    assert wait_until(lambda: (said := folder.status()) is not None and bool(said.shadow and said.shadow.serving), 30)
    columns, now = toy_columns(ROWS, seed=7), site.clock.now()
    ids = [f"fed-{row}" for row in range(ROWS)]
    times = [iso(now + timedelta(minutes=row + 1)) for row in range(ROWS)]
    hidden = folder.incoming / ".rows.csv"
    with hidden.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "event_time", *columns])
        writer.writerows(zip(ids, times, *columns.values(), strict=True))
    hidden.rename(folder.incoming / "rows.csv")
    labels = "".join(f"{row},{truth}\n" for row, truth in zip(ids, toy_labels(columns, seed=7), strict=True))
    (site.drop / "labels-fed.csv").write_text(f"id,label\n{labels}")
    assert wait_until(
        lambda: (said := folder.status()) is not None and said.shadow is not None and said.shadow.rows_answered == ROWS,
        30,
    )


def test_a_shadow_is_begun_compared_charted_and_ended(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root = site.registry.paths.root
    as_eva = ("--by", "eva", "--password-file", password, "--site", root)
    none = aiqu("shadow", "toy", "--site", root)
    assert none.status == 0 and "No version of toy ever answered beside its champion" in none.out
    site.import_version(2)
    early = aiqu("shadow", "toy", 2, "--reason", "newer data", *as_eva)
    assert early.status == 1 and "only a version that has passed" in early.said_one_sentence()
    site.day()
    begun = aiqu("shadow", "toy", 2, "--reason", "newer data", *as_eva)
    assert begun.status == 0 and "Version 2 answers beside version 1 from now on; version 1 serves as" in begun.out
    again = aiqu("shadow", "toy", 2, "--reason", "x", *as_eva)
    assert again.status == 1 and "is its shadow already" in again.said_one_sentence()
    feed(site)
    site.day(rows=0)
    served = aiqu("served", "toy", "--at", iso(site.clock.now()), "--site", root, "--json").json
    assert (served["version"], served["digest"]) == (1, site.digest()), "what serves has not changed"
    shown = aiqu("shadow", "toy", "--site", root)
    assert shown.status == 0, shown.err
    assert "40 of 40 rows taken in so far. On 40 rows that both answered: the same answer in" in shown.out
    assert "On 40 labelled ones its accuracy is" in shown.out
    assert "in the line: 40 answered, 0 failed, 0 dropped" in shown.out and "time a row:" in shown.out
    told = aiqu("shadow", "toy", "--site", root, "--json").json
    assert (told["shadow"]["version"], told["champion"], told["compared"]["labels"]) == (2, 1, 40)
    rows = {row["number"]: row for row in aiqu("versions", "toy", "--site", root, "--json").json}
    assert rows[2]["shadow"]["sentence"].startswith("Runs beside the champion. On 40 rows that both answered:")
    assert rows[1]["shadow"] is None
    page = model_page(site.registry, "toy")
    assert page.challenger is not None and page.challenger.title == "Shadow, version 2"
    assert page.challenger.n.tolist() == [40.0]
    assert page.challenger.low[0] <= page.challenger.values[0] <= page.challenger.high[0]
    ended = aiqu(
        "shadow", "toy", "--end", "--reason", "seen enough", "--by", "olle", "--password-file", password, "--site", root
    )
    assert ended.status == 0 and "The shadow of version 2 has ended; what it answered stays." in ended.out
    last = aiqu("shadow", "toy", "--site", root)
    assert last.status == 0 and "ended by Olle: seen enough" in last.out
    records = [row["action"] for row in aiqu("audit", "list", "--site", root, "--json").json]
    assert {"shadow.begun", "shadow.taken", "shadow.ended"} <= set(records)


def test_what_is_asked_wrongly_is_told_in_one_sentence(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    for words, said in (
        (("toy", 2, "--end"), "not both"),
        (("toy", 2), "needs a reason"),
        (("toy", "--end", "--reason", "x"), "--by NAME"),
        (("none",), "There is no model 'none'"),
    ):
        answer = aiqu("shadow", *words, "--site", root)
        assert answer.status == 2 and said in answer.said_one_sentence()


def test_a_shadow_that_does_not_answer_is_a_bad_answer(aiqu: Aiqu, site: PlantSite, password: Path) -> None:
    root = site.registry.paths.root
    site.import_version(2)
    site.day()
    as_eva = ("--by", "eva", "--password-file", password, "--site", root)
    assert aiqu("shadow", "toy", 2, "--reason", "newer data", *as_eva).status == 0
    site.line.kill()
    site.line.wait()
    folder = TargetFolder(site.registry.paths.line / "toy")
    status = folder.status()
    assert status is not None
    folder.write_status(status.at(site.clock.now()))  # long ago, by the machine's own clock
    answer = aiqu("shadow", "toy", "--site", root)
    assert answer.status == 1 and "The line does not say that it runs" in answer.out
