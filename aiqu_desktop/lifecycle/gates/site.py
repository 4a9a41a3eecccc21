"""Gates about the site: no other release open, a target that answers, sound data, and the version's own past."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import ReleaseKind, ReleaseState, VersionState
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry.tables import Alarm, Release

UNFINISHED = tuple(state for state in ReleaseState if state.unfinished)
# Alarms that say that the data under a model are not as they should be; its performance figures are then in doubt.
_DATA_ALARMS = {
    "quality": "data quality",
    "freshness-data": "no new data",
    "freshness-labels": "no new labels",
    "quarantine": "files in quarantine",
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


def data_are_sound(session: Session, model_id: int) -> GateResult:
    """Advice: no data-quality or freshness alarm is active for the model."""
    title = "Data arrive and are sound"
    alarms = session.scalars(
        select(Alarm)
        .where(Alarm.model_id == model_id, Alarm.key.in_(_DATA_ALARMS), Alarm.returned_at.is_(None))
        .order_by(Alarm.id)
    ).all()
    if not alarms:
        return GateResult("data", title, True, "No alarm about the model's data is active.", {"alarms": []})
    # Not the alarms' messages: their figures move on with every check, and the evidence must stand still.
    named = ", ".join(_DATA_ALARMS[alarm.key] for alarm in alarms)
    finding = f"Alarms about the model's data are active: {named}."
    return GateResult("data", title, None, finding, {"alarms": [[alarm.id, alarm.key] for alarm in alarms]})


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
