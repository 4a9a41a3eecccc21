from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.ingest import Ingest, ObservationStore, drop_folder
from aiqu_desktop.registry import Registry
from tests.ingest.plant import MODEL, make_site


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = make_site(tmp_path / "site")
    yield registry
    registry.close()


@pytest.fixture
def drop(registry: Registry) -> Path:
    return drop_folder(registry, MODEL)


@pytest.fixture
def ingest(registry: Registry) -> Ingest:
    """An ingest that does not wait for files to settle."""
    return Ingest(registry, settle_seconds=0)


@pytest.fixture
def store(registry: Registry) -> ObservationStore:
    return ObservationStore(registry)
