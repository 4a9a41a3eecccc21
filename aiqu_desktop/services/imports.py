"""Take a bundle in as a new version, and make sure that its model is watched and has a place on the line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from aiqu_desktop.bundles import ImportedVersion, import_bundle
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.flow import ask_for_tests
from aiqu_desktop.lifecycle.targets.folder import folder_target
from aiqu_desktop.monitoring.defaults import add_default_checks
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, FlowRun, Version

CheckOverrides = Mapping[CheckKind, Mapping[str, Any]]


def import_version(
    registry: Registry, folder: Path, *, by: str, reason: str = "", overrides: CheckOverrides | None = None
) -> ImportedVersion:
    """Import a bundle and have it tested. A new model gets its drop folder, its place on the line and its checks.

    Every step may be repeated: an import that was cut off is made whole by importing the same bundle again.

    Args:
        overrides: settings of the new model's checks that differ from the defaults.

    Raises:
        UserError, Refused, EnvironmentFault: as `import_bundle` does; nothing was imported then.
    """
    imported = import_bundle(registry, folder, actor=by, reason=reason)
    folder_target(registry.paths, imported.model)  # makes its drop folder and its place on the line
    with registry.write() as session:
        model = model_named(session, imported.model)
        if session.scalars(select(Check.id).where(Check.model_id == model.id).limit(1)).first() is None:
            accepted = session.get_one(Version, imported.version_id).metrics
            add_default_checks(session, model, accepted, now=registry.clock.now(), by=by, overrides=overrides)
        if (
            session.scalars(select(FlowRun.id).where(FlowRun.version_id == imported.version_id).limit(1)).first()
            is None
        ):
            ask_for_tests(session, registry, session.get_one(Version, imported.version_id), by=by)
    return imported
