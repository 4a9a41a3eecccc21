"""A site with one model and its checks, without a line: scheduling needs no predictions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from tests.factories.bundles import make_bundle
from tests.factories.plant_site import DAILY, START


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START)


@pytest.fixture
def registry(tmp_path: Path, clock: ReplayClock) -> Iterator[Registry]:
    registry = open_site(tmp_path / "site", create=True, clock=clock)
    import_version(registry, make_bundle(tmp_path / "v1", "toy", 1), by="Eva", overrides=DAILY)
    yield registry
    registry.close()
