"""The entry point: one sentence for every error, the three exit statuses, and machine output that is only that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from aiqu_desktop import __version__
from aiqu_desktop.cli.main import aiqu as group
from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from tests.cli.conftest import Aiqu
from tests.factories.bundles import make_bundle

ON_A_SITE = [
    ("monitor", "--once"),
    ("check",),
    ("rehearse", "toy"),
    ("promote", "toy", "1", "--yes", "--reason", "x"),
    ("rollback", "toy", "--yes", "--reason", "x"),
    ("approve", "--list"),
    ("people", "list"),
    ("alarms",),
    ("report", "toy"),
    ("audit", "verify"),
    ("audit", "list"),
]


def _process(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aiqu_desktop.cli.main", *map(str, words)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("words", ON_A_SITE, ids=" ".join)
@pytest.mark.parametrize("machine", [(), ("--json",)], ids=["people", "machine"])
def test_every_command_on_a_site_says_that_there_is_none(
    aiqu: Aiqu, tmp_path: Path, words: tuple[str, ...], machine: tuple[str, ...]
) -> None:
    answer = aiqu(*words, *machine, "--site", tmp_path / "nowhere")
    assert (answer.status, answer.out) == (2, "")
    assert f"There is no site in {tmp_path / 'nowhere'}" in answer.said_one_sentence()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("words", ON_A_SITE, ids=" ".join)
def test_every_command_refuses_a_site_of_a_newer_version(aiqu: Aiqu, tmp_path: Path, words: tuple[str, ...]) -> None:
    _site_of_the_future(tmp_path)
    answer = aiqu(*words, "--site", tmp_path)
    assert (answer.status, answer.out) == (2, "")
    assert "was made by a newer AiQu Desktop" in answer.said_one_sentence()


@pytest.mark.parametrize("words", ON_A_SITE, ids=" ".join)
def test_every_command_says_that_the_registry_is_no_database(
    aiqu: Aiqu, tmp_path: Path, words: tuple[str, ...]
) -> None:
    SitePaths(tmp_path).registry.write_bytes(b"bit rot" * 1000)
    answer = aiqu(*words, "--site", tmp_path)
    assert (answer.status, answer.out) == (2, "")
    assert "cannot be read" in answer.said_one_sentence()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-command",), "No such command"),
        (("check", "--kind", "taste"), "'taste' is not one of"),
        (("promote", "toy", "newest"), "'newest' is not a valid integer"),
        (("drift", "only-one.csv"), "Missing argument 'CURRENT'"),
        (("audit", "list", "--limit", "0"), "not in the range"),
        (("report", "toy", "--from", "yesterday"), "does not match the formats"),
        ((), "Usage: aiqu"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_that_is_not_understood_could_not_be_asked(aiqu: Aiqu, words: tuple[str, ...], said: str) -> None:
    answer = aiqu(*words)
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err and "Traceback" not in answer.err


@pytest.mark.parametrize("name", [None, *group.commands], ids=str)
def test_help_is_help_and_no_error(aiqu: Aiqu, name: str | None) -> None:
    answer = aiqu(*(() if name is None else (name,)), "--help")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith("Usage: aiqu")


def test_the_version_is_the_packages_own(aiqu: Aiqu) -> None:
    assert __version__ in aiqu("--version").out


def test_our_own_bug_is_one_sentence_and_a_traceback_only_on_demand(
    aiqu: Aiqu, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr("aiqu_desktop.cli.commands.doctor.examine", breaks)
    monkeypatch.delenv("AIQU_DEBUG", raising=False)
    answer = aiqu("doctor", "--site", tmp_path)
    assert (answer.status, answer.out) == (2, "")
    assert "internal error (ZeroDivisionError: a slip)" in answer.err and "Traceback" not in answer.err
    monkeypatch.setenv("AIQU_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        aiqu("doctor", "--site", tmp_path)


def test_ctrl_c_is_no_traceback(aiqu: Aiqu, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aiqu_desktop.cli.commands.doctor.examine", interrupted)
    answer = aiqu("doctor", "--site", tmp_path)
    assert (answer.status, answer.err.strip()) == (2, "aiqu: stopped.")


def test_a_process_of_its_own_answers_alike(tmp_path: Path) -> None:
    site = tmp_path / "site"
    made = _process("import", make_bundle(tmp_path / "v1"), "--create", "--by", "Eva", "--site", site, "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["version_number"] == 1
    whole = _process("audit", "verify", "--site", site)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "intact" in whole.stdout
    asked = _process("promote", "toy", "9", "--site", site)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith("aiqu: ") and asked.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes of a shell")
def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert _process("import", make_bundle(tmp_path / "v1"), "--create", "--site", site).returncode == 0
    reading, writing = os.pipe()
    os.close(reading)  # as `aiqu … | head -1` leaves it
    try:
        command = [sys.executable, "-m", "aiqu_desktop.cli.main", "audit", "list", "--site", str(site)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    finally:
        os.close(writing)
    assert done.stderr == ""


def _site_of_the_future(root: Path) -> None:
    registry = Registry.create(SitePaths(root), SystemClock())
    try:
        with registry.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    finally:
        registry.close()
