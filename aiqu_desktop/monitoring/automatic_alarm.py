"""An automatic rollback is told: that it was done or failed, or that there is no safe way back for it to take."""

from __future__ import annotations

from sqlalchemy.orm import Session

from aiqu_desktop.core.words import AutomaticState, Priority
from aiqu_desktop.lifecycle.automatic.rows import named
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry.tables import AutomaticRollback

KEY = "automatic"
_READ = "Read its report, see that the line does well, and ask for a version that is trained on newer data."
_LOOK = "See on the target what serves and why it did not take; then decide yourself: nothing is tried again."
_ASK = (
    "Stop the model if its answers do harm, write a retraining request, or promote a version that the gates let "
    "through; nothing happens by itself."
)


def announce(session: Session, row: AutomaticRollback) -> None:
    """Raise or end the alarm that a change of an automatic rollback calls for, in the transaction of that change.

    One that was carried out is over when it is told: its alarm returns at once, and stays until it is acknowledged.
    """
    if row.state in (AutomaticState.DONE, AutomaticState.FAILED):
        done = row.state is AutomaticState.DONE
        how = "was rolled back automatically" if done else "could not be rolled back automatically"
        message = f"{named(session, row).capitalize()} {how}. {row.ended}"
        _apply(session, row, True, message, _READ if done else _LOOK)
        _apply(session, row, False, message, _READ)
    elif row.state is AutomaticState.ADVISED:
        blocked = row.policy_id is not None and row.to_version_id is None
        # The performance alarm of the same version is high already: one cause, one high alarm.
        _apply(session, row, blocked, row.sentence, _ASK, Priority.MEDIUM)
    else:
        _apply(session, row, False, row.ended, _ASK)


def _apply(
    session: Session,
    row: AutomaticRollback,
    bad: bool,
    message: str,
    response: str,
    priority: Priority = Priority.HIGH,
) -> None:
    condition = Condition(KEY, bad, priority, message, response, guarantee=_promise(row) if bad else "")
    apply_condition(
        session,
        condition,
        model_id=row.model_id,
        version_id=row.from_version_id,
        run_id=None,
        now=row.ended_at or row.noted_at,
    )


def _promise(row: AutomaticRollback) -> str:
    return str(row.evidence["alarm"]["guarantee"])
