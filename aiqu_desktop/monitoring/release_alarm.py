"""A release that did not take is an alarm: one for each, until the target is known to serve what it shall."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import Priority, ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.release import ReleaseOutcome
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.monitoring.stop_alarm import stop_conditions
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Release

log = logging.getLogger("aiqu.monitoring")

KEY = "release"
_READ_WHY = "Read why the version was not taken; see on the target what serves, then promote again or leave it."
_SEE_STANDSTILL = "Go to the target and see that it stands still; if not, stop it there by hand, then here again."


def note_outcomes(registry: Registry, outcomes: Iterable[ReleaseOutcome]) -> None:
    """Raise an alarm for each release that was reverted or ended unknown; one that completed ends such an alarm.

    A stop, proven or not, raises its own, which lasts until the model serves again.

    How a release ended is written before and stands; an alarm that cannot be written now is raised by the next target
    check (`standing_condition`).
    """
    for outcome in outcomes:
        if outcome.state.unfinished:
            continue  # it is still open, and whoever settles it says how it ended
        try:
            _note(registry, outcome)
        except EnvironmentFault as fault:
            log.warning("The alarm about the release of %s is put off: %s", outcome.model, fault)


def _note(registry: Registry, outcome: ReleaseOutcome) -> None:
    with registry.write() as session:
        model = model_named(session, outcome.model)
        release, now = session.get_one(Release, outcome.release), registry.clock.now()
        of_release = _condition(outcome.kind, outcome.state, outcome.sentence)
        for condition in (of_release, *stop_conditions(session, model.id, now)):
            apply_condition(
                session, condition, model_id=model.id, version_id=release.from_version_id, run_id=None, now=now
            )


def standing_condition(session: Session, model_id: int, *, proven: bool) -> Condition | None:
    """What a target check has to say of the newest release: an alarm that a kill kept back, or that it is over."""
    release = session.scalars(
        select(Release)
        .where(Release.model_id == model_id, Release.finished_at.is_not(None))
        .order_by(Release.finished_at.desc(), Release.intended_at.desc())
        .limit(1)
    ).first()
    if release is None or release.state is ReleaseState.COMPLETED or release.finished_at is None:
        return None
    rung = select(Alarm.id).where(
        Alarm.model_id == model_id, Alarm.key == KEY, Alarm.activated_at >= release.finished_at
    )
    if session.scalars(rung.limit(1)).first() is None:
        return _condition(release.kind, release.state, release.outcome)
    if not proven:
        return None
    return _condition(release.kind, ReleaseState.COMPLETED, "The target serves what it shall.")


def _condition(kind: ReleaseKind, state: ReleaseState, sentence: str) -> Condition:
    return Condition(
        key=KEY,
        bad=state is not ReleaseState.COMPLETED,
        priority=Priority.HIGH if state is ReleaseState.UNKNOWN else RECORDS[KEY].priority,
        message=sentence,
        response=_SEE_STANDSTILL if kind is ReleaseKind.STOP else RECORDS[KEY].response,
    )
