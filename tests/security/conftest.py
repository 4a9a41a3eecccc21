"""A site with its people, under a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from tests.factories.people import enrol


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry.create(SitePaths(tmp_path / "site"), ReplayClock(datetime(2026, 3, 1, tzinfo=UTC)))
    enrol(registry)
    yield registry
    registry.close()
