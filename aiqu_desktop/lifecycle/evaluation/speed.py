"""A version's time and memory on this machine, measured once and kept: the evidence does not move by itself."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.inference.speed import measure_speed, this_machine
from aiqu_desktop.lifecycle.evaluation.kept import kept
from aiqu_desktop.lifecycle.facts import VersionFacts, staging_files
from aiqu_desktop.line.protocol import GOLDEN_FILE
from aiqu_desktop.registry import ArtifactStore, Registry


def speed_here(registry: Registry, version: VersionFacts, *, again: bool = False) -> dict[str, Any]:
    """The figures of `inference.speed.Speed` for a version on this machine.

    Raises:
        UserError, EnvironmentFault: if the version cannot be measured.
    """
    inputs = {"version": version.digest, "golden": version.files[GOLDEN_FILE], "machine": this_machine()}
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    return kept(registry, "speed", inputs, lambda: measure_speed(staging_files(store, version)).to_json(), again=again)
