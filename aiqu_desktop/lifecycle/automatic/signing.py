"""The acts of people on a model's policy: propose, approve, back to advice; each with its audit record, or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import AutomaticMode
from aiqu_desktop.lifecycle.approvals.separation import refuse_one_voice
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.automatic.standing import open_proposal, proposal_of, records
from aiqu_desktop.lifecycle.automatic.terms import terms_of_advice, terms_of_approval, terms_of_proposal
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AutomaticApproval, AutomaticPolicyRecord, Model
from aiqu_desktop.security import audit
from aiqu_desktop.security.signing import Signature, verified


def next_number(registry: Registry, model: str) -> int:
    """The number that the model's next policy, or switch to advice, will have.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return _next(session, model_named(session, model))


def propose(registry: Registry, model: str, policy: AutomaticPolicy, signature: Signature) -> int:
    """Write a proposal down; nothing is in force by it. Returns its number.

    Args:
        signature: over `terms_of_proposal` with `next_number`; its reason is the proposal's.
    Raises:
        UserError: if there is no such model, or the policy says what none may.
        Refused: if the signature is of something else, or another policy came in between.
    """
    policy.check(registry.clock.now())
    with registry.write() as session:
        found = model_named(session, model)
        asked = terms_of_proposal(model, _next(session, found), policy.to_json(), signature.reason)
        return _add(registry, session, found, AutomaticMode.ACT, policy.to_json(), signature, asked)


def advise(registry: Registry, model: str, signature: Signature) -> int:
    """Back to advice at once, on one person's word; it also ends a proposal that waits. Returns its number.

    Args:
        signature: over `terms_of_advice` with `next_number`.
    Raises:
        UserError, Refused: as `propose`.
    """
    with registry.write() as session:
        found = model_named(session, model)
        asked = terms_of_advice(model, _next(session, found), signature.reason)
        return _add(registry, session, found, AutomaticMode.ADVISE, {}, signature, asked)


def terms_for_approval(registry: Registry, model: str, reason: str, number: int | None = None) -> Terms:
    """What the second person signs about the proposal that is open.

    Args:
        number: the proposal that was shown; it must be the one that is open.

    Raises:
        UserError: if there is no such model.
        Refused: if none is open, or another one is.
    """
    with registry.read() as session:
        found = model_named(session, model)
        return terms_of_approval(_open(registry, session, found, number), model, reason)


def approve(registry: Registry, model: str, signature: Signature) -> int:
    """Put the open proposal in force with a second person's signature. Returns its number.

    Args:
        signature: over `terms_for_approval`.
    Raises:
        UserError: if there is no such model.
        Refused: if no proposal is open, the signature is of something else, or the approver is not another person.
    """
    with registry.write() as session:
        found = model_named(session, model)
        row = _open(registry, session, found)
        asked = terms_of_approval(row, model, signature.reason)
        approver = verified(session, signature.id, (asked.meaning,), subject=asked.subject, digest=asked.digest)
        refuse_one_voice(session, proposal_of(session, found, row), approver)
        session.add(
            AutomaticApproval(policy_id=row.id, reason=approver.reason, at=approver.at, signature_id=approver.id)
        )
        audit.record(
            session,
            at=registry.clock.now(),
            actor=approver.full_name,
            action="automatic.approved",
            subject=subject_of(model),
            new={"number": row.number, "policy": row.content},
            reason=approver.reason,
        )
        return row.number


def _open(registry: Registry, session: Session, model: Model, number: int | None = None) -> AutomaticPolicyRecord:
    waiting = open_proposal(session, model, registry.clock.now())
    if waiting is None:
        raise Refused(f"No policy for automatic rollbacks of {model.name} waits for an approver; propose one first.")
    if number is not None and waiting.number != number:
        raise Refused(f"Policy {waiting.number} waits now, not {number}; read it before you sign.")
    return session.get_one(AutomaticPolicyRecord, waiting.policy_id)


def _next(session: Session, model: Model) -> int:
    newest = next(iter(records(session, model.id)), None)
    return 1 if newest is None else newest.number + 1


def _add(
    registry: Registry,
    session: Session,
    model: Model,
    mode: AutomaticMode,
    content: Mapping[str, Any],
    signature: Signature,
    asked: Terms,
) -> int:
    signer = verified(session, signature.id, (asked.meaning,), subject=asked.subject, digest=asked.digest)
    row = AutomaticPolicyRecord(
        model_id=model.id,
        number=_next(session, model),
        mode=mode,
        content=dict(content),
        reason=signer.reason,
        at=signer.at,
        signature_id=signer.id,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused("This signature has served a policy already; sign anew.") from error
    audit.record(
        session,
        at=registry.clock.now(),
        actor=signer.full_name,
        action="automatic.proposed" if mode is AutomaticMode.ACT else "automatic.advise_only",
        subject=subject_of(model.name),
        new={"number": row.number, "policy": row.content},
        reason=signer.reason,
    )
    return row.number
