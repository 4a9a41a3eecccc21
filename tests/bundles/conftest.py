"""A site and a place for bundles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = Registry.create(SitePaths(tmp_path / "site"), ReplayClock(datetime(2008, 3, 1, tzinfo=UTC)))
    yield opened
    opened.close()
