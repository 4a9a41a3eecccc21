"""Gates about the site: no other release open, a target that answers, quiet alarms, and the version's own past."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import ReleaseKind, ReleaseState, Trigger, VersionState
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry.tables import Alarm, Release

UNFINISHED = tuple(state for state in ReleaseState if state.unfinished)
# What speaks of the live version itself is a reason for a promotion, not against one.
_OF_THE_CHAMPION = ("decline", "drift", "estimate", "automatic", *(trigger.value for trigger in Trigger))
# What a stop raises by itself.
OF_THE_STOP = ("stopped", "fallback-overdue", "release")
_WORDS = {
    "quality": "data quality",
    "freshness-data": "no new data",
    "freshness-labels": "no new labels",
    "quarantine": "files in quarantine",
    "integrity": "damaged files",
}


def no_unfinished_release(session: Session, model_id: int) -> GateResult:
    """No release of the model is open, here or left by a process that died."""
    title = "No release open"
    release = session.scalar(select(Release).where(Release.model_id == model_id, Release.state.in_(UNFINISHED)))
    if release is None:
        return GateResult("release", title, True, "No other release of this model is open.", {})
    finding = (
        f"The {release.kind} by {release.requested_by} is still {release.state}; wait until it is done, or restart "
        "AiQu Desktop, which settles what was interrupted."
    )
    return GateResult("release", title, False, finding, {"release": release.id, "state": release.state.value})


def target_answers(target: Target, chosen: str) -> GateResult:
    """The target gave a sign of life just now. `chosen` tells it from another that the model may be given meanwhile."""
    title = "Target reachable"
    evidence: dict[str, object] = {"target": chosen}
    try:
        seen = target.observe()
    except AiquError as error:
        return GateResult("target", title, False, str(error), evidence)
    evidence |= {"alive": seen.alive}
    if seen.alive and not seen.serving_observed:
        finding = (
            f"{_capital(target.name)} answers, but nothing there says what it serves: a release will be marked "
            "as not observed, and the model is never shown as live."
        )
        return GateResult("target", title, None, finding, evidence)
    if seen.alive:
        return GateResult("target", title, True, f"{_capital(target.name)} answers.", evidence)
    finding = f"{_capital(target.name)} gives no sign of life; start it, because nothing can be switched without it."
    return GateResult("target", title, False, finding, evidence)


def alarms_are_quiet(session: Session, model_id: int, blocking: Collection[str]) -> GateResult:
    """No alarm of the model is active but those that a promotion may answer; `blocking` names keys that block.

    The others advise: where data are missing or unfit, the figures of the other gates are in doubt.
    """
    title = "No alarm open"
    alarms = session.scalars(
        select(Alarm)
        .where(
            Alarm.model_id == model_id,
            Alarm.key.not_in((*_OF_THE_CHAMPION, "stopped", "fallback-overdue")),
            Alarm.returned_at.is_(None),
        )
        .order_by(Alarm.id)
    ).all()
    evidence: dict[str, Any] = {"alarms": [[alarm.id, alarm.key] for alarm in alarms]}
    if not alarms:
        finding = "No alarm about the model's data, files or checks is active."
        return GateResult("alarms", title, True, finding, evidence, overridable=True)
    # Not the alarms' messages: their figures move on with every check, and the evidence must stand still.
    named = ", ".join(_WORDS.get(alarm.key, alarm.key) for alarm in alarms)
    blocks = any(alarm.key in blocking for alarm in alarms)
    finding = f"Alarms about the model's data, files or checks are active: {named}."
    return GateResult("alarms", title, False if blocks else None, finding, evidence, overridable=True)


def alarms_advice(session: Session, model_id: int) -> GateResult:
    """Advice for a resumption: what rings now, the stop itself aside. Keys only, because figures move by themselves."""
    title = "Alarms now"
    keys = sorted(
        session.scalars(
            select(Alarm.key).where(
                Alarm.model_id == model_id, Alarm.key.not_in(OF_THE_STOP), Alarm.returned_at.is_(None)
            )
        )
    )
    if not keys:
        return GateResult("alarms", title, True, "No alarm of the model is active but the stop itself.", {"alarms": []})
    named = ", ".join(_WORDS.get(key, key) for key in keys)
    return GateResult("alarms", title, None, f"Still active: {named}.", {"alarms": keys})


def not_withdrawn(session: Session, version: VersionFacts) -> GateResult:
    """Advice: the version is not one that was rolled back from."""
    title = "Not withdrawn"
    if version.state is not VersionState.WITHDRAWN:
        return GateResult("withdrawn", title, True, f"Version {version.number} is not withdrawn.", {})
    rollback = session.scalars(
        select(Release)
        .where(
            Release.from_version_id == version.version_id,
            Release.kind == ReleaseKind.ROLLBACK,
            Release.state == ReleaseState.COMPLETED,
        )
        .order_by(Release.finished_at.desc())
    ).first()
    why = f" by {rollback.requested_by}: {rollback.reason}" if rollback else ""
    finding = f"Version {version.number} was rolled back from{why.rstrip('.')}."
    return GateResult("withdrawn", title, None, finding, {"release": rollback.id if rollback else None})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
