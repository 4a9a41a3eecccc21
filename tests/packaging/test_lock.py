"""The lock files: complete, hashed, without addresses, and of one mind."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_ROOT = Path(__file__).resolve().parents[2]
_RUN = _ROOT / "packaging" / "requirements.lock"
_TEST = _ROOT / "packaging" / "requirements-test.lock"
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_GROUPS: dict[str, list[str]] = _PROJECT["dependency-groups"]


def _entries(lock: Path) -> list[str]:
    """One logical line for each package, hashes included."""
    return lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def _pins(lock: Path) -> dict[str, Version]:
    requirements = [Requirement(entry.split("--hash")[0]) for entry in _entries(lock)]
    return {
        canonicalize_name(requirement.name): Version(str(requirement.specifier).removeprefix("=="))
        for requirement in requirements
    }


@pytest.mark.parametrize("lock", [_RUN, _TEST], ids=lambda lock: lock.name)
def test_every_package_is_pinned_once_with_hashes_and_no_address(lock: Path) -> None:
    entries = _entries(lock)
    assert len(_pins(lock)) == len(entries)
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==[0-9][^ ]* ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", entry), entry
    assert "//" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (_RUN, _PROJECT["project"]["dependencies"] + _GROUPS["build"]),
        (_TEST, _PROJECT["project"]["dependencies"] + [line for group in _GROUPS.values() for line in group]),
    ],
    ids=["run", "test"],
)
def test_the_lock_answers_what_the_project_asks_for(lock: Path, wanted: list[str]) -> None:
    pins = _pins(lock)
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is not locked: run packaging/lock.sh"
        assert pins[name] in requirement.specifier, f"{requirement} is locked at {pins[name]}: run packaging/lock.sh"


def test_tests_run_on_exactly_the_packages_that_the_product_runs_on() -> None:
    run, test = set(_entries(_RUN)), set(_entries(_TEST))
    assert run <= test
    assert run != test
