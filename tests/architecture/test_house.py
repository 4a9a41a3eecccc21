"""The house rules that a program can check: short files, no pickle, no network."""

from __future__ import annotations

import ast
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.offline import CAUGHT
from tests.factories.bundles import make_bundle, toy_columns, write_parquet

PACKAGE = Path(__file__).resolve().parents[2] / "aiqu_desktop"
FILES = sorted(PACKAGE.rglob("*.py"))
RUNS_WHAT_IT_READS = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "shelve", "marshal"}
TALKS = {"http", "urllib", "socketserver", "ssl", "asyncio", "ftplib", "smtplib", "requests", "httpx", "aiohttp"}


def _imports(tree: ast.AST) -> set[str]:
    """The top packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.AST]:
    return {file: ast.parse(file.read_text("utf-8")) for file in FILES}


def test_files_are_short_enough_to_be_read() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert len(lengths) > 100, "the package was not found"
    assert statistics.mean(lengths.values()) < 150
    assert {file.name: length for file, length in lengths.items() if length > 500} == {}


def test_nothing_imports_what_runs_code_on_reading(trees: dict[Path, ast.AST]) -> None:
    assert {file.name: bad for file, tree in trees.items() if (bad := _imports(tree) & RUNS_WHAT_IT_READS)} == {}


def test_nothing_asks_a_library_to_read_or_write_pickles(trees: dict[Path, ast.AST]) -> None:
    found = []
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                found.append(file.name)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "joblib":
                found += [file.name for alias in node.names if alias.name in ("dump", "load", "Memory", "hash")]
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("joblib.dump", "joblib.load", "joblib.Memory"):
                found.append(file.name)
    assert found == []


def test_only_the_client_of_targets_imports_a_library_that_talks_over_a_network(trees: dict[Path, ast.AST]) -> None:
    talking = {file.name: bad for file, tree in trees.items() if (bad := _imports(tree) & TALKS)}
    # address.py reads a URL and quotes no more than text; http_client.py is the one that connects.
    assert talking.pop("http_client.py") == {"http", "ssl"}
    assert talking == {"address.py": {"urllib"}, "mlflow.py": {"urllib"}, "v2_client.py": {"urllib"}}


def test_a_site_with_folder_targets_does_not_even_load_what_makes_connections() -> None:
    code = "import sys, aiqu_desktop.services.releases as r; assert r.target_of; print('http.client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.strip() == "False"


def test_a_site_is_watched_checked_and_reported_on_without_a_network_socket(tmp_path: Path) -> None:
    site = ["--site", str(tmp_path / "site")]
    reference = write_parquet(tmp_path / "reference.parquet", toy_columns(100, seed=1))
    current = write_parquet(tmp_path / "current.parquet", toy_columns(100, seed=2))
    commands = [
        ["import", str(make_bundle(tmp_path / "v1")), "--create", *site],
        ["monitor", "--once", *site],
        ["check", "--kind", "integrity", *site],
        ["drift", str(reference), str(current), "--limit", "9"],
        ["report", "toy", *site],
        ["alarms", "--all", *site],
        ["audit", "verify", *site],
    ]
    done = _offline(commands)
    assert "NETWORK" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    statuses = json.loads(done.stdout.splitlines()[-1])
    assert 2 not in statuses and len(statuses) == len(commands), done.stdout


def test_the_watch_on_the_network_sees_what_it_is_there_to_see() -> None:
    caught = _offline([["reach out"]])
    assert (caught.returncode, caught.stdout) == (CAUGHT, "")
    assert "NETWORK: socket" in caught.stderr


def _offline(commands: list[list[str]]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.architecture.offline", json.dumps(commands)]
    return subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, timeout=300, check=False)
