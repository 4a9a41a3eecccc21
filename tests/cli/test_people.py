"""`aiqu people`: accounts from the command line, signed like everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.services.opening import open_site
from tests.cli.conftest import Aiqu
from tests.factories.people import PASSWORD
from tests.factories.plant_site import START


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site without people, whose passwords cost little."""
    open_site(tmp_path / "site", create=True, clock=ReplayClock(START)).close()
    return tmp_path / "site"


@pytest.fixture
def staff(aiqu: Aiqu, root: Path, password: Path) -> tuple[object, ...]:
    """Ada the administrator, Eva the engineer, Maria the approver; and the options with which Ada signs."""
    new, signed = ("--new-password-file", password), ("--by", "ada", "--reason", "joined", "--password-file", password)
    aiqu("people", "add", "ada", "--full-name", "Ada", *new, "--site", root)
    for name, role in (("eva", "engineer"), ("maria", "approver")):
        added = aiqu("people", "add", name, "--full-name", name.title(), "--role", role, *new, *signed, "--site", root)
        assert added.status == 0, added.err
    return signed


def _names(aiqu: Aiqu, root: Path) -> dict[str, list[str]]:
    return {row["name"]: row["roles"] for row in aiqu("people", "list", "--site", root, "--json").json}


def test_the_first_account_is_the_administrator_and_every_later_one_is_signed_for(
    aiqu: Aiqu, root: Path, password: Path, staff: tuple[object, ...]
) -> None:
    assert _names(aiqu, root) == {"ada": ["administrator"], "eva": ["engineer"], "maria": ["approver"]}
    unsigned = aiqu(
        "people", "add", "eve", "--full-name", "Eve", "--role", "viewer", "--reason", "x", "--site", root,
        "--new-password-file", password,
    )  # fmt: skip
    assert unsigned.status == 2 and "--by" in unsigned.said_one_sentence()
    assert "joined" in aiqu("audit", "list", "--site", root).out


def test_another_approver_takes_a_witness(aiqu: Aiqu, root: Path, password: Path, staff: tuple[object, ...]) -> None:
    eve = ("people", "add", "eve", "--full-name", "Eve", "--role", "approver", "--new-password-file", password, *staff)
    alone = aiqu(*eve, "--site", root)
    assert alone.status == 1 and "--witness" in alone.said_one_sentence()
    seen = aiqu(*eve, "--witness", "maria", "--witness-password-file", password, "--site", root)
    assert seen.status == 0 and "Eve (eve): approver." in seen.out


def test_roles_and_disabling(aiqu: Aiqu, root: Path, staff: tuple[object, ...]) -> None:
    roles = ("--role", "engineer", "--role", "operator")
    assert aiqu("people", "roles", "eva", *roles, *staff, "--site", root).status == 0
    assert _names(aiqu, root)["eva"] == ["operator", "engineer"]
    assert aiqu("people", "disable", "eva", *staff, "--site", root).status == 0
    assert "disabled 20" in aiqu("people", "list", "--site", root).out
    gone = aiqu("people", "roles", "eva", *roles, *staff, "--site", root)
    assert gone.status == 1 and "stays so" in gone.said_one_sentence()
    assert aiqu("people", "disable", "nobody", *staff, "--site", root).status == 2


def test_a_password_is_changed_by_its_owner_or_by_an_administrator(
    aiqu: Aiqu, root: Path, password: Path, tmp_path: Path, staff: tuple[object, ...]
) -> None:
    other = tmp_path / "other"
    other.write_text("another long password\n")
    own = aiqu("people", "password", "eva", "--password-file", password, "--new-password-file", other, "--site", root)
    assert own.status == 0, own.err
    again = aiqu("people", "password", "eva", "--password-file", password, "--new-password-file", other, "--site", root)
    assert again.status == 1 and "do not fit together" in again.said_one_sentence()
    assert aiqu("people", "password", "eva", "--new-password-file", password, *staff, "--site", root).status == 0


def test_a_password_is_neither_an_argument_nor_printed(aiqu: Aiqu, root: Path, staff: tuple[object, ...]) -> None:
    for words in (("people", "list", "--site", root, "--json"), ("audit", "list", "--site", root)):
        assert PASSWORD not in aiqu(*words).out and "argon2id" not in aiqu(*words).out
    refused = aiqu("people", "password", "eva", "--password", PASSWORD, "--site", root)
    assert refused.status == 2 and "No such option" in refused.err


def test_a_password_file_that_is_not_there_is_one_sentence(aiqu: Aiqu, root: Path) -> None:
    lost = aiqu(
        "people", "add", "ada", "--full-name", "Ada", "--new-password-file", root / "lost", "--site", root
    )  # fmt: skip
    assert lost.status == 2 and "cannot be read" in lost.said_one_sentence()
