"""Standby: does the last known good lie ready on the target, so that a rollback has nothing left to do but switch?"""

from __future__ import annotations

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.lifecycle.facts import VersionFacts, facts_of, staging_files
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass
from aiqu_desktop.lifecycle.history import spans_of
from aiqu_desktop.lifecycle.last_good import healthy_champions, why_no_way_back
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.lifecycle.targets.target import Placement
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import StandbySettings
from aiqu_desktop.registry import ArtifactStore


def answer(_settings: StandbySettings, context: CheckContext) -> CheckOutcome:
    """Verify the last known good's files and golden cases here, and lay it on the target, which repairs it there."""
    with context.registry.read() as session:
        good = next(iter(healthy_champions(session, context.model_id)), None)
        version = facts_of(good) if good else None
        why, first = why_no_way_back(session, context.model_id), len(spans_of(session, context.model_id)) < 2
    if version is None:
        # Not an alarm: what can be done about it is a promotion, and its sheet says so when it is decided.
        verdict = Verdict.UNKNOWN if first else Verdict.WARNING
        return CheckOutcome(verdict, why, window_to=context.now, conditions=(_condition(None, why),))
    fault = _fault(context, version)
    message = fault or (
        f"Version {version.number} lies ready to go back to: {len(version.files)} files and all golden cases verified."
    )
    return CheckOutcome(
        Verdict.BAD if fault else Verdict.GOOD,
        message,
        rows=len(version.files),
        window_to=context.now,
        metrics=(MetricValue("standby.faults", float(bool(fault)), n=len(version.files), limit=0.0),),
        conditions=(_condition(bool(fault), message),),
        result={"version": version.number, "digest": version.digest},
    )


def _fault(context: CheckContext, version: VersionFacts) -> str:
    """What stands in the way of going back to `version`; empty when nothing does."""
    store = ArtifactStore(context.registry.paths.artifacts, context.registry.clock)
    for part, gate in enumerate((files_intact, golden_cases_pass)):
        result = gate(store, version)
        context.report((part + 1) / 3)
        if result.blocks:
            return f"The last known good, version {version.number}, is not fit: {result.finding}"
    try:
        target = target_of(context.registry, context.model)
        target.stage(Placement(version.digest, version.number, ""), staging_files(store, version))
    except AiquError as error:
        return f"The last known good, version {version.number}, cannot be laid ready on the target: {error}"
    return ""


def _condition(bad: bool | None, message: str) -> Condition:
    return Condition(
        key="standby",
        bad=bad,
        priority=RECORDS["standby"].priority,
        message=message,
        response=RECORDS["standby"].response,
    )
