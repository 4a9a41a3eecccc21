"""`aiqu audit` and `aiqu doctor`: what is whole is called whole, and what is damaged is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.doctor import Finding
from tests.cli.conftest import Aiqu
from tests.factories.bundles import make_bundle
from tests.factories.plant_site import PlantSite


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site without line or scheduler, as `aiqu import --create` leaves it."""
    from aiqu_desktop.services.imports import import_version
    from aiqu_desktop.services.opening import open_site

    folder = tmp_path_factory.mktemp("untouched")
    registry = open_site(folder / "site", create=True)
    import_version(registry, make_bundle(folder / "v1"), by="Eva")
    registry.close()
    return folder / "site"


@pytest.fixture
def root(untouched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(untouched, tmp_path / "site"))


def _damage(root: Path, *statements: str) -> None:
    """What a person with a database tool could do: take the guards off, and write."""
    registry = Registry.open(SitePaths(root), SystemClock())
    try:
        with registry.write() as session:
            for action in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER audit_records_no_{action}"))
            for statement in statements:
                session.execute(text(statement))
    finally:
        registry.close()


def _findings(answer) -> dict[str, Finding]:
    return {found["topic"]: Finding(**found) for found in answer.json}


def test_a_whole_chain_is_intact_and_its_head_is_named(aiqu: Aiqu, root: Path) -> None:
    machine = aiqu("audit", "verify", "--site", root, "--json")
    assert (machine.status, machine.json["intact"], machine.json["broken_at"]) == (0, True, None)
    newest = aiqu("audit", "list", "--limit", "1", "--site", root, "--json").json[0]
    assert (newest["sequence"], newest["hash"]) == (machine.json["records"], machine.json["head"])
    people = aiqu("audit", "verify", "--site", root)
    assert (people.status, people.err) == (0, "")
    assert "The audit chain is intact." in people.out and machine.json["head"] in people.out


@pytest.mark.parametrize(
    ("statement", "broken", "said"),
    [
        ("UPDATE audit_records SET reason = 'nothing happened' WHERE sequence = 3", 3, "was changed after"),
        ("DELETE FROM audit_records WHERE sequence = 2", 2, "Record 2 is missing"),
        ("UPDATE audit_records SET previous_hash = hash WHERE sequence = 4", 4, "does not continue record 3"),
        ("UPDATE audit_records SET at = '2001-01-01 00:00:00' WHERE sequence = 1", 1, "was changed after"),
    ],
    ids=["changed", "removed", "relinked", "redated"],
)
def test_a_broken_chain_is_a_bad_answer_that_names_the_first_broken_record(
    aiqu: Aiqu, root: Path, statement: str, broken: int, said: str
) -> None:
    _damage(root, statement)
    people = aiqu("audit", "verify", "--site", root)
    assert (people.status, people.err) == (1, "")
    assert "BROKEN" in people.out and f"Record {broken}" in people.out and said in people.out
    machine = aiqu("audit", "verify", "--site", root, "--json")
    assert (machine.status, machine.json["intact"], machine.json["broken_at"]) == (1, False, broken)
    assert aiqu("doctor", "--site", root).status == 1


def test_the_list_is_cut_and_searched(aiqu: Aiqu, root: Path) -> None:
    rows = aiqu("audit", "list", "--limit", "3", "--site", root, "--json").json
    assert [row["sequence"] for row in rows] == sorted((row["sequence"] for row in rows), reverse=True)
    assert len(rows) == 3
    found = aiqu("audit", "list", "--text", "EVA", "--site", root, "--json").json
    assert found and {row["actor"] for row in found} == {"Eva"}
    assert aiqu("audit", "list", "--text", "100%", "--site", root, "--json").json == []
    people = aiqu("audit", "list", "--text", "site.created", "--site", root)
    assert (people.status, people.err) == (0, "")
    assert "setup" in people.out and len(people.out.splitlines()) == 2


def test_the_doctor_is_content_with_a_site_that_works(aiqu: Aiqu, site: PlantSite) -> None:
    folder = TargetFolder(site.registry.paths.line / "toy")
    assert wait_until(lambda: (seen := folder.status()) is not None and seen.alive(SystemClock().now(), 2.0), 20)
    site.monitor.tick()
    machine = aiqu("doctor", "--site", site.registry.paths.root, "--json")
    found = _findings(machine)
    assert machine.status == 0, [finding for finding in found.values() if finding.ok is False]
    assert {"versions", "sqlite", "disk", "schema", "database", "scheduler", "audit", "line toy"} <= set(found)
    assert found["line toy"].sentence == "The line serves version 1."
    people = aiqu("doctor", "--site", site.registry.paths.root)
    assert (people.status, people.err) == (0, "")
    assert all(line.startswith(("ok ", "    ")) for line in people.out.splitlines())


def test_the_doctor_needs_no_site(aiqu: Aiqu, tmp_path: Path) -> None:
    answer = aiqu("doctor", "--site", tmp_path / "a" / "b", "--json")
    assert answer.status == 0
    assert _findings(answer)["site"].sentence == f"There is no site in {tmp_path / 'a' / 'b'} yet."
    assert not (tmp_path / "a").exists()


def test_the_doctor_misses_whoever_should_schedule(aiqu: Aiqu, root: Path) -> None:
    alone = aiqu("doctor", "--site", root, "--json")
    assert alone.status == 1
    found = _findings(alone)
    assert not found["scheduler"].ok and "Nobody has ever scheduled" in found["scheduler"].sentence
    assert found["line toy"].ok is None
    assert aiqu("monitor", "--once", "--site", root).status == 0
    left = _findings(aiqu("doctor", "--site", root, "--json"))["scheduler"]
    assert not left.ok and "The last scheduler (monitor, pid" in left.sentence


@pytest.mark.parametrize("damage", ["no database", "cut short", "pages overwritten", "newer schema"])
def test_the_doctor_reports_a_damaged_registry_and_does_not_fall_over(aiqu: Aiqu, root: Path, damage: str) -> None:
    registry = SitePaths(root).registry
    whole = registry.read_bytes()
    if damage == "no database":
        registry.write_bytes(b"bit rot" * 1000)
    elif damage == "cut short":
        registry.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
    elif damage == "pages overwritten":
        half = len(whole) // 2 // 4096 * 4096
        registry.write_bytes(whole[:half] + b"\xa5" * (len(whole) - half))
    else:
        _damage(root, "UPDATE alembic_version SET version_num = '9999'")
    answer = aiqu("doctor", "--site", root, "--json")
    assert (answer.status, answer.err) == (1, "")
    bad = [finding for finding in _findings(answer).values() if finding.ok is False]
    assert {finding.topic for finding in bad} & {"site", "database"}
    people = aiqu("doctor", "--site", root)
    assert people.status == 1 and "BAD " in people.out
