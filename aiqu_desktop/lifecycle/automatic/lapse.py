"""Why an automatic rollback that is advised or waits no longer stands: asked at every look, and when it is spent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import AlarmState, AutomaticState
from aiqu_desktop.lifecycle.automatic.standing import Standing, standing
from aiqu_desktop.lifecycle.facts import champion_of
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.registry.tables import Alarm, AutomaticRollback, Model

# Due, and nobody was there to do it: after this long it is asked anew, so that it never comes late and unseen.
LATE = timedelta(minutes=5)


def lapse_of(session: Session, row: AutomaticRollback, now: datetime) -> str:
    """Why a row that is ADVISED or WAITING has lost its ground, in one sentence; empty while it has not."""
    model = session.get_one(Model, row.model_id)
    champion = champion_of(model)
    if champion is None or champion.id != row.from_version_id:
        serves = "no version" if champion is None else f"version {champion.number}"
        return f"{serves[:1].upper()}{serves[1:]} is live meanwhile."
    standing_stop = stopped(session, model.id)
    if standing_stop is not None:
        return f"The model is stopped since {iso(standing_stop.since)} by {standing_stop.by}."
    alarm = session.get_one(Alarm, row.alarm_id)
    if alarm.state not in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED):
        return f"The alarm that called for it was over at {iso(alarm.returned_at or now)}."
    stands = standing(session, model, now)
    if stands.policy_id != row.policy_id:
        return _changed(stands)
    if row.state is AutomaticState.WAITING and row.due_at is not None:
        if now > row.due_at + LATE:
            return (
                f"It was due at {iso(row.due_at)} and could not be carried out until {iso(now)}; it is asked anew, "
                "so that it does not come late and unseen."
            )
        if now < row.noted_at:
            return "The site's clock was set back, so it is asked anew."
    return ""


def _changed(stands: Standing) -> str:
    if stands.acts:
        return f"Policy {stands.number} is in force meanwhile."
    return stands.why
