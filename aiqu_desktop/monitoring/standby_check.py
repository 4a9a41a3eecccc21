"""Standby: does the last known good lie ready on the target, so that a rollback has nothing left to do but switch?"""

from __future__ import annotations

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.lifecycle.facts import facts_of
from aiqu_desktop.lifecycle.history import spans_of
from aiqu_desktop.lifecycle.last_good import healthy_champions, why_no_way_back
from aiqu_desktop.lifecycle.standby import lay_ready
from aiqu_desktop.lifecycle.targets.choice import target_of
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
        why = why_no_way_back(session, context.model_id)
        first = len({span.version_id for span in spans_of(session, context.model_id)}) < 2
    if version is None:
        # Not an alarm: what can be done about it is a promotion, and its sheet says so when it is decided.
        verdict = Verdict.UNKNOWN if first else Verdict.WARNING
        return CheckOutcome(verdict, why, window_to=context.now, conditions=(_condition(None, why),))
    store = ArtifactStore(context.registry.paths.artifacts, context.registry.clock)
    fault = lay_ready(store, lambda: target_of(context.registry, context.model), version, context.report)
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


def _condition(bad: bool | None, message: str) -> Condition:
    return Condition(
        key="standby",
        bad=bad,
        priority=RECORDS["standby"].priority,
        message=message,
        response=RECORDS["standby"].response,
    )
