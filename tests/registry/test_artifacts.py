"""The artifact store writes once and notices every change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Artifact


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry.create(SitePaths(tmp_path), SystemClock())
    yield registry
    registry.close()


def _put(registry: Registry, data: bytes) -> str:
    with registry.write() as session:
        return ArtifactStore(registry.paths.artifacts, registry.clock).put(session, data)


def test_what_was_put_comes_back_under_its_digest(registry: Registry) -> None:
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    digest = _put(registry, b"model bytes")
    assert store.get(digest) == b"model bytes"
    assert not store.path(digest).stat().st_mode & 0o222, "the file must be read-only"


def test_the_same_bytes_twice_are_one_artifact(registry: Registry) -> None:
    assert _put(registry, b"same") == _put(registry, b"same")
    with registry.read() as session:
        assert session.query(Artifact).count() == 1


def test_a_changed_file_is_never_handed_out(registry: Registry) -> None:
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    digest = _put(registry, b"good")
    store.path(digest).chmod(0o644)
    store.path(digest).write_bytes(b"evil")
    with pytest.raises(EnvironmentFault, match="was changed on disk"):
        store.get(digest)


def test_a_missing_file_is_one_sentence(registry: Registry) -> None:
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    digest = _put(registry, b"gone")
    store.path(digest).unlink()
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        store.get(digest)
