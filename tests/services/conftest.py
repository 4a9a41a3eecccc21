"""A small plant for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.plant_site import PlantSite, plant_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PlantSite]:
    with plant_site(tmp_path) as made:
        yield made
