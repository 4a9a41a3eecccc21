"""The rows of automatic rollbacks: which one is open, how one ends; each change with its audit record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import AutomaticState
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.automatic.terms import terms_of_veto
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AutomaticRollback, Model, Version
from aiqu_desktop.security import audit
from aiqu_desktop.security.signing import Signature, verified

ACTOR = "automatic rollback"
OPEN = tuple(state for state in AutomaticState if state.open)
# Called inside the transaction of each change, so that an alarm about it cannot be lost.
Announce = Callable[[Session, AutomaticRollback], None]


def open_row(session: Session, model_id: int) -> AutomaticRollback | None:
    """The model's automatic rollback that is advised, waits or is being done; None where there is none."""
    query = select(AutomaticRollback).where(AutomaticRollback.model_id == model_id, AutomaticRollback.state.in_(OPEN))
    return session.scalars(query).one_or_none()


def end(
    session: Session,
    row: AutomaticRollback,
    state: AutomaticState,
    sentence: str,
    now: datetime,
    *,
    actor: str = ACTOR,
) -> None:
    """Write a row's end down."""
    old, row.state, row.ended_at, row.ended = row.state, state, now, sentence
    audit.record(
        session,
        at=now,
        actor=actor,
        action=f"automatic.{state.value}",
        subject=subject_of(session.get_one(Model, row.model_id).name),
        old={"state": old.value},
        new={"automatic": row.id, "state": state.value},
        reason=sentence,
    )


def waiting_row(session: Session, model: Model) -> AutomaticRollback:
    """The model's rollback whose countdown runs. Raises Refused if none does."""
    row = open_row(session, model.id)
    if row is None or row.state is not AutomaticState.WAITING:
        raise Refused(f"No automatic rollback of {model.name} is waiting, so there is nothing to veto.")
    return row


def terms_for_veto(registry: Registry, row_id: int, reason: str) -> Terms:
    """What the one person signs who vetoes. Raises UserError if there is no such automatic rollback."""
    with registry.read() as session:
        row = _row(session, row_id)
        return terms_of_veto(row, session.get_one(Model, row.model_id).name, reason)


def veto(registry: Registry, row_id: int, signature: Signature, announce: Announce) -> None:
    """Stop a rollback whose countdown runs; its alarm will not be answered automatically again.

    Args:
        signature: over `terms_for_veto`; its reason is the veto's.
    Raises:
        UserError: if there is no such automatic rollback.
        Refused: if it does not wait (any more), or the signature is of something else.
    """
    with registry.write() as session:
        row = _row(session, row_id)
        model = session.get_one(Model, row.model_id)
        if row.state is not AutomaticState.WAITING:
            raise Refused(f"The automatic rollback of {model.name} is {row.state.value}; it is too late to veto it.")
        asked = terms_of_veto(row, model.name, signature.reason)
        signer = verified(session, signature.id, (asked.meaning,), subject=asked.subject, digest=asked.digest)
        row.veto_signature = signer.id
        said = f"Vetoed by {signer.full_name}: {signer.reason.rstrip('.')}."
        end(session, row, AutomaticState.VETOED, said, registry.clock.now(), actor=signer.full_name)
        announce(session, row)


def named(session: Session, row: AutomaticRollback) -> str:
    """`version 3 → version 2`, or `version 3` where there is none to go to."""
    former = session.get_one(Version, row.from_version_id).number
    if row.to_version_id is None:
        return f"version {former}"
    return f"version {former} → version {session.get_one(Version, row.to_version_id).number}"


def record_noted(session: Session, row: AutomaticRollback, now: datetime) -> None:
    """The audit record of a new row."""
    audit.record(
        session,
        at=now,
        actor=ACTOR,
        action=f"automatic.{row.state.value}",
        subject=subject_of(session.get_one(Model, row.model_id).name),
        new={
            "automatic": row.id,
            "alarm": row.alarm_id,
            "trigger": row.trigger.value,
            "versions": named(session, row),
            "policy": row.policy_id,
            "due": iso(row.due_at) if row.due_at else None,
            "obstacle": row.obstacle,
        },
        reason=row.sentence,
    )


def _row(session: Session, row_id: int) -> AutomaticRollback:
    row = session.get(AutomaticRollback, row_id)
    if row is None:
        raise UserError(f"There is no automatic rollback {row_id} on this site.")
    return row
