"""An alarm of the champion is answered: with a countdown where two people signed for it, else with advice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import AlarmState, AutomaticState, Trigger
from aiqu_desktop.lifecycle.automatic.fitness import Fitness, examine
from aiqu_desktop.lifecycle.automatic.limits import ACTED, beyond_limits
from aiqu_desktop.lifecycle.automatic.rows import Announce, open_row, record_noted
from aiqu_desktop.lifecycle.automatic.standing import Standing, standing
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AutomaticRollback, Model
from aiqu_desktop.security import audit

_ACTIVE = (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
# After these an alarm is not answered again: "never twice for one alarm".
_ANSWERED = (*ACTED, AutomaticState.VETOED)


def calling_alarm(session: Session, model: Model, stands: Standing) -> Alarm | None:
    """The active alarm of the champion that wants an answer: one that the policy names first, then the oldest."""
    champion = champion_of(model)
    if champion is None or stopped(session, model.id) is not None:
        return None  # nothing is served of what is stopped
    answered = select(AutomaticRollback.alarm_id).where(AutomaticRollback.state.in_(_ANSWERED))
    alarms = session.scalars(
        select(Alarm).where(
            Alarm.model_id == model.id,
            Alarm.version_id == champion.id,
            Alarm.key.in_([trigger.value for trigger in Trigger]),
            Alarm.state.in_(_ACTIVE),
            Alarm.id.not_in(answered),
        )
    ).all()
    named = stands.policy.triggers if stands.policy else ()
    return min(alarms, key=lambda alarm: (Trigger(alarm.key) not in named, alarm.activated_at, alarm.id), default=None)


def note(
    registry: Registry, target_for: Callable[[str], Target], model: str, announce: Announce
) -> AutomaticRollback | None:
    """Write down what an alarm calls for, if one does and nothing is open; None where nothing new is to be said."""
    now = registry.clock.now()
    with registry.read() as session:
        found = model_named(session, model)
        alarm = calling_alarm(session, found, standing(session, found, now))
        if alarm is None or open_row(session, found.id) is not None:
            return None
    fitness = examine(registry, target_for, model, alarm, now)
    with registry.write() as session:
        found = model_named(session, model)
        stands = standing(session, found, now)
        again = calling_alarm(session, found, stands)
        champion = champion_of(found)
        looked_at = fitness.preview.from_version
        if (
            again is None
            or again.id != alarm.id
            or open_row(session, found.id) is not None
            or champion is None
            or looked_at is None
            or champion.id != looked_at.version_id
        ):
            return None  # it changed while it was examined: the next look sees it as it is
        row = _row(session, again, stands, fitness, now)
        session.add(row)
        session.flush()
        _advise_in_alarm(session, again, row, now)
        record_noted(session, row, now)
        announce(session, row)
        return row


def judged(session: Session, stands: Standing, alarm: Alarm, fitness: Fitness, now: datetime) -> str:
    """Why the rollback is not carried out by itself; empty where it is."""
    if fitness.obstacle:
        return fitness.obstacle
    if not stands.acts or stands.policy is None:
        return stands.why
    if Trigger(alarm.key) not in stands.policy.triggers:
        return f"Policy {stands.number} does not name the trigger {alarm.key}."
    former, wanted = fitness.preview.from_version, fitness.preview.to_version
    assert former is not None and wanted is not None, "what is fit has both"
    return beyond_limits(session, stands.policy, alarm.model_id, former.version_id, wanted.version_id, now)


def _row(session: Session, alarm: Alarm, stands: Standing, fitness: Fitness, now: datetime) -> AutomaticRollback:
    obstacle = judged(session, stands, alarm, fitness, now)
    former, wanted = fitness.preview.from_version, fitness.preview.to_version
    assert former is not None, "an alarm of the champion has one"
    fit = wanted is not None and not fitness.obstacle
    due = None
    if not obstacle and stands.policy is not None:
        due = now + timedelta(seconds=stands.policy.countdown_seconds)
    return AutomaticRollback(
        model_id=alarm.model_id,
        policy_id=stands.policy_id,
        alarm_id=alarm.id,
        trigger=Trigger(alarm.key),
        from_version_id=former.version_id,
        to_version_id=wanted.version_id if wanted is not None and fit else None,
        sentence=_sentence(fitness),
        obstacle=obstacle,
        evidence=_evidence(alarm, fitness),
        noted_at=now,
        due_at=due,
        state=AutomaticState.WAITING if due is not None else AutomaticState.ADVISED,
        ended="",
    )


def _sentence(fitness: Fitness) -> str:
    wanted = fitness.preview.to_version
    if wanted is None or fitness.obstacle:
        return (
            f"There is no safe way back. {fitness.obstacle} Ask for a version that is trained on newer data, and stop "
            "the model if its answers do harm."
        )
    return f"Roll back to version {wanted.number}. {fitness.sentence}"


def _evidence(alarm: Alarm, fitness: Fitness) -> dict[str, Any]:
    """What the report shows: the alarm as it rang, both digests, and every finding."""
    former, wanted = fitness.preview.from_version, fitness.preview.to_version
    return {
        "alarm": {
            "id": alarm.id,
            "key": alarm.key,
            "message": alarm.message,
            "guarantee": alarm.guarantee,
            "onset": iso(alarm.onset_at) if alarm.onset_at else None,
            "activated": iso(alarm.activated_at),
        },
        "from": {"number": former.number, "digest": former.digest} if former else None,
        "to": {"number": wanted.number, "digest": wanted.digest} if wanted else None,
        "findings": [finding.to_json() for finding in (*fitness.preview.gates, *fitness.findings)],
    }


def _advise_in_alarm(session: Session, alarm: Alarm, row: AutomaticRollback, now: datetime) -> None:
    """What the operator should do now stands in the alarm itself."""
    if alarm.response == row.sentence:
        return
    old, alarm.response = alarm.response, row.sentence
    audit.record(
        session,
        at=now,
        actor="automatic rollback",
        action="alarm.advised",
        subject=f"alarm {alarm.id}",
        old={"response": old},
        new={"response": row.sentence},
    )
