"""A release that did not take is an alarm: one for each, until the target is known to serve what it shall."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import Priority, ReleaseState
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.release import ReleaseOutcome
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Release

log = logging.getLogger("aiqu.monitoring")

KEY = "release"


def note_outcomes(registry: Registry, outcomes: Iterable[ReleaseOutcome]) -> None:
    """Raise an alarm for each release that was reverted or ended unknown; one that completed ends such an alarm.

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
        release = session.get_one(Release, outcome.release)
        apply_condition(
            session,
            _condition(outcome.state, outcome.sentence),
            model_id=model.id,
            version_id=release.from_version_id,
            run_id=None,
            now=registry.clock.now(),
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
        return _condition(release.state, release.outcome)
    return _condition(ReleaseState.COMPLETED, "The target serves what it shall.") if proven else None


def _condition(state: ReleaseState, sentence: str) -> Condition:
    return Condition(
        key=KEY,
        bad=state is not ReleaseState.COMPLETED,
        priority=Priority.HIGH if state is ReleaseState.UNKNOWN else RECORDS[KEY].priority,
        message=sentence,
        response=RECORDS[KEY].response,
    )
