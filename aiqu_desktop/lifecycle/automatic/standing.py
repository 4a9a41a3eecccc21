"""What stands now: whether a model may be rolled back automatically, under which policy, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import AutomaticMode
from aiqu_desktop.lifecycle.approvals.separation import refuse_one_voice
from aiqu_desktop.lifecycle.approvals.terms import valid_for
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.automatic.terms import terms_of_approval, terms_of_proposal
from aiqu_desktop.registry.tables import AutomaticApproval, AutomaticPolicyRecord, Model
from aiqu_desktop.security.signing import Signature, verified


@dataclass(frozen=True, slots=True)
class Standing:
    """mode ACT only with a policy and both its signatures; `why` says why it only advises, and is empty under ACT."""

    mode: AutomaticMode
    why: str
    policy_id: int | None = None
    number: int | None = None
    policy: AutomaticPolicy | None = None
    proposed: Signature | None = None
    approved: Signature | None = None

    @property
    def acts(self) -> bool:
        return self.mode is AutomaticMode.ACT


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy that one person signed and that waits for another."""

    policy_id: int
    number: int
    policy: AutomaticPolicy
    reason: str
    proposed: Signature
    expires_at: datetime


def standing(session: Session, model: Model, now: datetime) -> Standing:
    """What holds for a model at the site's instant `now`, from its rows and their signatures as these are today.

    The newest row that took effect decides: a switch to advice does at once, a proposal with its approval.
    """
    for row in records(session, model.id):
        if row.mode is AutomaticMode.ADVISE:
            return _advice(f"It was set to advise only: {row.reason}", row)
        approval = session.get(AutomaticApproval, row.id)
        if approval is not None:
            return _signed(session, model, row, approval, now)
    return _advice("No policy is signed, so it advises only.")


def latency_budget(session: Session, model: Model, now: datetime) -> float | None:
    """Milliseconds that the golden cases may take on the target; None where no policy in force says so."""
    stands = standing(session, model, now)
    return stands.policy.latency_ms if stands.policy is not None else None


def open_proposal(session: Session, model: Model, now: datetime) -> Proposal | None:
    """The newest row, where it is a proposal that nobody approved and that has not expired; else None."""
    row = next(iter(records(session, model.id)), None)
    if row is None or row.mode is AutomaticMode.ADVISE or session.get(AutomaticApproval, row.id) is not None:
        return None
    try:
        proposed, policy = proposal_of(session, model, row), AutomaticPolicy.from_json(row.content)
    except (Refused, KeyError, ValueError):
        return None
    expires = min(proposed.at + valid_for(session), policy.valid_until)
    if not proposed.at <= now < expires:
        return None
    return Proposal(row.id, row.number, policy, row.reason, proposed, expires)


def proposal_of(session: Session, model: Model, row: AutomaticPolicyRecord) -> Signature:
    """The first person's signature of just this row. Raises Refused if it does not hold."""
    asked = terms_of_proposal(model.name, row.number, row.content, row.reason)
    return verified(session, row.signature_id, (asked.meaning,), subject=asked.subject, digest=asked.digest)


def records(session: Session, model_id: int) -> Sequence[AutomaticPolicyRecord]:
    """All versions of a model's policy, the newest first."""
    query = select(AutomaticPolicyRecord).where(AutomaticPolicyRecord.model_id == model_id)
    return session.scalars(query.order_by(AutomaticPolicyRecord.number.desc())).all()


def _signed(
    session: Session, model: Model, row: AutomaticPolicyRecord, approval: AutomaticApproval, now: datetime
) -> Standing:
    try:
        proposed = proposal_of(session, model, row)
        asked = terms_of_approval(row, model.name, approval.reason)
        approved = verified(
            session, approval.signature_id, (asked.meaning,), subject=asked.subject, digest=asked.digest
        )
        refuse_one_voice(session, proposed, approved)
        policy = AutomaticPolicy.from_json(row.content)
    except Refused as error:
        return _advice(f"Policy {row.number} is not in force: {error}", row)
    except (KeyError, ValueError):
        return _advice(f"Policy {row.number} is not in force: this version cannot read it; sign another.", row)
    if now >= policy.valid_until:
        return _advice(f"Policy {row.number} was valid until {iso(policy.valid_until)}; sign another.", row)
    if now < approved.at:
        return _advice(f"Policy {row.number} is not in force: the site's clock was set back.", row)
    return Standing(AutomaticMode.ACT, "", row.id, row.number, policy, proposed, approved)


def _advice(why: str, row: AutomaticPolicyRecord | None = None) -> Standing:
    return Standing(AutomaticMode.ADVISE, why, number=row.number if row else None)
