"""The drill: back to the last known good and forth again on a twin of the target, timed, while the model works on.

What is measured is what a rollback does on the target: verify and stage the files, switch, wait until the target
answers with the version's digest and its golden cases. Not measured is a person's decision.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.errors import AiquError, Refused
from aiqu_desktop.lifecycle.facts import VersionFacts, champion_of, facts_of, model_named, staging_files
from aiqu_desktop.lifecycle.last_good import healthy_champions, why_no_way_back
from aiqu_desktop.lifecycle.lock import sole_drill
from aiqu_desktop.lifecycle.safe_state.hold import hold_of
from aiqu_desktop.lifecycle.targets.choice import setting_of
from aiqu_desktop.lifecycle.targets.drill_twin import drill_twin
from aiqu_desktop.lifecycle.targets.setting import FolderSetting
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Target
from aiqu_desktop.registry import ArtifactStore, Registry

PATIENCE = 15.0  # seconds that the target has for each way


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What a drill found.

    back_seconds: from the first step of the way back to the target's proof of the last known good; forth_seconds: the
    same of the champion again. None where that was not proven; `failure` then says why in one sentence.
    proof: what the target answered last, for each way that was gone.
    """

    champion: int
    last_good: int
    back_seconds: float | None
    forth_seconds: float | None
    failure: str
    proof: dict[str, Any]

    @property
    def passed(self) -> bool:
        return not self.failure


def run_drill(registry: Registry, model_name: str, *, timeout: float | None = None) -> DrillResult:
    """Drill the model's rollback on a twin of its target.

    Args:
        timeout: seconds that the target has for each way; `PATIENCE` where it is not given.
    Raises:
        UserError: if there is no such model.
        Refused: if nothing is live, the model is stopped, there is no last known good, the target has no twin, or a
            drill of the model is under way.
        EnvironmentFault: if the twin cannot be made.
    """
    with registry.read() as session:
        model = model_named(session, model_name)
        live, good = champion_of(model), next(iter(healthy_champions(session, model.id)), None)
        if live is None:
            raise Refused(f"{model_name} has no champion, so there is no way back to drill.")
        if hold_of(session, model.id) is not None:
            raise Refused(f"{model_name} is stopped, so nothing is drilled with it; end the stop first.")
        if good is None:
            raise Refused(f"{model_name} has no way back to drill. {why_no_way_back(session, model.id)}")
        if not isinstance(setting_of(session, model.id), FolderSetting):
            raise Refused(f"The target of {model_name} has no twin to drill on; only the folder target has one.")
        champion, last_good = facts_of(live), facts_of(good)
    with sole_drill(registry.paths, model_name), drill_twin(registry.paths, model_name) as twin:
        return _Drill(registry, twin, PATIENCE if timeout is None else timeout).run(champion, last_good)


class _Drill:
    def __init__(self, registry: Registry, twin: Target, timeout: float) -> None:
        self._store = ArtifactStore(registry.paths.artifacts, registry.clock)
        self._twin = twin
        self._timeout = timeout

    def run(self, champion: VersionFacts, last_good: VersionFacts) -> DrillResult:
        seconds: dict[str, float] = {}
        proof: dict[str, Any] = {}
        failure = ""
        # The first way brings the twin to where the target is now, so it is not timed.
        for way, version in (("start", champion), ("back", last_good), ("forth", champion)):
            started = time.monotonic()
            wanted = Placement(version.digest, version.number, f"drill-{uuid.uuid4().hex}")
            try:
                seen = self._go(wanted, version)
            except AiquError as error:
                failure = f"Version {version.number} could not be put on the twin: {error}"
                break
            proof[way] = seen.to_json()
            if not seen.proves(wanted):
                failure = _why_not(seen, wanted, self._timeout)
                break
            seconds[way] = time.monotonic() - started
        return DrillResult(champion.number, last_good.number, seconds.get("back"), seconds.get("forth"), failure, proof)

    def _go(self, wanted: Placement, version: VersionFacts) -> Observation:
        files = staging_files(self._store, version)
        self._twin.stage(wanted, files)
        self._twin.switch(wanted)
        seen = self._twin.probe(wanted, self._timeout)
        if not seen.answers(wanted):
            return seen
        return seen.with_smoke(self._twin.smoke(wanted, files, self._timeout))


def _why_not(seen: Observation, wanted: Placement, timeout: float) -> str:
    if seen.answers(wanted):
        failed = seen.golden_total - seen.golden_passed
        return f"{failed} of {seen.golden_total} golden cases of version {wanted.version} failed on the target."
    if seen.refuses(wanted):
        return f"The target refused version {wanted.version}: {seen.refusal}"
    silent = "" if seen.alive else "; it gives no sign of life"
    return f"The target did not answer with version {wanted.version} within {timeout:g} s{silent}."
