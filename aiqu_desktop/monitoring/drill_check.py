"""Drill: does the way back work on the target, and in how many seconds?"""

from __future__ import annotations

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.lifecycle.drill import DrillResult, run_drill
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue, margin_below
from aiqu_desktop.monitoring.settings import DrillSettings


def answer(settings: DrillSettings, context: CheckContext) -> CheckOutcome:
    """Go back to the last known good and forth again on a twin of the target; see `lifecycle.drill`."""
    try:
        drilled = run_drill(context.registry, context.model)
    except Refused as refusal:
        return CheckOutcome(
            Verdict.UNKNOWN, str(refusal), window_to=context.now, conditions=(_condition(None, str(refusal)),)
        )
    slow = drilled.back_seconds is not None and drilled.back_seconds > settings.limit_seconds
    bad = slow or not drilled.passed
    message = _message(drilled, settings.limit_seconds, slow)
    return CheckOutcome(
        Verdict.BAD if bad else Verdict.GOOD,
        message,
        window_to=context.now,
        metrics=(
            MetricValue("drill.back_seconds", drilled.back_seconds, n=1, limit=settings.limit_seconds),
            MetricValue("drill.forth_seconds", drilled.forth_seconds, n=1),
        ),
        conditions=(_condition(bad, message, margin_below(drilled.back_seconds, settings.limit_seconds)),),
        result={"champion": drilled.champion, "last_good": drilled.last_good, "proof": drilled.proof},
    )


def _message(drilled: DrillResult, limit: float, slow: bool) -> str:
    if not drilled.passed:
        return f"The drill of a rollback to version {drilled.last_good} failed: {drilled.failure}"
    said = (
        f"Drilled on a twin of the target: back to version {drilled.last_good} in {drilled.back_seconds:.2f} s, "
        f"forth to version {drilled.champion} in {drilled.forth_seconds:.2f} s, both proven"
    )
    return f"{said}; back took longer than the {limit:g} s allowed." if slow else f"{said}."


def _condition(bad: bool | None, message: str, margin: float | None = None) -> Condition:
    return Condition(
        key="drill",
        bad=bad,
        priority=RECORDS["drill"].priority,
        message=message,
        response=RECORDS["drill"].response,
        margin=margin,
    )
