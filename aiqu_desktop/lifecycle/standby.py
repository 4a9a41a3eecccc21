"""Laying the last known good ready on the target and proving that it would serve: what a way back rests on."""

from __future__ import annotations

from collections.abc import Callable

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.lifecycle.facts import VersionFacts, staging_files
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass
from aiqu_desktop.lifecycle.targets.target import Placement, Target
from aiqu_desktop.registry import ArtifactStore


def lay_ready(
    store: ArtifactStore,
    target_for: Callable[[], Target],
    version: VersionFacts,
    report: Callable[[float], None] = lambda _fraction: None,
) -> str:
    """Verify a version's files and golden cases here and lay it on the target, which repairs it there.

    Args:
        target_for: gives the target; what it raises is a fault, too.
        report: called with a fraction between the steps.
    Returns:
        What stands in the way of going back to `version`; empty when nothing does.
    """
    for part, gate in enumerate((files_intact, golden_cases_pass)):
        result = gate(store, version)
        report((part + 1) / 3)
        if result.blocks:
            return f"The last known good, version {version.number}, is not fit: {result.finding}"
    try:
        target_for().stage(Placement(version.digest, version.number, ""), staging_files(store, version))
    except AiquError as error:
        return f"The last known good, version {version.number}, cannot be laid ready on the target: {error}"
    return ""
