"""A site whose line runs for the whole session; each test has a model of its own on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from tests.lifecycle.plant import Plant, running_line

_names = itertools.count(1)


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    registry = Registry.create(SitePaths(tmp_path_factory.mktemp("plant") / "site"), SystemClock())
    with running_line(registry.paths.line):
        yield registry
    registry.close()


@pytest.fixture
def plant(shared_site: Registry, tmp_path: Path) -> Plant:
    """A new model on the shared site with a living line."""
    return Plant(shared_site, f"toy-{next(_names)}", tmp_path)


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[Plant]:
    """A model on a site of its own, for tests that start and kill their line."""
    registry = Registry.create(SitePaths(tmp_path / "site"), SystemClock())
    yield Plant(registry, "toy", tmp_path)
    registry.close()
