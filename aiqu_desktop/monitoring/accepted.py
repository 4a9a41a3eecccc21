"""What a version was accepted on: its reference rows and the profile made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any
from weakref import WeakKeyDictionary

import numpy.typing as npt
from sqlalchemy import select

from aiqu_desktop.bundles.manifest import REFERENCE_FILE
from aiqu_desktop.bundles.reference import read_reference
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.drift import ReferenceProfile
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import ReferenceProfileRecord, VersionFile

_KEPT = 8  # profiles of some megabytes each, the ones used last; their digest names what they are
_LOCK = threading.Lock()  # checks run in several threads
_UNPACKED: WeakKeyDictionary[Registry, OrderedDict[str, ReferenceProfile]] = WeakKeyDictionary()


def accepted_rows(registry: Registry, version_id: int, schema: InputSchema) -> dict[str, npt.NDArray[Any]]:
    """Every feature, `prediction`, `label`, the scores and, if known, `event_time` of the reference, in its order."""
    with registry.read() as session:
        digest = session.scalars(
            select(VersionFile.sha256).where(VersionFile.version_id == version_id, VersionFile.name == REFERENCE_FILE)
        ).one()
    return read_reference(_store(registry).get(digest), schema)


def reference_profile(registry: Registry, version_id: int) -> ReferenceProfile:
    """The profile that drift is measured against."""
    with registry.read() as session:
        digest = session.scalars(
            select(ReferenceProfileRecord.sha256).where(ReferenceProfileRecord.version_id == version_id)
        ).one()
    with _LOCK:
        kept = _UNPACKED.setdefault(registry, OrderedDict())
        if digest in kept:
            kept.move_to_end(digest)
            return kept[digest]
    profile = ReferenceProfile.from_bytes(_store(registry).get(digest))
    with _LOCK:
        kept[digest] = profile
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return profile


def _store(registry: Registry) -> ArtifactStore:
    return ArtifactStore(registry.paths.artifacts, registry.clock)
